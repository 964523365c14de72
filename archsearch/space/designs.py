"""Designs: which candidates a study trains, drawn before any training."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from archsearch.config import ChoiceDomain, SearchSettings
from archsearch.errors import InputError
from archsearch.extensions import refer
from archsearch.printable import count
from archsearch.space.balance import Balance, amounts
from archsearch.space.candidates import Candidate, SearchSpace
from archsearch.space.matched import matched
from archsearch.space.points import (
    ENUMERABLE,
    Pool,
    Values,
    collect,
    grid_points,
    grid_size,
    random_points,
    sobol_points,
)
from archsearch.space.stratified import most_looked_at, stratified
from archsearch.space.support import support_notes
from archsearch.space.trunk_choices import design_factors

__all__ = ["PROPOSALS_PER_TRIAL", "Design", "draw_design", "eligible_places", "feasible_pool"]

PROPOSALS_PER_TRIAL = 100
"""Points tried for one trial before the study says that it can't find another."""


@dataclass(frozen=True)
class Design:
    """The candidates of all trials, and what was skipped to find them.

    Attributes:
        candidates: distinct and feasible, in the order of their trials.
        wanted: how many were asked for.
        pool: the points looked at.
        balance: of a stratified design, against random ones.
        notes: what must be known of it: no freedom, no common support.
        sets: of a matched design, how many trials each set takes, in order.
    """

    candidates: tuple[Candidate, ...]
    wanted: int
    pool: Pool
    balance: Balance | None = None
    notes: tuple[str, ...] = ()
    sets: tuple[int, ...] = ()

    @property
    def note(self) -> str:
        """What to say when there are fewer candidates than trials, else ""."""
        found, feasible = len(self.candidates), len(self.pool.candidates)
        if found >= self.wanted:
            return ""
        of, fewer = "distinct feasible candidate", f"fewer than {self.wanted}"
        if self.sets and found < feasible:
            return f"only {found} of {count(feasible, of)} are in matched sets, {fewer}"
        if self.pool.exhausted and found == feasible:
            return f"the space has {count(found, of)}, {fewer}"
        return f"{count(self.pool.tried, 'draw')} gave {count(found, of)}, {fewer}"


def draw_design(space: SearchSpace, search: SearchSettings) -> Design:
    """Draw up to ``search.trials`` distinct feasible candidates, as the method declares.

    The same seed gives the same design.

    Raises:
        InputError: where no feasible point was found (with the rules that
            forbid them and an example), a grid meets a float domain, or
            nothing matches.
    """
    method = search.described
    if method.design is None:
        raise ValueError(f"{method.name} adapts to results")
    found = refer(method.design)(space, search)
    design = found if isinstance(found, Design) else _first(space, found, search.trials)
    return replace(design, notes=(*design.notes, *_never_drawn(space, design.candidates)))


def _never_drawn(space: SearchSpace, candidates: Iterable[Candidate]) -> Iterator[str]:
    """Choices that are in the space and in no candidate: nothing can be said of them."""
    drawn = [candidate.values for candidate in candidates]
    missing = [
        f"{name}={choice}"
        for name, domain in space.domains.items()
        if isinstance(domain, ChoiceDomain)
        for choice in domain.choices
        if not any(name in values and values[name] == choice for values in drawn)
    ]
    if missing:
        yield f"never drawn: {', '.join(missing)}"


def random_design(space: SearchSpace, search: SearchSettings) -> Iterable[Values]:
    """Independent draws."""
    return random_points(space, search.trials * PROPOSALS_PER_TRIAL, search.seed)


def sobol_design(space: SearchSpace, search: SearchSettings) -> Iterable[Values]:
    """A scrambled sequence that fills the space evenly."""
    return sobol_points(space, search.trials * PROPOSALS_PER_TRIAL, search.seed)


def grid_design(space: SearchSpace, search: SearchSettings) -> Design:
    """All combinations, in an order whose every beginning is spread over each domain."""
    # One more than is trained, to know whether any is left out.
    found = _first(space, grid_points(space), search.trials, more=1)
    return replace(found, notes=_part_of_grid(space, found.pool, search.trials))


def stratified_design(space: SearchSpace, search: SearchSettings) -> Design:
    """``over`` evenly, told apart from the trunk's choices."""
    pool, over = _large_pool(space, search), _over(search)
    factors = design_factors(space, pool.candidates, over)
    eligible = eligible_places(pool.candidates, search.trials)
    found = stratified(pool, search.trials, over, search.seed, factors, eligible)
    x = amounts(pool.candidates, over)[eligible]
    of_eligible = {name: values[eligible] for name, values in factors.items()}
    return Design(
        tuple(pool.candidates[i] for i in found.chosen),
        search.trials,
        pool,
        balance=found.balance,
        notes=(
            *_left_out(len(pool.candidates) - len(eligible)),
            *support_notes(x, of_eligible, found.balance),
        ),
    )


def matched_design(space: SearchSpace, search: SearchSettings) -> Design:
    """Sets of eligible candidates that differ in one thing; of all where none of these match."""
    pool, over = _large_pool(space, search), _over(search)
    places = eligible_places(pool.candidates, search.trials)
    try:
        sets = matched([pool.candidates[i] for i in places], search.trials, over)
    except InputError:
        if len(places) == len(pool.candidates):
            raise
        places = np.arange(len(pool.candidates))
        sets = matched(pool.candidates, search.trials, over)
    return Design(
        tuple(pool.candidates[places[i]] for group in sets for i in group),
        search.trials,
        pool,
        sets=tuple(map(len, sets)),
        notes=_left_out(len(pool.candidates) - len(places)),
    )


def _over(search: SearchSettings) -> str:
    return search.over or search.described.over[0]


def _first(space: SearchSpace, points: Iterable[Values], trials: int, *, more: int = 0) -> Design:
    """The first distinct feasible candidates; ``more`` than are trained are looked for."""
    limit = trials * PROPOSALS_PER_TRIAL + ENUMERABLE
    pool = feasible_pool(space, iter(points), wanted=trials + more, limit=limit, repeated=False)
    return Design(pool.candidates[:trials], trials, pool)


def _large_pool(space: SearchSpace, search: SearchSettings) -> Pool:
    """Many more candidates than are trained, to choose from."""
    draws = most_looked_at(search.trials)
    points = random_points(space, draws, search.seed)
    return feasible_pool(space, points, wanted=sys.maxsize, limit=draws)


def feasible_pool(
    space: SearchSpace, points: Iterator[Values], *, wanted: int, limit: int, repeated: bool = True
) -> Pool:
    """What is found among the points (:func:`~archsearch.space.points.collect`).

    Raises:
        InputError: nothing is feasible; with each rule's share and an example.
    """
    pool = collect(space, points, wanted=wanted, limit=limit, repeated=repeated)
    if not pool.candidates:
        raise nothing_feasible(pool)
    return pool


def _part_of_grid(space: SearchSpace, pool: Pool, trials: int) -> tuple[str, ...]:
    """What is to be known of a grid with more candidates than trials.

    Points that equal another, or that a rule forbids, aren't left out.
    """
    if len(pool.candidates) <= trials:
        return ()
    size = grid_size(space) if space.size is None else space.size
    return (
        f"the grid has {size:,} points: the {trials:,} taken are spread over it, "
        f"and up to {size - pool.tried + 1:,} others could be trained, too",
    )


def eligible_places(candidates: Sequence[Candidate], trials: int) -> NDArray[np.intp]:
    """Places of the candidates whose bottleneck doesn't come before the latent.

    All places where fewer than ``trials`` are so: the size of such a latent says little, but
    it is better than no design.
    """
    sound = [place for place, c in enumerate(candidates) if not c.plan.bottleneck_before_latent]
    return np.array(sound if len(sound) >= trials else range(len(candidates)), dtype=np.intp)


def _left_out(number: int) -> tuple[str, ...]:
    if number == 0:
        return ()
    verb, whose = ("is", "its") if number == 1 else ("are", "their")
    return (
        f"{count(number, 'candidate')} {verb} left out, because {whose} bottleneck is narrower "
        f"than {whose} latent",
    )


def nothing_feasible(pool: Pool) -> InputError:
    """The error for a space without candidates: each rule's share and an example."""
    lines = []
    for rule, number in sorted(pool.rejected.items(), key=lambda item: -item[1]):
        example = pool.examples[rule]
        point = ", ".join(f"{name}={value}" for name, value in example.values.items())
        lines.append(f"  {rule}: {number} of {pool.tried}, e.g. {point}: {example.detail}")
    where = "all of the space" if pool.exhausted else f"{pool.tried} points drawn from it"
    return InputError(
        f"the space has no feasible candidate in {where}",
        details=lines,
        help="relax the constraint that excludes most, or widen the domains of its names",
    )
