"""Paired effects: architectures that are alike but for one thing.

Groups of like architectures (pairs, triples, more) are found in what was
trained; where the design is matched they are many, elsewhere often too few.
Everything that a group shares cancels: the effect is the least-squares slope
of log MSE on the thing, both as differences from their group's mean. Its
interval and p are Student's over groups (CR2 with Bell and McCaffrey's degrees of
freedom, which for pairs is the paired t).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from archsearch.report.statistics.effects import TASK
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.least_squares import robust_estimates

__all__ = ["FEWEST_GROUPS", "Paired", "grouped_slope", "paired_effects"]

Floats = npt.NDArray[np.float64]

FEWEST_GROUPS = 5


class Paired(NamedTuple):
    """The change of log MSE with ``what`` (its ``contrast``) inside ``groups`` like groups.

    ``held`` says what is equal in a group. ``estimate.n`` counts architectures. ``p_holm``
    is corrected for all that was looked for after the fact, None until it is.
    """

    what: str
    contrast: str
    held: str
    groups: int
    estimate: Estimate
    p_holm: float | None = None


class _Question(NamedTuple):
    what: str
    contrast: str
    held: str
    steps: Floats
    groups: list[Hashable]
    errors: Floats


def paired_effects(table: pd.DataFrame, factors: tuple[Factor, ...]) -> tuple[Paired, ...]:
    """Every paired effect that at least :data:`FEWEST_GROUPS` groups can tell of.

    Of latent height×width at equal latent size (channels pay for it), and of
    each factor where all other factors are equal.
    """
    found = []
    for ask in [*_traded(table, factors), *_matched(table, factors)]:
        answer = grouped_slope(ask.steps, ask.errors, ask.groups)
        if answer is not None:
            found.append(Paired(ask.what, ask.contrast, ask.held, *answer))
    return tuple(found)


def _traded(table: pd.DataFrame, factors: tuple[Factor, ...]) -> Iterator[_Question]:
    area = np.log2((table["latent_height"] * table["latent_width"]).to_numpy(dtype=np.float64))
    errors = np.log(table["val_mse"].to_numpy(dtype=np.float64))
    tasks = [factor.values for factor in factors if factor.name == TASK]
    alike: list[Hashable] = list(zip(table["latent_size"], *tasks, strict=True))
    held = "latent size (channels traded for it; other choices vary)"
    yield _Question("latent height×width", "each doubling", held, area, alike, errors)


def _matched(table: pd.DataFrame, factors: tuple[Factor, ...]) -> Iterator[_Question]:
    errors = np.log(table["val_mse"].to_numpy(dtype=np.float64))
    for factor in factors:
        others = [each.values for each in factors if each is not factor]
        alike: list[Hashable] = list(zip(*others, strict=True)) if others else [()] * len(errors)
        held = "all other choices"
        if factor.kind == "number":
            yield _Question(factor.name, factor.unit, held, factor.steps(), alike, errors)
            continue
        first, *levels = [level for level in factor.levels if level] or [""]
        values = np.asarray(factor.values)
        for level in levels:
            kept = np.flatnonzero((values == level) | (values == first))
            yield _Question(
                factor.name,
                f"{level} against {first}",
                held,
                (values[kept] == level).astype(np.float64),
                [alike[place] for place in kept],
                errors[kept],
            )


def grouped_slope(
    x_n: Floats, y_n: Floats, groups: Sequence[Hashable]
) -> tuple[int, Estimate] | None:
    """The slope inside groups: (groups that tell, estimate); None for too few groups.

    A group tells Σdx·dy / √Σdx², which is slope · √Σdx² and a noise that is alike in all
    groups: the slope is that of a line through the origin.
    """
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
    roots = np.sqrt(squares[telling])
    n = int(np.isin(codes, np.flatnonzero(telling)).sum())
    (estimate,) = robust_estimates(roots[:, None], products[telling] / roots, 1, n=n)
    return None if estimate.value is None else (number, estimate)
