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

from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.intervals import Estimate, nothing
from archsearch.report.statistics.least_squares import robust_estimates

__all__ = ["FEWEST_OF_A_LEVEL", "TASK", "Effect", "FactorTest", "factor_effects"]

Floats = npt.NDArray[np.float64]

MOST_LEVELS = 8
FEWEST_OF_A_LEVEL = 4
"""Architectures under which a level has no effect: their spread isn't known."""

TASK = "task"
"""The searched name that no other effect may hang on."""

_SPARE = 6


class Effect(NamedTuple):
    """One contrast of one factor: the change of log MSE that comes with it.

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


class _Block(NamedTuple):
    """A factor's contrasts, their columns, shape (n, contrasts), and of whom each is.

    ``unset`` marks where the name isn't searched; there the columns are 0. ``counts`` are the
    architectures of the level that each contrast is of, or of the one it is against if fewer.
    """

    factor: str
    names: list[str]
    columns: Floats
    unset: Floats
    counts: list[int]


def factor_effects(factors: tuple[Factor, ...], mse_n: npt.ArrayLike) -> tuple[FactorTest, ...]:
    """Effects of all factors on log MSE, the task always held equal.

    Factors with over 8 levels have none, and levels of under four architectures no
    value. Where a name is searched under a condition only, its levels are compared with
    each other, never against those that lack it.
    """
    y = np.log(np.asarray(mse_n, dtype=np.float64))
    usable = [f for f in factors if f.kind == "number" or len(f.levels) <= MOST_LEVELS]
    blocks = [_block(factor) for factor in usable]
    joint = _joint(blocks, len(y))
    return tuple(_test(block, blocks, joint, y) for block in blocks if block.names)


def _block(factor: Factor) -> _Block:
    n = len(factor.values)
    if factor.kind == "number":
        return _Block(factor.name, [factor.unit], factor.steps()[:, None], np.zeros((n, 0)), [n])
    values = np.asarray(factor.values)
    first, *others = [level for level in factor.levels if level] or [""]
    columns = np.column_stack([np.zeros((n, 0)), *(values == level for level in others)])
    unset = (values == "")[:, None] if "" in factor.levels else np.zeros((n, 0))
    counted = factor.values.count
    return _Block(
        factor.name,
        [f"{level} against {first}" for level in others],
        columns.astype(np.float64),
        unset.astype(np.float64),
        [min(counted(level), counted(first)) for level in others],
    )


def _joint(blocks: list[_Block], n: int) -> dict[str, Floats] | None:
    """The columns of each factor in the joint model; None where it can't be had.

    That a name isn't searched may be the same as another choice, e.g. a task: its own
    column is left out then.
    """
    taken, found = np.ones((n, 1)), {}
    for block in blocks:
        for columns in (np.column_stack([block.columns, block.unset]), block.columns):
            together = np.column_stack([taken, columns])
            if _independent(together):
                taken, found[block.factor] = together, columns
                break
        else:
            return None
    return found if taken.shape[1] + _SPARE <= n else None


def _independent(design: Floats) -> bool:
    return bool(np.linalg.matrix_rank(design) == design.shape[1])


def _test(
    block: _Block, blocks: list[_Block], joint: dict[str, Floats] | None, y: Floats
) -> FactorTest:
    wanted = len(block.names)
    tasks = [b.columns for b in blocks if b.factor == TASK and block.factor != TASK]
    alone = _estimates(block, np.column_stack([np.ones(len(y)), block.unset, *tasks]), y)
    adjusted, share = [nothing(len(y))] * wanted, None
    if joint is not None:
        own = joint[block.factor][:, wanted:]
        others = (columns for name, columns in joint.items() if name != block.factor)
        rest = np.column_stack([np.ones(len(y)), own, *others])
        adjusted, share = _estimates(block, rest, y), _share(block.columns, rest, y)
    effects = map(Effect, [block.factor] * wanted, block.names, alone, adjusted)
    return FactorTest(block.factor, tuple(effects), share, _smallest([e.p for e in adjusted]))


def _estimates(block: _Block, rest: Floats, y: Floats) -> list[Estimate]:
    """The block's contrasts given ``rest``, without values where a level has too few."""
    design = np.column_stack([block.columns, _spanned(rest)])
    found = robust_estimates(design, y, len(block.names))
    return [
        estimate if count >= FEWEST_OF_A_LEVEL else nothing(estimate.n)
        for count, estimate in zip(block.counts, found, strict=True)
    ]


def _spanned(columns: Floats) -> Floats:
    """An orthonormal basis of what the columns span: a name's lack may be a task."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    kept: Floats = left[:, size > 1e-9 * size[0]]
    return kept


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
