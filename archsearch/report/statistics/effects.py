"""What each searched choice does to the error, alone and with the others held equal.

The model is additive on log MSE: a straight line in each number (on log₂
where its range is wide), a level each for choices. Intervals are those of
``least_squares``; the p of a choice is that of its F under permutation of the
residuals without it (Freedman & Lane 1983), corrected over all choices (Holm 1979).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.intervals import Estimate, nothing
from archsearch.report.statistics.least_squares import estimates
from archsearch.report.statistics.multiple import holm
from archsearch.report.statistics.permutation import freedman_lane, orders

__all__ = ["Effect", "FactorTest", "factor_effects"]

Floats = npt.NDArray[np.float64]

MOST_LEVELS = 8
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

    ``share`` is its part of the variance that the others leave (partial R²).
    """

    factor: str
    effects: tuple[Effect, ...]
    share: float | None
    p: float | None
    p_holm: float | None


def factor_effects(
    factors: tuple[Factor, ...], mse_n: npt.ArrayLike, *, seed: int = 0
) -> tuple[FactorTest, ...]:
    """Effects of all factors on log MSE; factors with over 8 levels have none."""
    y = np.log(np.asarray(mse_n, dtype=np.float64))
    usable = [f for f in factors if f.kind == "number" or len(f.levels) <= MOST_LEVELS]
    blocks = _independent([_columns(factor) for factor in usable], len(y))
    drawn = orders(len(y), np.random.default_rng([seed, 6]))
    tests = [_test(place, usable, blocks, y, drawn) for place in range(len(usable))]
    corrected = holm([test.p for test in tests])
    return tuple(test._replace(p_holm=p) for test, p in zip(tests, corrected, strict=True))


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
    drawn: npt.NDArray[np.intp],
) -> FactorTest:
    names, columns, joint = blocks[place]
    one = np.ones((len(y), 1))
    alone = estimates(np.column_stack([columns, one]), y, len(names))
    every = all(block[2] for block in blocks)
    if not joint or not every:
        adjusted, share, p = [nothing(len(y))] * len(names), None, None
    else:
        rest = np.column_stack([one, *(b[1] for i, b in enumerate(blocks) if i != place)])
        adjusted = estimates(np.column_stack([columns, rest]), y, len(names))
        share, p = freedman_lane(y, columns, rest, drawn) or (None, None)
    effects = map(Effect, [factors[place].name] * len(names), names, alone, adjusted)
    return FactorTest(factors[place].name, tuple(effects), share, p, None)
