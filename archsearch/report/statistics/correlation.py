"""How strongly error correlates with latent size, and with its rivals, with intervals.

Every unit is an architecture; its seeds are averaged before anything is
computed, so n counts architectures. Intervals (95 %) are those of
``intervals``, slopes those of ``least_squares``.

p-values: permutation of the errors over architectures, two-sided,
(1 + hits)/(1 + permutations) (Phipson & Smyth 2010); of partial correlations,
of the residuals, made anew each time (Freedman & Lane 1983).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from archsearch.config import planned
from archsearch.report.statistics.intervals import (
    BOOTSTRAP_FROM,
    FEWEST,
    Estimate,
    Kind,
    correlation_interval,
    nothing,
)
from archsearch.report.statistics.least_squares import log_log_slope
from archsearch.report.statistics.permutation import kendall_p, linear_ps, orders, partial_p
from archsearch.report.statistics.resampling import (
    correlation_matrices,
    kendall_tau_b,
    midranks,
    partial_correlation,
    resampled,
)

__all__ = [
    "MEASURES",
    "SIZES",
    "Correlations",
    "Measure",
    "Size",
    "correlations",
]

Floats = npt.NDArray[np.float64]
Measure = Literal["spearman", "kendall", "pearson_loglog", "partial_spearman"]
Size = str
"""A size's column."""

SIZES: tuple[Size, ...] = tuple(each.column for each in planned("correlated"))
_KINDS: Mapping[Measure, Kind] = {
    "spearman": "spearman",
    "kendall": "kendall",
    "pearson_loglog": "pearson",
    "partial_spearman": "spearman",
}
MEASURES: tuple[Measure, ...] = tuple(_KINDS)


@dataclass(frozen=True)
class Correlations:
    """Every size's measures, and the slope of log MSE on log of the size."""

    measures: Mapping[Size, Mapping[Measure, Estimate]]
    slopes: Mapping[Size, Estimate]
    n: int

    @property
    def distinct(self) -> tuple[Size, ...]:
        """The sizes to show: without the bottleneck's where unknown or always the latent's."""
        code, passing = (self.measures[s] for s in ("latent_size", "bottleneck_size"))
        told = passing["spearman"].value is not None and passing != code
        return tuple(size for size in SIZES if told or size != "bottleneck_size")


@dataclass(frozen=True)
class _Columns:
    """What the statistics see: error, the sizes, and latent height×width, a row each."""

    mse: Floats
    rows: Floats

    @property
    def n(self) -> int:
        return len(self.mse)

    def given(self, size: Size) -> list[int]:
        """The rows that a partial correlation holds equal: of other sizes, where they vary.

        Latent and bottleneck are sizes of the code both: one given the other would
        have nothing left.
        """
        code = {"latent_size", "bottleneck_size"}
        left = {size, "bottleneck_size"} | (code if size in code else set())
        return [
            place
            for place, name in enumerate((*SIZES, "area"))
            if name not in left and np.ptp(self.rows[place]) > 0
        ]


def correlations(
    mse: npt.ArrayLike,
    sizes: Mapping[Size, npt.ArrayLike],
    latent_area: npt.ArrayLike,
    *,
    seed: int = 0,
) -> Correlations:
    """Correlate error with each size, over architectures.

    Args:
        mse: one positive error for each architecture, shape (n,).
        sizes: each of shape (n,); one that isn't known is left out, and has no values.
        latent_area: latent height×width, shape (n,).
        seed: of resamples and permutations; equal seeds, equal numbers.

    Returns:
        Estimates. ``partial_spearman`` of a size is given parameters and MACs (of one of
        these: the other and the latent's size) and the latent's height×width. Values are None under
        :data:`FEWEST` architectures and where a variable is constant or
        determined by those it is adjusted for.
    """
    # A net of pools and upsamplings has no parameters: 1 stands for 0 on log axes.
    unknown = np.ones_like(np.asarray(latent_area, dtype=np.float64))
    raw = [np.maximum(np.asarray(sizes.get(size, unknown), dtype=np.float64), 1) for size in SIZES]
    rows = np.stack([*raw, np.asarray(latent_area, dtype=np.float64)])
    columns = _Columns(np.asarray(mse, dtype=np.float64), rows)
    n = columns.n
    if n < FEWEST:
        empty = nothing(n)
        return Correlations(
            {size: dict.fromkeys(MEASURES, empty) for size in SIZES},
            dict.fromkeys(SIZES, empty),
            n,
        )
    observed = _measure(columns, np.ones((1, n)))[:, :, 0]
    drawn = None
    if n > BOOTSTRAP_FROM:
        drawn = resampled(lambda weights_Bn: _measure(columns, weights_Bn), n, seed)
    p_values = _p_values(columns, orders(n, seed))
    measures = {
        size: {
            measure: _estimate(
                columns, size, measure, float(observed[place, each]),
                None if drawn is None else drawn[place, each], p_values[place][measure],
            )
            for each, measure in enumerate(MEASURES)
        }
        for place, size in enumerate(SIZES)
    }  # fmt: skip
    slopes = {size: log_log_slope(rows[place], columns.mse) for place, size in enumerate(SIZES)}
    return Correlations(measures, slopes, n)


def _measure(columns: _Columns, weights_Bn: Floats) -> Floats:
    """Every measure of every size in every resample, shape (sizes, measures, B)."""
    raw = np.vstack([columns.mse, columns.rows])
    ranks = np.stack([midranks(column, weights_Bn) for column in raw])
    by_rank = correlation_matrices(ranks, weights_Bn)
    logs = np.broadcast_to(np.log(raw)[:, None, :], ranks.shape)
    by_log = correlation_matrices(logs, weights_Bn)
    kendall = kendall_tau_b(columns.rows[: len(SIZES)], columns.mse, weights_Bn)
    found = np.empty((len(SIZES), len(MEASURES), len(weights_Bn)))
    for place, name in enumerate(SIZES):
        given = [other + 1 for other in columns.given(name)]
        found[place] = (
            by_rank[:, 0, place + 1],
            kendall[place],
            by_log[:, 0, place + 1],
            partial_correlation(by_rank, 0, place + 1, given),
        )
    return found


def _estimate(
    columns: _Columns,
    size: Size,
    measure: Measure,
    value: float,
    drawn_B: Floats | None,
    p: float | None,
) -> Estimate:
    """With the interval of n architectures, less one for each variable held equal."""
    held = len(columns.given(size)) if measure == "partial_spearman" else 0
    ends = correlation_interval(_KINDS[measure], value, columns.n - held, drawn_B)
    if ends is None:
        return nothing(columns.n)
    return Estimate(value, *ends, columns.n, p)


def _p_values(columns: _Columns, drawn: npt.NDArray[np.intp]) -> list[dict[Measure, float | None]]:
    """The two-sided p of each size's measures."""
    once = np.ones((1, columns.n))
    error = midranks(columns.mse, once)[0]
    ranks = np.stack([midranks(row, once)[0] for row in columns.rows])
    by_rank = linear_ps(error, ranks[: len(SIZES)], drawn)
    by_log = linear_ps(np.log(columns.mse), np.log(columns.rows[: len(SIZES)]), drawn)
    found: list[dict[Measure, float | None]] = []
    for place, name in enumerate(SIZES):
        size, rank = columns.rows[place], ranks[place]
        rest = np.column_stack([once[0], *(ranks[other] for other in columns.given(name))])
        found.append(
            {
                "spearman": by_rank[place],
                "kendall": kendall_p(columns.mse, size),
                "pearson_loglog": by_log[place],
                "partial_spearman": partial_p(error, rank, rest, drawn),
            }
        )
    return found
