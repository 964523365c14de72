"""Paired effects: architectures that are alike but for one thing.

Groups of like architectures (pairs, triples, more) are found in what was
trained; where the design is matched they are many, elsewhere often too few.
Everything that a group shares cancels: the effect is the least-squares slope
of log MSE on the thing, both as differences from their group's mean. Its
interval is Student's over groups (CR1, which for pairs is the paired t), its
p from flipping the sign of whole groups.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from archsearch.report.statistics.correlation import Estimate
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.multiple import holm

__all__ = ["FEWEST_GROUPS", "Paired", "grouped_slope", "paired_effects"]

Floats = npt.NDArray[np.float64]

FEWEST_GROUPS = 5
_FLIPS = 1999


class Paired(NamedTuple):
    """The change of log MSE with ``what`` (its ``contrast``) inside ``groups`` like groups.

    ``held`` says what is equal in a group. ``estimate.n`` counts architectures.
    """

    what: str
    contrast: str
    held: str
    groups: int
    estimate: Estimate
    p_holm: float | None


class _Question(NamedTuple):
    what: str
    contrast: str
    held: str
    steps: Floats
    groups: list[Hashable]
    errors: Floats


def paired_effects(
    table: pd.DataFrame, factors: tuple[Factor, ...], *, seed: int = 0
) -> tuple[Paired, ...]:
    """Every paired effect that at least :data:`FEWEST_GROUPS` groups can tell of.

    Of latent height×width at equal latent size (channels pay for it), and of
    each factor where all other factors are equal.
    """
    rng = np.random.default_rng([seed, 7])
    found = []
    for ask in [*_traded(table), *_matched(table, factors)]:
        answer = grouped_slope(ask.steps, ask.errors, ask.groups, rng)
        if answer is not None:
            groups, estimate = answer
            found.append(Paired(ask.what, ask.contrast, ask.held, groups, estimate, None))
    corrected = holm([paired.estimate.p for paired in found])
    return tuple(each._replace(p_holm=p) for each, p in zip(found, corrected, strict=True))


def _traded(table: pd.DataFrame) -> Iterator[_Question]:
    area = np.log2((table["latent_height"] * table["latent_width"]).to_numpy(dtype=np.float64))
    errors = np.log(table["val_mse"].to_numpy(dtype=np.float64))
    sizes = table["latent_size"].tolist()
    held = "latent size (channels traded for it; other choices vary)"
    yield _Question("latent height×width", "each doubling", held, area, sizes, errors)


def _matched(table: pd.DataFrame, factors: tuple[Factor, ...]) -> Iterator[_Question]:
    errors = np.log(table["val_mse"].to_numpy(dtype=np.float64))
    for factor in factors:
        others = [each.values for each in factors if each is not factor]
        alike: list[Hashable] = list(zip(*others, strict=True)) if others else [()] * len(errors)
        held = "all other choices"
        if factor.kind == "number":
            yield _Question(factor.name, factor.unit, held, factor.steps(), alike, errors)
            continue
        first, *levels = factor.levels
        values = np.asarray(factor.values)
        for level in levels:
            kept = np.flatnonzero((values == level) | (values == first))
            yield _Question(
                factor.name,
                f"{level or 'unset'} against {first or 'unset'}",
                held,
                (values[kept] == level).astype(np.float64),
                [alike[place] for place in kept],
                errors[kept],
            )


def grouped_slope(
    x_n: Floats, y_n: Floats, groups: Sequence[Hashable], rng: np.random.Generator
) -> tuple[int, Estimate] | None:
    """The slope inside groups: (groups that tell, estimate); None for too few groups."""
    codes, _ = pd.factorize(pd.Series(list(groups), dtype=object))
    if not len(codes):
        return None
    counts = np.maximum(np.bincount(codes), 1)
    dx, dy = (v - (np.bincount(codes, v) / counts)[codes] for v in (x_n, y_n))
    squares: Floats = np.bincount(codes, dx * dx).astype(np.float64)
    products: Floats = np.bincount(codes, dx * dy).astype(np.float64)
    telling = squares > 1e-12
    number = int(telling.sum())
    if number < FEWEST_GROUPS:
        return None
    squares, products = squares[telling], products[telling]
    slope = float(products.sum() / squares.sum())
    low, high = _student(slope, squares, products)
    signs = rng.choice([-1.0, 1.0], size=(_FLIPS, number))
    hits = np.count_nonzero(np.abs(signs @ products) >= abs(products.sum()) * (1 - 1e-9))
    n = int(np.isin(codes, np.flatnonzero(telling)).sum())
    return number, Estimate(slope, low, high, n, float((1 + hits) / (1 + _FLIPS)))


def _student(slope: float, squares: Floats, products: Floats) -> tuple[float, float]:
    from scipy import stats

    number = len(squares)
    left = products - slope * squares
    error = float(np.sqrt(number / (number - 1) * (left @ left)) / squares.sum())
    reach = float(stats.t.ppf(0.975, number - 1)) * error
    return slope - reach, slope + reach
