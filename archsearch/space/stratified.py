"""Candidates whose latent sizes fill log strata evenly, told apart from their trunks' choices.

Where ranges don't overlap no choice helps; ``support`` says so. What is left
of the correlations is on the design's ``balance``, beside the mean of random
designs of the same size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from archsearch.space.balance import HEIGHT_WIDTH, Balance, amounts, rank_correlations
from archsearch.space.points import Pool

__all__ = ["Stratified", "most_looked_at", "stratified"]

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]

POINTS_PER_TRIAL = 100
FEWEST_POINTS, MOST_POINTS = 4_000, 20_000
RANDOM_DESIGNS = 100
MOST_STRATA = 12
STARTS = 2
ROUNDS = 8
ALTERNATIVES = 32
"""Others of its stratum that a chosen candidate is compared with, each round."""
LITTLE_GAIN = 2e-3
EXACT_RANKS = 100
"""Larger designs are chosen by their ranks among all candidates alone, which is faster."""
AREA_WEIGHT = 0.25
"""The weight of ρ² with latent height×width, which often can't be told apart from latent size:
it must not spend the freedom that the others need."""


@dataclass(frozen=True)
class Stratified:
    """Chosen candidates by their place in the pool, in the order of their trials."""

    chosen: tuple[int, ...]
    balance: Balance


def most_looked_at(trials: int) -> int:
    """Points drawn to choose ``trials`` of: freedom, at a cost of about a millisecond each."""
    return min(max(POINTS_PER_TRIAL * trials, FEWEST_POINTS), MOST_POINTS)


def stratified(
    pool: Pool,
    trials: int,
    over: str,
    seed: int,
    factors: Mapping[str, Floats],
    eligible: Whole,
) -> Stratified:
    """Choose up to ``trials`` of a pool of random draws.

    ``over`` is cut into strata of equal width on a log scale, each of which
    gets the same number of candidates as far as it has them. Within the strata
    candidates are exchanged while that lowers Σ w·ρ² over the factors
    (Fedorov's exchange of one point at a time), from several random starts.

    Args:
        pool: distinct feasible candidates and how often each was drawn.
        trials: how many are wanted.
        over: what is spread, e.g. ``latent.size``.
        seed: of the starts.
        factors: what ``over`` is to be told apart from, a number for each candidate.
        eligible: places of the candidates to choose of.
    """
    rng = np.random.default_rng(seed)
    x = np.log(np.maximum(amounts(pool.candidates, over), 1e-9))
    count = min(trials, len(eligible))
    edges = _edges(x[eligible], count)
    problem = _Problem(
        x,
        tuple(factors),
        np.array(list(factors.values())),
        np.array([AREA_WEIGHT if n == HEIGHT_WIDTH else 1.0 for n in factors]),
        _stratum(x, edges),
        len(edges) - 1,
        eligible,
    )
    quotas = _quotas(np.array([len(of) for of in problem.members]), count, rng)
    starts = [_exchange(problem, quotas, rng) for _ in range(STARTS)]
    best = min(starts, key=lambda chosen: float(problem.criterion(chosen)))
    order = _spread(best, problem.strata, rng)
    entropy = np.random.SeedSequence((seed, 1))
    balance = _balance(pool, over, problem, edges, order, entropy)
    return Stratified(tuple(int(i) for i in order), balance)


@dataclass(frozen=True)
class _Problem:
    """All candidates: what is spread, its factors with their weights, its strata, who may enter."""

    x: Floats
    names: tuple[str, ...]
    factors: Floats
    weights: Floats
    strata: Whole
    count: int
    eligible: Whole

    @cached_property
    def members(self) -> list[Whole]:
        """The candidates of each stratum that may be chosen."""
        strata = self.strata[self.eligible]
        return [self.eligible[strata == stratum] for stratum in range(self.count)]

    def criterion(self, chosen: Whole) -> Floats:
        """Σ w·ρ² of a set, or of a set in each row."""
        x = self.x[chosen]
        rho = np.stack([rank_correlations(x, y[chosen]) for y in self.factors])
        found: Floats = np.tensordot(self.weights, rho**2, axes=1)
        return found


def _edges(x: Floats, count: int) -> Floats:
    """Strata of equal width on the log scale, for two candidates or more each."""
    number = int(np.clip(count // 2, 1, MOST_STRATA))
    return np.linspace(x.min(), x.max(), number + 1)


def _stratum(x: Floats, edges: Floats) -> Whole:
    found: Whole = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
    return found


def _quotas(available: Whole, count: int, rng: np.random.Generator) -> Whole:
    """Equal shares; what a stratum lacks is shared among the others."""
    quotas = np.zeros_like(available)
    for _ in range(count):
        open_strata = np.flatnonzero(quotas < available)
        least = open_strata[quotas[open_strata] == quotas[open_strata].min()]
        quotas[rng.choice(least)] += 1
    return quotas


def _exchange(problem: _Problem, quotas: Whole, rng: np.random.Generator) -> Whole:
    """A set that fills the quotas, improved one candidate at a time until nothing helps."""
    drawn = [
        rng.choice(of, quota, replace=False)
        for of, quota in zip(problem.members, quotas, strict=True)
    ]
    chosen = _by_pool_ranks(problem, np.concatenate(drawn), rng)
    if len(chosen) > EXACT_RANKS:
        return chosen
    now = float(problem.criterion(chosen))
    for _ in range(ROUNDS):
        before = now
        for place in rng.permutation(len(chosen)):
            others = np.setdiff1d(problem.members[problem.strata[chosen[place]]], chosen)
            if len(others) == 0:
                continue
            tried = rng.choice(others, min(len(others), ALTERNATIVES), replace=False)
            sets = np.repeat(chosen[None], len(tried), axis=0)
            sets[:, place] = tried
            values = problem.criterion(sets)
            if values.min() < now - 1e-9:
                now, chosen = float(values.min()), sets[values.argmin()]
        if before - now < LITTLE_GAIN:
            break
    return chosen


def _by_pool_ranks(problem: _Problem, chosen: Whole, rng: np.random.Generator) -> Whole:
    """The same exchange by Pearson's r of ranks in the whole pool: sums change in one step."""
    x, chosen = problem.x, chosen.copy()
    score_FN = np.stack([_pool_ranks(y) for y in problem.factors])
    for _ in range(ROUNDS):
        changed = False
        for place in rng.permutation(len(chosen)):
            rest = np.delete(chosen, place)
            others = np.setdiff1d(problem.members[problem.strata[chosen[place]]], rest)
            value = problem.weights @ _squared_r(x, score_FN, rest, others)
            if value.min() < value[others == chosen[place]].item() - 1e-9:
                chosen[place], changed = others[value.argmin()], True
        if not changed:
            break
    return chosen


def _squared_r(x: Floats, score_FN: Floats, rest: Whole, others: Whole) -> Floats:
    """Pearson's r² of each factor with x, for ``rest`` with each of ``others`` added."""
    n = len(rest) + 1
    xs, ys, new = x[rest], score_FN[:, rest], score_FN[:, others]
    x1, x2 = xs.sum() + x[others], (xs * xs).sum() + x[others] ** 2
    y1, y2 = ys.sum(1)[:, None] + new, (ys * ys).sum(1)[:, None] + new**2
    xy = (ys @ xs)[:, None] + new * x[others]
    scale = (n * x2 - x1**2) * (n * y2 - y1**2)
    found: Floats = (n * xy - x1 * y1) ** 2 / np.where(scale > 1e-12, scale, np.inf)
    return found


def _pool_ranks(values: Floats) -> Floats:
    """Mean ranks over their number; sorted once, for thousands of values."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: Floats = (np.cumsum(counts) - (counts - 1) / 2)[places] / len(values)
    return found


def _spread(chosen: Whole, strata: Whole, rng: np.random.Generator) -> Whole:
    """An order whose every beginning is spread over the strata.

    Round after round each stratum gives one, the strata in an order in which
    neighbours are far apart (the van der Corput sequence).
    """
    waiting = {
        int(stratum): list(rng.permutation(chosen[strata[chosen] == stratum]))
        for stratum in np.unique(strata[chosen])
    }
    turn = sorted(waiting, key=lambda stratum: _mirrored_bits(sorted(waiting).index(stratum)))
    order: list[int] = []
    while any(waiting.values()):
        order += [waiting[stratum].pop() for stratum in turn if waiting[stratum]]
    return np.array(order, dtype=np.intp)


def _mirrored_bits(number: int) -> float:
    return int(f"{number:016b}"[::-1], 2) / 2**16


def _balance(
    pool: Pool,
    over: str,
    problem: _Problem,
    edges: Floats,
    chosen: Whole,
    entropy: np.random.SeedSequence,
) -> Balance:
    rng = np.random.default_rng(entropy)
    drawn = [_random_design(pool, len(chosen), rng) for _ in range(RANDOM_DESIGNS)]
    return Balance(
        over=over,
        edges=tuple(float(edge) for edge in np.exp(edges)),
        counts=tuple(int(n) for n in _counts(problem, chosen)),
        random_counts=tuple(
            float(n) for n in np.mean([_counts(problem, i) for i in drawn], axis=0)
        ),
        correlations=dict(zip(problem.names, _rho(problem, chosen).tolist(), strict=True)),
        random=dict(
            zip(problem.names, np.mean([abs(_rho(problem, i)) for i in drawn], axis=0), strict=True)
        ),
        random_designs=RANDOM_DESIGNS,
    )


def _rho(problem: _Problem, chosen: Whole) -> Floats:
    return rank_correlations(problem.x[chosen], problem.factors[:, chosen])


def _counts(problem: _Problem, chosen: Whole) -> Whole:
    return np.bincount(problem.strata[chosen], minlength=problem.count)


def _random_design(pool: Pool, count: int, rng: np.random.Generator) -> Whole:
    """What method ``random`` would draw: the first distinct candidates of shuffled draws."""
    shuffled = rng.permutation(np.array(pool.draws, dtype=np.intp))
    _, first = np.unique(shuffled, return_index=True)
    found: Whole = shuffled[np.sort(first)[:count]]
    return found
