"""When a training ends before its last epoch, as the validation error has it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from archsearch.config.base import Settings

__all__ = ["EarlyStopping"]


class EarlyStopping(Settings):
    """End a training whose validation error no longer falls."""

    patience: Annotated[
        int, Field(ge=1, le=100_000, description="Epochs without a lower error, then it ends.")
    ] = 5
    min_delta: Annotated[
        float, Field(ge=0, le=1, description="Lower by this much MSE or less doesn't count.")
    ] = 0.0
    restore_best_weights: Annotated[
        bool, Field(description="Keep the weights of the best epoch; else those of the last.")
    ] = True

    def ends_after(self, errors: Iterable[float]) -> bool:
        """Whether a training with these validation errors so far has come to its end.

        Example:
            >>> EarlyStopping(patience=2).ends_after([0.3, 0.2, 0.25, 0.2])
            True
        """
        return self.waited(errors) >= self.patience

    def waited(self, errors: Iterable[float]) -> int:
        """How many epochs ended since the error was lowest.

        Example:
            >>> EarlyStopping(patience=2).waited([0.3, 0.2, 0.25])
            1
        """
        best, waited = math.inf, 0
        for error in errors:
            better = error < best - self.min_delta
            best, waited = (error, 0) if better else (best, waited + 1)
        return waited
