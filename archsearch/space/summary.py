"""A space before any training: how large, how much of it feasible, what it can tell."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from archsearch.config import SearchSettings, StudySettings
from archsearch.space.balance import factor_amounts, rank_correlations
from archsearch.space.candidates import Candidate, Rejection, SearchSpace
from archsearch.space.cost import Cost, predicted_cost
from archsearch.space.designs import Design, draw_design, feasible_pool
from archsearch.space.points import ENUMERABLE, Pool, random_points
from archsearch.space.power import comparable, detectable_correlation
from archsearch.spec import trunk_key

__all__ = ["SpaceSummary", "Spread", "sample_candidates", "study_design", "summarize"]

SAMPLE = 4_000
BINS = 8
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How an amount is distributed.

    Attributes:
        minimum: the smallest.
        maximum: the largest.
        quantiles: by share.
        edges: of bins of equal width on a log scale.
        counts: in each bin.
    """

    minimum: float
    maximum: float
    quantiles: Mapping[float, float]
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, values: Floats) -> Spread:
        """The spread of positive values."""
        edges = np.geomspace(max(values.min(), 1), max(values.max(), 1), BINS + 1)
        edges[-1] = max(edges[-1], values.max())  # rounding must not leave the largest out
        edges[0] = min(edges[0], values.min())
        one_value = values.min() == values.max()
        counts = [len(values)] if one_value else np.histogram(values, edges)[0].tolist()
        return cls(
            minimum=float(values.min()),
            maximum=float(values.max()),
            quantiles={q: float(np.quantile(values, q)) for q in QUANTILES},
            edges=tuple(edges[[0, -1]] if one_value else edges),
            counts=tuple(counts),
        )


@dataclass(frozen=True)
class SpaceSummary:
    """What ``archsearch space`` tells.

    Attributes:
        configurations: points of the space, None where they can't be counted.
        sampled: distinct points looked at.
        whole: whether those were all.
        feasible_share: of those.
        distinct: different architectures among the feasible ones.
        rules: the share that each rule forbids, the deadliest first.
        examples: for each rule, a point that it forbids.
        latent_size: of the feasible candidates.
        params: of the feasible candidates.
        narrower: the share of the feasible candidates whose bottleneck comes before the latent:
            fewer numbers get through another place of the net than the latent has.
        correlations: Spearman ρ of latent size with costs and searched names.
        candidates: the feasible ones looked at.
        design: what would be trained; None for methods that adapt to results.
        detectable: the smallest |ρ| that four of five reports on this design show; None
            where there is no design, or one too small.
        trunks: within which that ρ is meant; 0 for all architectures together.
        cost: of the whole study.
    """

    configurations: int | None
    sampled: int
    whole: bool
    feasible_share: float
    distinct: int
    rules: Mapping[str, float]
    examples: Mapping[str, Rejection]
    latent_size: Spread
    params: Spread
    narrower: float
    correlations: Mapping[str, float]
    candidates: tuple[Candidate, ...]
    design: Design | None
    detectable: float | None
    trunks: int
    cost: Cost
    notes: tuple[str, ...] = ()


def summarize(space: SearchSpace, settings: StudySettings) -> SpaceSummary:
    """Look at a space and, for designs, at what would be trained.

    A space of up to 10,000 configurations is looked at whole, else 4,000
    draws of it.

    Raises:
        InputError: where nothing is feasible; with rules and examples.
    """
    search = settings.search
    pool = _sample(space, search.seed)
    design = study_design(space, search)
    chosen = pool.candidates if design is None else design.candidates
    trials = search.trials if design is None else len(chosen)
    detectable, trunks = (None, 0) if design is None else _power(design)
    return SpaceSummary(
        configurations=space.size,
        sampled=pool.tried,
        whole=pool.exhausted,
        feasible_share=pool.feasible_share,
        distinct=len({candidate.plan.key for candidate in pool.candidates}),
        rules=_rules(pool),
        examples=pool.examples,
        latent_size=Spread.of(_sizes(pool.candidates)),
        params=Spread.of(np.array([float(c.plan.params) for c in pool.candidates])),
        narrower=fmean(c.plan.bottleneck_before_latent for c in pool.candidates),
        correlations=latent_correlations(pool.candidates, tuple(space.domains)),
        candidates=pool.candidates,
        design=design,
        detectable=detectable,
        trunks=trunks,
        cost=predicted_cost(chosen, trials, search.seeds),
        notes=() if design is None or not design.note else (design.note,),
    )


def _power(design: Design) -> tuple[float | None, int]:
    """The smallest |ρ| that a report is likely to show, and the trunks that it is within."""
    plans = list({candidate.plan.key: candidate.plan for candidate in design.candidates}.values())
    trunks = [trunk_key(plan) for plan in plans]
    places = comparable(trunks, [plan.latent.size for plan in plans])
    if not places:
        return detectable_correlation(len(plans)), 0
    shared = len({trunks[place] for place in places})
    return detectable_correlation(len(places), "slope_within_trunks", shared), shared


def sample_candidates(space: SearchSpace, settings: StudySettings) -> tuple[Candidate, ...]:
    """Feasible candidates as ``summarize`` looks at them.

    Raises:
        InputError: where nothing is feasible.
    """
    return _sample(space, settings.search.seed).candidates


def study_design(space: SearchSpace, search: SearchSettings) -> Design | None:
    """The design that a study trains; None for methods that adapt to results.

    Raises:
        InputError: where nothing is feasible, or nothing matches.
    """
    return None if search.described.adaptive else draw_design(space, search)


def _sample(space: SearchSpace, seed: int) -> Pool:
    whole = space.size is not None and space.size <= ENUMERABLE
    points = random_points(space, 0 if whole else SAMPLE, seed)
    limit = sys.maxsize if whole else SAMPLE
    return feasible_pool(space, points, wanted=sys.maxsize, limit=limit)


def latent_correlations(
    candidates: Sequence[Candidate], searched: Sequence[str]
) -> dict[str, float]:
    """Spearman's ρ of latent size with costs, and with searched names that are numbers or flags.

    NaN where the latent size or the other doesn't vary.
    """
    x = _sizes(candidates)
    columns = factor_amounts(candidates, "latent.size")
    for name in searched:
        values = [candidate.values.get(name) for candidate in candidates]
        if all(isinstance(value, bool | int | float) for value in values):
            columns[name] = np.array([float(value) for value in values])  # type: ignore[arg-type]
    rows = np.linspace(0, len(x) - 1, min(len(x), MOST_RANKED)).astype(int)
    return {name: _rho(x[rows], y[rows]) for name, y in columns.items()}


def _rho(x: Floats, y: Floats) -> float:
    """Spearman's ρ; NaN where one of the two doesn't vary."""
    varies = x.min() < x.max() and y.min() < y.max()
    return float(rank_correlations(x, y)) if varies else math.nan


MOST_RANKED = 2_000
"""Ranks are compared pair by pair; so many tell ρ to ±.02."""


def _sizes(candidates: Sequence[Candidate]) -> Floats:
    return np.array([float(candidate.plan.latent.size) for candidate in candidates])


def _rules(pool: Pool) -> dict[str, float]:
    counted = sorted(pool.rejected.items(), key=lambda item: -item[1])
    return {rule: count / pool.tried for rule, count in counted}
