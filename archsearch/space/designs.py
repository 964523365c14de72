"""Designs: which candidates a study trains, drawn before any training."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from archsearch.errors import InputError
from archsearch.space.candidates import Candidate, Rejection, SearchSpace
from archsearch.space.domains import Value, domain_values, draw

__all__ = ["PROPOSALS_PER_SLOT", "Design", "draw_design"]

PROPOSALS_PER_SLOT = 100
"""Points tried for one slot before the study says that it can't find another."""

ENUMERABLE = 10_000
"""Spaces up to this many configurations are gone through whole when draws run dry."""

Values = dict[str, Value]


@dataclass(frozen=True)
class Design:
    """The candidates of all slots, and what was passed over to find them.

    Attributes:
        candidates: distinct and feasible, in the order of their slots.
        wanted: how many were asked for.
        tried: points looked at.
        duplicates: feasible points that an earlier one equals.
        rejected: how many points each rule forbids.
        examples: for each rule, one point that it forbids.
        exhausted: whether every point of the space was looked at.
    """

    candidates: tuple[Candidate, ...]
    wanted: int
    tried: int
    duplicates: int
    rejected: dict[str, int]
    examples: dict[str, Rejection]
    exhausted: bool

    @property
    def note(self) -> str:
        """What to say when there are fewer candidates than trials, else ""."""
        found = len(self.candidates)
        if found >= self.wanted:
            return ""
        if self.exhausted:
            return f"the space has {found} distinct feasible candidates, fewer than {self.wanted}"
        return (
            f"{self.tried} draws gave {found} distinct feasible candidates, "
            f"fewer than {self.wanted}"
        )


def draw_design(space: SearchSpace, method: str, trials: int, seed: int) -> Design:
    """Draw up to ``trials`` distinct feasible candidates.

    Args:
        space: family, domains and constraints.
        method: ``random``, or ``grid`` (all combinations, in an order whose
            every beginning is spread over each domain).
        trials: how many are wanted.
        seed: of the draws; the same seed gives the same design.

    Raises:
        InputError: where no feasible point was found (with the rules that
            forbid them and an example), or a grid meets a float domain.
    """
    points = _grid_points(space) if method == "grid" else _random_points(space, trials, seed)
    design = _collect(space, points, trials, method)
    if not design.candidates:
        raise _nothing_feasible(design)
    return design


def _collect(space: SearchSpace, points: Iterator[Values], trials: int, method: str) -> Design:
    found: dict[str, Candidate] = {}
    rejected: Counter[str] = Counter()
    examples: dict[str, Rejection] = {}
    seen: set[str] = set()
    tried = duplicates = 0
    limit = trials * PROPOSALS_PER_SLOT + ENUMERABLE
    for values in islice(points, limit):
        if len(found) == trials:
            break
        place = repr(values)  # True and 1 are equal, their texts are not
        if place in seen:  # drawn before: neither a new point nor a duplicate architecture
            continue
        seen.add(place)
        tried += 1
        outcome = space.resolve(values)
        if isinstance(outcome, Rejection):
            rejected[outcome.rule] += 1
            examples.setdefault(outcome.rule, outcome)
        elif outcome.key in found:
            duplicates += 1
        else:
            found[outcome.key] = outcome
    exhausted = space.size is not None and len(seen) >= space.size
    return Design(
        tuple(found.values()), trials, tried, duplicates, dict(rejected), examples, exhausted
    )


def _random_points(space: SearchSpace, trials: int, seed: int) -> Iterator[Values]:
    """Seeded draws; then, in a small space, the points that the draws left out."""
    rng = np.random.default_rng(seed)
    for _ in range(trials * PROPOSALS_PER_SLOT):
        yield {name: draw(domain, rng) for name, domain in space.domains.items()}
    if space.size is not None and space.size <= ENUMERABLE:
        yield from _points_at(space, (int(i) for i in rng.permutation(space.size)))


def _grid_points(space: SearchSpace) -> Iterator[Values]:
    """Every point, in steps of the golden section through the cartesian order.

    Step k stands at k·s mod n with s near n/φ and coprime to n, so each point
    comes once, and the first m are spread over the order like a Weyl sequence.
    """
    size = math.prod(len(domain_values(name, domain)) for name, domain in space.domains.items())
    stride = max(1, round(size * (math.sqrt(5) - 1) / 2))
    while math.gcd(stride, size) != 1:
        stride += 1
    yield from _points_at(space, (step * stride % size for step in range(size)))


def _points_at(space: SearchSpace, places: Iterator[int]) -> Iterator[Values]:
    """Points by their place in the cartesian order (the last domain fastest)."""
    axes = [(name, domain_values(name, domain)) for name, domain in space.domains.items()]
    for place in places:
        point: Values = {}
        rest = place
        for name, values in reversed(axes):
            rest, index = divmod(rest, len(values))
            point[name] = values[index]
        yield {name: point[name] for name, _ in axes}


def _nothing_feasible(design: Design) -> InputError:
    lines = []
    for rule, count in sorted(design.rejected.items(), key=lambda item: -item[1]):
        example = design.examples[rule]
        point = ", ".join(f"{name}={value}" for name, value in example.values.items())
        lines.append(f"  {rule}: {count} of {design.tried}, e.g. {point}: {example.detail}")
    where = "all of the space" if design.exhausted else f"{design.tried} points drawn from it"
    return InputError(
        "the space has no feasible candidate in " + where + "\n" + "\n".join(lines),
        help="loosen the rule that forbids most, or widen the domains it speaks of",
    )
