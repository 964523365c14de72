"""Does one part of the range carry the correlation? Leave each part out, and see."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.rank import spearman_of, spearman_with_p

__all__ = ["RangeLeft", "leave_range_out"]

Floats = npt.NDArray[np.float64]

_PARTS = 4


class RangeLeft(NamedTuple):
    """ρ over architectures outside latent sizes low to high (both included), or only inside.

    ``left_out`` tells which of the two. ``p_holm`` is the permutation p without the range,
    corrected for all that was looked for after the fact, None until it is.
    """

    low: float
    high: float
    left_out: bool
    estimate: Estimate
    p_holm: float | None = None


def leave_range_out(
    latent_n: npt.ArrayLike, mse_n: npt.ArrayLike, *, seed: int = 0
) -> tuple[RangeLeft, ...]:
    """Spearman's ρ without each quarter of the latent sizes, then in each half alone.

    Parts have about equally many architectures and are cut between distinct
    sizes; empty where there are fewer than three parts.
    """
    latent, mse = (np.asarray(each, dtype=np.float64) for each in (latent_n, mse_n))
    quarters = _parts(latent, _PARTS)
    if len(quarters) < 3:
        return ()
    found = []
    for inside in quarters:
        ends = float(latent[inside].min()), float(latent[inside].max())
        rest = latent[~inside], mse[~inside]
        found.append(RangeLeft(*ends, True, spearman_with_p(*rest, seed=seed)))
    for inside in _parts(latent, 2):
        ends = float(latent[inside].min()), float(latent[inside].max())
        found.append(RangeLeft(*ends, False, spearman_of(latent[inside], mse[inside], seed=seed)))
    return tuple(found)


def _parts(latent: Floats, parts: int) -> list[npt.NDArray[np.bool_]]:
    if not len(latent):
        return []
    cuts = np.quantile(latent, np.linspace(0, 1, parts + 1)[1:-1], method="lower")
    place = np.searchsorted(np.unique(cuts), latent, side="left")
    return [place == part for part in range(parts) if (place == part).any()]
