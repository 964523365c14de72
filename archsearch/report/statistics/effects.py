"""What each searched choice does to the error, alone and with the others held equal.

The model is additive on log MSE: a straight line in each number (on log₂
where its range is wide), a level each for choices. Intervals and p are of one
t each (:func:`~archsearch.report.statistics.least_squares.robust_estimates`); the p
of a choice is the least of its contrasts', times their number (Bonferroni).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.correlation import Estimate
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.least_squares import robust_estimates
from archsearch.report.statistics.rank import nothing

__all__ = ["FEWEST_OF_A_LEVEL", "Effect", "FactorTest", "factor_effects"]

Floats = npt.NDArray[np.float64]

MOST_LEVELS = 8
FEWEST_OF_A_LEVEL = 4
"""Architectures under which a level has no effect: their spread isn't known."""

_SPARE = 6


class Effect(NamedTuple):
    """One contrast of one factor: the change of log MSE that goes with it.

    ``alone`` ignores the other factors, ``adjusted`` holds them equal; it has
    no value where there are too few architectures for all factors at once.
    """

    factor: str
    contrast: str
    alone: Estimate
    adjusted: Estimate


class FactorTest(NamedTuple):
    """Whether a factor tells anything given the others.

    ``share`` is its part of the variance that the others leave (partial R²); ``p_holm``
    is ``p`` corrected for all that was looked for after the fact, None until it is.
    """

    factor: str
    effects: tuple[Effect, ...]
    share: float | None
    p: float | None
    p_holm: float | None = None


def factor_effects(factors: tuple[Factor, ...], mse_n: npt.ArrayLike) -> tuple[FactorTest, ...]:
    """Effects of all factors on log MSE.

    Factors with over 8 levels have none, and levels of under four architectures no
    value.
    """
    y = np.log(np.asarray(mse_n, dtype=np.float64))
    usable = [f for f in factors if f.kind == "number" or len(f.levels) <= MOST_LEVELS]
    blocks = _independent([_columns(factor) for factor in usable], len(y))
    return tuple(_test(place, usable, blocks, y) for place in range(len(usable)))


def _columns(factor: Factor) -> tuple[list[str], Floats]:
    """The names of a factor's contrasts and its columns, shape (n, contrasts)."""
    if factor.kind == "number":
        return [factor.unit], factor.steps()[:, None]
    first, *others = factor.levels
    values = np.asarray(factor.values)
    columns = np.column_stack([values == level for level in others]).astype(np.float64)
    return [f"{level or 'unset'} against {first or 'unset'}" for level in others], columns


def _independent(
    blocks: list[tuple[list[str], Floats]], n: int
) -> list[tuple[list[str], Floats, bool]]:
    """Each block, and whether it may enter the joint model: independent of those before it."""
    taken = np.ones((n, 1))
    found = []
    for names, columns in blocks:
        together = np.column_stack([taken, columns])
        free = (
            np.linalg.matrix_rank(together) == together.shape[1] and together.shape[1] + _SPARE <= n
        )
        found.append((names, columns, bool(free)))
        taken = together if free else taken
    return found


def _test(
    place: int,
    factors: list[Factor],
    blocks: list[tuple[list[str], Floats, bool]],
    y: Floats,
) -> FactorTest:
    factor, (names, columns, joint) = factors[place], blocks[place]
    one = np.ones((len(y), 1))
    alone = _known(factor, robust_estimates(np.column_stack([columns, one]), y, len(names)))
    adjusted, share = [nothing(len(y))] * len(names), None
    if joint and all(block[2] for block in blocks):
        rest = np.column_stack([one, *(b[1] for i, b in enumerate(blocks) if i != place)])
        design = np.column_stack([columns, rest])
        adjusted = _known(factor, robust_estimates(design, y, len(names)))
        share = _share(columns, rest, y)
    effects = map(Effect, [factor.name] * len(names), names, alone, adjusted)
    return FactorTest(factor.name, tuple(effects), share, _smallest([e.p for e in adjusted]))


def _known(factor: Factor, estimates: list[Estimate]) -> list[Estimate]:
    """The estimates, without values where a level is of too few architectures."""
    if factor.kind == "number":
        return estimates
    first, *others = (factor.values.count(level) for level in factor.levels)
    return [
        estimate if min(first, count) >= FEWEST_OF_A_LEVEL else nothing(estimate.n)
        for count, estimate in zip(others, estimates, strict=True)
    ]


def _smallest(p_values: list[float | None]) -> float | None:
    """Bonferroni's p of several contrasts together; None where none is known."""
    known = [p for p in p_values if p is not None]
    return min(1.0, len(known) * min(known)) if known else None


def _share(columns: Floats, rest: Floats, y: Floats) -> float | None:
    """Partial R²: the part of what ``rest`` leaves that the columns explain."""
    small, _ = np.linalg.qr(rest)
    full, _ = np.linalg.qr(np.column_stack([rest, columns]))
    left = y - small @ (small.T @ y)
    if left @ left <= 1e-20:
        return None
    unexplained = y - full @ (full.T @ y)
    return float(np.clip(1 - (unexplained @ unexplained) / (left @ left), 0, 1))
