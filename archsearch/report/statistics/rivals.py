"""Latent size against its rivals: what correlates with the error more strongly?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from archsearch.config import planned
from archsearch.report.statistics.intervals import Estimate, strength_gap
from archsearch.report.statistics.rank import spearman_draws, spearmans_with_p
from archsearch.report.statistics.resampling import resampled

__all__ = ["RIVALS", "Rival", "compare_rivals", "rival_columns"]

Floats = npt.NDArray[np.float64]

RIVALS = {each.column: each.label for each in planned("rival")}
"""Columns and labels of what might explain the error, latent size first."""


class Rival(NamedTuple):
    """One column's ρ with the error.

    ``gap`` is |ρ| of latent size minus |ρ| of this one, with its interval (None for
    latent size itself). ``p_holm`` is corrected for all that was looked for after the
    fact: None until it is, and for latent size.
    """

    name: str
    estimate: Estimate
    gap: Estimate | None
    p_holm: float | None = None


def rival_columns(table: pd.DataFrame) -> dict[str, Floats]:
    """The columns that may correlate with the error, each of shape (n,).

    What gets through is one only where it is known and isn't always the latent.

    Args:
        table: one row an architecture, of those whose latent is their only code.
    """
    passing = table["bottleneck_size"]
    told = bool(passing.notna().all() and (passing != table["latent_size"]).any())
    names = [name for name in RIVALS if told or name != "bottleneck_size"]
    return {name: table[name].to_numpy(dtype=np.float64) for name in names}


def compare_rivals(table: pd.DataFrame, *, seed: int = 0) -> tuple[Rival, ...]:
    """Spearman's ρ of validation MSE with each of :data:`RIVALS`, and how far latent size leads."""
    columns, error = rival_columns(table), table["val_mse"].to_numpy(dtype=np.float64)
    stacked = np.stack(list(columns.values()))
    estimates = spearmans_with_p(error, stacked, seed=seed)
    gaps = _gaps(estimates, stacked, error, seed)
    return tuple(map(Rival, columns, estimates, [None, *gaps]))


def _gaps(
    estimates: list[Estimate], columns_Vn: Floats, error_n: Floats, seed: int
) -> list[Estimate | None]:
    """|ρ| of the first minus |ρ| of each other, estimates of the same architectures."""
    latent, n = estimates[0], len(error_n)
    if latent.value is None:
        return [None] * (len(estimates) - 1)
    drawn_VB = resampled(lambda w: spearman_draws(error_n, columns_Vn, w), n, seed)
    return [
        None if rival.value is None else strength_gap(latent, rival, drawn_VB[0], drawn_VB[place])
        for place, rival in enumerate(estimates[1:], start=1)
    ]
