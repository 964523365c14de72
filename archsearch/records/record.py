"""What all records have in common: frozen, finite, read from JSON of other versions."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = ["Number", "Record", "none_if_not_finite"]


def none_if_not_finite(value: object) -> object:
    """The value; None for a float that JSON doesn't have."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(none_if_not_finite)]
"""A float, or None where it is not finite (JSON has no inf and no NaN)."""


class Record(BaseModel):
    """Base of all records: frozen, numbers finite; keys of newer versions are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
