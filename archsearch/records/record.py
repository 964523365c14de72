"""What all records have in common: frozen, finite, read from JSON of other versions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

__all__ = ["Number", "Record", "ReprParts", "none_if_not_finite", "rounded"]

ReprParts = Iterable[tuple[str | None, object]]
"""What a record's repr tells: names and values."""


def none_if_not_finite(value: object) -> object:
    """The value; None for a float that JSON doesn't have."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def rounded(value: float | None) -> float | None:
    """A number as a repr tells it: with five digits."""
    return None if value is None else float(f"{value:.5g}")


Number = Annotated[float | None, BeforeValidator(none_if_not_finite)]
"""A float, or None where it is not finite (JSON has no inf and no NaN)."""


class Record(BaseModel):
    """Base of all records: frozen, numbers finite; keys of newer versions are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    def __str__(self) -> str:
        return repr(self)
