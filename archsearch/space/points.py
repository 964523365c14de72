"""Points of a space, in the order that a method looks at them; the feasible ones collected."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from archsearch.space.candidates import Candidate, Rejection, SearchSpace
from archsearch.space.domains import Value, domain_values, draw, value_at

__all__ = [
    "ENUMERABLE",
    "Pool",
    "collect",
    "grid_points",
    "grid_size",
    "random_points",
    "sobol_points",
]

ENUMERABLE = 10_000
"""Spaces up to this many configurations are gone through whole when draws run dry."""

MOST_LISTED = 200_000
"""Points of a space with conditions that are held at once."""

SOBOL_BLOCK = 64
"""Sobol points are made this many at a time: a power of 2 keeps them balanced."""

Values = dict[str, Value]


@dataclass(frozen=True)
class Pool:
    """What was found among the points looked at.

    Attributes:
        candidates: distinct and feasible, in the order of their first draw.
        draws: the candidate of each feasible draw; one drawn again is there again.
        tried: distinct points looked at.
        duplicates: feasible points that an earlier one equals.
        rejected: how many points each rule forbids.
        examples: for each rule, one point that it forbids.
        exhausted: whether every point of the space was looked at.
    """

    candidates: tuple[Candidate, ...]
    draws: tuple[int, ...]
    tried: int
    duplicates: int
    rejected: dict[str, int]
    examples: dict[str, Rejection]
    exhausted: bool

    @property
    def feasible_share(self) -> float:
        """Of the distinct points looked at, how many can be trained."""
        return (len(self.candidates) + self.duplicates) / max(self.tried, 1)


def collect(
    space: SearchSpace,
    points: Iterator[Values],
    *,
    wanted: int,
    limit: int,
    repeated: bool = True,
) -> Pool:
    """Look at up to ``limit`` points, until there are ``wanted`` distinct feasible candidates.

    Names that a point's other values switch off are left out of it first.

    Args:
        space: of the points.
        points: to look at, in order.
        wanted: candidates.
        limit: of points.
        repeated: whether to go on where all points of the space were looked at: how often each
            is drawn tells how likely it is.
    """
    found: dict[str, int] = {}
    candidates: list[Candidate] = []
    draws: list[int] = []
    rejected: Counter[str] = Counter()
    examples: dict[str, Rejection] = {}
    seen: dict[str, int | None] = {}
    duplicates = 0
    for point in islice(points, limit):
        if len(candidates) == wanted:
            break
        if not repeated and space.size is not None and len(seen) >= space.size:
            break
        values = space.active(point)
        place = repr(values)  # True and 1 are equal, their texts are not
        if place in seen:  # drawn before: neither a new point nor a duplicate architecture
            known = seen[place]
            draws += [] if known is None else [known]
            continue
        outcome = space.resolve(values)
        seen[place] = None
        if isinstance(outcome, Rejection):
            rejected[outcome.rule] += 1
            examples.setdefault(outcome.rule, outcome)
            continue
        if outcome.key in found:
            duplicates += 1
        else:
            found[outcome.key] = len(candidates)
            candidates.append(outcome)
        seen[place] = found[outcome.key]
        draws.append(found[outcome.key])
    exhausted = space.size is not None and len(seen) >= space.size
    return Pool(
        tuple(candidates),
        tuple(draws),
        len(seen),
        duplicates,
        dict(rejected),
        examples,
        exhausted,
    )


def random_points(space: SearchSpace, draws: int, seed: int) -> Iterator[Values]:
    """Seeded draws; then, in a small space, the points that the draws left out."""
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        yield {name: draw(domain, rng) for name, domain in space.domains.items()}
    yield from _all_points(space, rng)


def sobol_points(space: SearchSpace, draws: int, seed: int) -> Iterator[Values]:
    """A scrambled Sobol sequence over all domains; then, in a small space, what it left out.

    Source:
        Sobol' 1967, scrambled after Matoušek 1998, as in ``scipy.stats.qmc``.
    """
    from scipy.stats import qmc

    rng = np.random.default_rng(seed)
    sequence = qmc.Sobol(len(space.domains), scramble=True, rng=rng)
    made = 0
    while made < draws:
        for place in sequence.random(SOBOL_BLOCK):
            coordinates = zip(space.domains.items(), place, strict=True)
            yield {name: value_at(domain, float(at)) for (name, domain), at in coordinates}
        made += SOBOL_BLOCK
    yield from _all_points(space, rng)


def grid_size(space: SearchSpace) -> int:
    """How many points the grid has, feasible or not.

    Raises:
        InputError: for a float domain, whose values can't be listed.
    """
    whole = _listed(space)
    return math.prod(len(values) for _, values in _axes(space)) if whole is None else len(whole)


def grid_points(space: SearchSpace) -> Iterator[Values]:
    """Every point, in steps of the golden section through the cartesian order.

    Step k stands at k·s mod n with s near n/φ and coprime to n, so each point
    comes once, and the first m are spread over the order like a Weyl sequence.

    Raises:
        InputError: for a float domain, whose values can't be listed.
    """
    size = grid_size(space)
    stride = max(1, round(size * (math.sqrt(5) - 1) / 2))
    while math.gcd(stride, size) != 1:
        stride += 1
    yield from _points_at(space, (step * stride % size for step in range(size)))


def _all_points(space: SearchSpace, rng: np.random.Generator) -> Iterator[Values]:
    if space.size is not None and space.size <= ENUMERABLE:
        yield from _points_at(space, (int(i) for i in rng.permutation(space.size)))


def _points_at(space: SearchSpace, places: Iterator[int]) -> Iterator[Values]:
    """Points by their place in the cartesian order (the last domain fastest)."""
    if (points := _listed(space)) is not None:
        yield from (points[place] for place in places)
        return
    axes = _axes(space)
    for place in places:
        point: Values = {}
        rest = place
        for name, values in reversed(axes):
            rest, index = divmod(rest, len(values))
            point[name] = values[index]
        yield {name: point[name] for name, _ in axes}


def _axes(space: SearchSpace) -> list[tuple[str, tuple[Value, ...]]]:
    return [(name, domain_values(name, domain)) for name, domain in space.domains.items()]


def _listed(space: SearchSpace) -> list[Values] | None:
    """The points of a space whose names depend on others, each once; None for other spaces.

    A space with too many of them is gone through by all combinations, equal ones too.
    """
    size = space.size
    if not space.conditions.when or size is None or size > MOST_LISTED:
        return None
    return list(space.conditions.points())
