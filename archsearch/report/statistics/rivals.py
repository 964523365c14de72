"""Latent size against its rivals: what goes with the error more strongly?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from archsearch.report.statistics.correlation import FEWEST, Estimate
from archsearch.report.statistics.intervals import fisher_interval, textbook_variance
from archsearch.report.statistics.multiple import holm
from archsearch.report.statistics.permutation import linear_p, orders
from archsearch.report.statistics.rank import nothing, spearman, spearman_draws
from archsearch.report.statistics.resampling import midranks, resample_weights

__all__ = ["RIVALS", "Rival", "compare_rivals", "rival_columns"]

Floats = npt.NDArray[np.float64]

RIVALS = {
    "latent_size": "latent size",
    "effective_size": "numbers the decoder reads",
    "bottleneck_size": "numbers that get through",
    "params": "parameters",
    "macs": "MACs",
    "latent_area": "latent height×width",
    "latent_channels": "latent channels",
    "encoder_depth": "encoder depth",
}
_PERMUTATIONS = 2999


class Rival(NamedTuple):
    """One column's ρ with the error.

    ``p_holm`` is corrected for all columns; ``gap`` is |ρ| of latent size
    minus |ρ| of this one, with its interval (None for latent size itself).
    """

    name: str
    estimate: Estimate
    p_holm: float | None
    gap: Estimate | None


def rival_columns(table: pd.DataFrame) -> dict[str, Floats]:
    """The columns that might go with the error, each of shape (n,).

    What the decoder reads is one only where it isn't the latent alone, what gets through
    only where it is known and isn't always the latent.
    """
    area = table["latent_height"] * table["latent_width"]
    leaks = bool((table["effective_size"] > table["latent_size"]).any())
    passing = table["bottleneck_size"]
    told = bool(passing.notna().all() and (passing != table["latent_size"]).any())
    hidden = {"effective_size": not leaks, "bottleneck_size": not told}
    names = [name for name in RIVALS if not hidden.get(name)]
    columns = {name: area if name == "latent_area" else table[name] for name in names}
    return {name: column.to_numpy(dtype=np.float64) for name, column in columns.items()}


def compare_rivals(table: pd.DataFrame, *, seed: int = 0) -> tuple[Rival, ...]:
    """Spearman's ρ of validation MSE with each of :data:`RIVALS`.

    All share the same resamples, so that differences have an interval too
    (percentile bootstrap).
    """
    columns, error = rival_columns(table), table["val_mse"].to_numpy(dtype=np.float64)
    n = len(error)
    if n < FEWEST:
        return tuple(Rival(name, nothing(n), None, None) for name in columns)
    rng = np.random.default_rng([seed, 1])
    stacked = np.stack(list(columns.values()))
    most = 1000 if n <= 2000 else 300
    drawn = [spearman_draws(error, stacked, w) for w in resample_weights(n, most, rng)]
    drawn_VB = np.concatenate(drawn, axis=1)
    permuted = orders(n, _PERMUTATIONS if n <= 2000 else 999, rng)
    estimates = [
        _estimate(column, error, draws, permuted)
        for column, draws in zip(columns.values(), drawn_VB, strict=True)
    ]
    corrected = holm([estimate.p for estimate in estimates])
    gaps = [None, *(_gap(estimates, drawn_VB, place) for place in range(1, len(estimates)))]
    return tuple(map(Rival, columns, estimates, corrected, gaps))


def _estimate(
    x_n: Floats, y_n: Floats, draws_B: Floats, permuted: npt.NDArray[np.intp]
) -> Estimate:
    n, value = len(x_n), spearman(x_n, y_n)
    variance = textbook_variance("spearman", n)
    if not np.isfinite(value) or variance is None:
        return nothing(n)
    low, high = fisher_interval(value, draws_B, variance, n)
    once = np.ones((1, n))
    p = linear_p(midranks(y_n, once)[0], midranks(x_n, once)[0], permuted)
    return Estimate(value, low, high, n, p)


def _gap(estimates: list[Estimate], drawn_VB: Floats, place: int) -> Estimate | None:
    latent, rival = estimates[0], estimates[place]
    if latent.value is None or rival.value is None:
        return None
    gaps = np.abs(drawn_VB[0]) - np.abs(drawn_VB[place])
    gaps = gaps[np.isfinite(gaps)]
    if not len(gaps):
        return None
    value = abs(latent.value) - abs(rival.value)
    low, high = np.quantile(gaps, [0.025, 0.975])
    return Estimate(value, min(float(low), value), max(float(high), value), latent.n, None)
