"""What each searched choice does to the error, alone and with the others held equal.

The model is additive on log MSE: a straight line in each number (on log₂
where its range is wide), a level each for choices. Intervals are Student's on
HC3 standard errors (MacKinnon & White 1985), which unequal spread doesn't
mislead; the p of a choice is that of its F under permutation of the residuals
without it (Freedman & Lane 1983), corrected over all choices (Holm 1979).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.correlation import Estimate
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.multiple import holm
from archsearch.report.statistics.rank import nothing

__all__ = ["Effect", "FactorTest", "factor_effects"]

Floats = npt.NDArray[np.float64]

MOST_LEVELS = 8
_SPARE = 6
_PERMUTATIONS = 1999


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
    rng = np.random.default_rng([seed, 6])
    tests = [_test(place, usable, blocks, y, rng) for place in range(len(usable))]
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
    rng: np.random.Generator,
) -> FactorTest:
    names, columns, joint = blocks[place]
    one = np.ones((len(y), 1))
    alone = _estimates(np.column_stack([columns, one]), y, len(names))
    every = all(block[2] for block in blocks)
    if not joint or not every:
        adjusted, share, p = [nothing(len(y))] * len(names), None, None
    else:
        rest = np.column_stack([one, *(b[1] for i, b in enumerate(blocks) if i != place)])
        adjusted = _estimates(np.column_stack([columns, rest]), y, len(names))
        share, p = _freedman_lane(columns, rest, y, rng)
    effects = map(Effect, [factors[place].name] * len(names), names, alone, adjusted)
    return FactorTest(factors[place].name, tuple(effects), share, p, None)


def _estimates(design: Floats, y: Floats, wanted: int) -> list[Estimate]:
    """Least squares with HC3 intervals, of the first ``wanted`` columns."""
    from scipy import stats

    n, freedom = len(y), len(y) - design.shape[1]
    if freedom < 2 or np.linalg.matrix_rank(design) < design.shape[1] or np.ptp(y) == 0:
        return [nothing(n)] * wanted
    inverse = np.linalg.inv(design.T @ design)
    weights = inverse @ design.T @ y
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    scaled = (y - design @ weights) / np.maximum(1 - leverage, 1e-6)
    meat = (design * scaled[:, None] ** 2).T @ design
    errors = np.sqrt(np.diag(inverse @ meat @ inverse))
    reach = float(stats.t.ppf(0.975, freedom)) * errors
    p = 2 * stats.t.sf(np.abs(weights) / np.maximum(errors, 1e-300), freedom)
    return [
        Estimate(
            float(weights[i]), float(weights[i] - reach[i]), float(weights[i] + reach[i]), n,
            float(p[i]),
        )
        for i in range(wanted)
    ]  # fmt: skip


def _freedman_lane(
    columns: Floats, rest: Floats, y: Floats, rng: np.random.Generator
) -> tuple[float | None, float | None]:
    """Partial R² and the permutation p of F."""
    small, _ = np.linalg.qr(rest)
    full, _ = np.linalg.qr(np.column_stack([rest, columns]))
    left = y - small @ (small.T @ y)
    if left @ left <= 1e-20:
        return None, None
    rows = _PERMUTATIONS if len(y) <= 2000 else 299
    drawn = np.vstack([left, rng.permuted(np.tile(left, (rows, 1)), axis=1)])
    total = np.einsum("bn,bn->b", drawn, drawn)
    by_rest = ((drawn @ small) ** 2).sum(axis=1)
    gained = ((drawn @ full) ** 2).sum(axis=1) - by_rest
    share = gained / np.maximum(total - by_rest, 1e-300)
    hits = np.count_nonzero(share[1:] >= share[0] * (1 - 1e-9))
    return float(np.clip(share[0], 0, 1)), float((1 + hits) / (1 + rows))
