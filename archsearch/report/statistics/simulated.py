"""The interval of a correlation within groups, by simulation of groups of these sizes.

Ranks of few things correlate less than those of many (in groups of two
Spearman's ρ is Kendall's τ), so that bands of one large group don't serve.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["interval_within"]

Floats = npt.NDArray[np.float64]

DRAWS = 4000
GRID = np.linspace(-4.5, 4.5, 73)
"""Strengths of the normal copula, on Fisher's z."""
RARE = 0.025


class _Simulated(NamedTuple):
    """Values in order under each strength, shape (strengths, draws), and their means."""

    values: Floats
    expected: Floats


def interval_within(value: float, sizes: tuple[int, ...]) -> tuple[float, float]:
    """All expected values under which ``value`` lies in the central 95 %.

    Args:
        value: the correlation within groups, see ``groups``.
        sizes: members of each group.

    Example:
        >>> low, high = interval_within(-0.9, (4, 4, 4))
        >>> low < -0.9 < high < 0
        True
    """
    drawn = _simulated(sizes)
    fewer = _share_up_to(drawn.values, value + 1e-9)
    more = 1 - _share_up_to(drawn.values, value - 1e-9)
    return (
        _crossing(drawn.expected, more),
        -_crossing(-drawn.expected[::-1], fewer[::-1]),
    )


def _share_up_to(values_GD: Floats, value: float) -> Floats:
    return np.array([np.searchsorted(row, value, side="right") for row in values_GD]) / DRAWS


def _crossing(expected_G: Floats, share_G: Floats) -> float:
    """The smallest expected value whose share is over 2.5 %; shares rise."""
    over = np.flatnonzero(share_G >= RARE)
    if not len(over) or over[0] == 0:
        return -1.0 if len(over) else 1.0
    place = int(over[0])
    below, above = share_G[place - 1], share_G[place]
    part = (RARE - below) / (above - below)
    return float(expected_G[place - 1] + part * (expected_G[place] - expected_G[place - 1]))


@lru_cache(maxsize=32)
def _simulated(sizes: tuple[int, ...]) -> _Simulated:
    rng = np.random.default_rng([25, *sizes])
    ends = np.cumsum([0, *sizes])
    x, noise = rng.standard_normal((2, DRAWS, int(ends[-1])))
    blocks = [slice(*pair) for pair in pairwise(map(int, ends))]
    for block in blocks:
        x[:, block].sort(axis=1)
    values = np.stack([_within(np.tanh(z) * x + noise / np.cosh(z), blocks) for z in GRID])
    return _Simulated(np.sort(values, axis=1), values.mean(axis=1))


def _within(y_Dn: Floats, blocks: list[slice]) -> Floats:
    """The correlation within groups of values whose partners stand in order."""
    both, own = np.zeros(len(y_Dn)), 0.0
    for block in blocks:
        order = np.argsort(y_Dn[:, block], axis=1)
        m = order.shape[1]
        rank = (np.arange(m) - (m - 1) / 2) / (m + 1)
        both += rank[order] @ rank
        own += float(rank @ rank)
    return both / own
