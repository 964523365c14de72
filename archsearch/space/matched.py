"""Sets of candidates that differ in one thing: paired effects instead of correlations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, product

from archsearch.errors import InputError
from archsearch.space.candidates import Candidate
from archsearch.spec import trunk_key

__all__ = ["matched"]

LARGEST_SET = 3
MOST_COMBINATIONS = 4_000
"""Sets of one latent size that are held against each other."""
CHANGED_VALUE = 0.25
"""What one more differing value counts against a difference of log parameters or log MACs."""

Set = tuple[int, ...]


def matched(candidates: Sequence[Candidate], trials: int, over: str) -> tuple[Set, ...]:
    """Choose sets of candidates by their places, together up to ``trials``.

    Over ``latent.shape``: triples, else pairs, of equal latent size with
    channels traded for height×width and all else as alike as it can be, spread
    over the log of latent size. Over ``latent.size``: one trunk with only
    the bottleneck's channels varied; another trunk where one isn't enough.

    Raises:
        InputError: where no two candidates match.
    """
    sets = _trunks(candidates, trials) if over == "latent.size" else _shapes(candidates, trials)
    if not sets:
        raise InputError(
            "nothing matches: no two candidates "
            + (
                "share a trunk and differ in the bottleneck's channels"
                if over == "latent.size"
                else "have one latent size at different height×width"
            ),
            help="search over the latent's channels"
            + ("" if over == "latent.size" else " and over depth or strides, which set its height"),
        )
    return sets


def _shapes(candidates: Sequence[Candidate], trials: int) -> tuple[Set, ...]:
    by_size: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, candidate in enumerate(candidates):
        latent = candidate.plan.latent
        by_size[latent.size][latent.height, latent.width].append(place)
    best = {
        size: min(_sets(shapes), key=lambda s: (-len(s), _distance(candidates, s)), default=())
        for size, shapes in by_size.items()
    }
    sizes = sorted(size for size, found in best.items() if found)
    chosen: list[Set] = []
    left = trials
    for size in _far_apart(sizes):
        if len(best[size]) <= left:
            chosen.append(best[size])
            left -= len(best[size])
        elif left >= 2:
            chosen.append(min(combinations(best[size], 2), key=lambda s: _distance(candidates, s)))
            left -= 2
    return tuple(chosen)


def _sets(shapes: dict[tuple[int, int], list[int]]) -> Iterator[Set]:
    """Triples and pairs with one candidate of each shape."""
    for count in range(LARGEST_SET, 1, -1):
        for chosen in combinations(shapes.values(), count):
            most = max(1, int(MOST_COMBINATIONS ** (1 / count)))
            yield from product(*(places[:most] for places in chosen))


def _distance(candidates: Sequence[Candidate], places: Set) -> float:
    """How much the members of a set differ in what should be alike."""
    total = 0.0
    for one, other in combinations([candidates[place] for place in places], 2):
        total += abs(math.log((one.plan.params + 1) / (other.plan.params + 1)))
        total += abs(math.log((one.plan.macs + 1) / (other.plan.macs + 1)))
        names = {*one.values, *other.values}
        total += CHANGED_VALUE * sum(one.values.get(n) != other.values.get(n) for n in names)
    return total


def _trunks(candidates: Sequence[Candidate], trials: int) -> tuple[Set, ...]:
    by_trunk: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for place, candidate in enumerate(candidates):
        settings = candidate.settings.model_dump_json()
        by_trunk[trunk_key(candidate.plan), settings].setdefault(candidate.plan.latent.size, place)
    groups = sorted(by_trunk.values(), key=lambda sizes: (_narrowness(sizes), min(sizes.values())))
    chosen: list[Set] = []
    left = trials
    for sizes in groups:
        if len(sizes) < 2 or left < 2:
            continue
        spread = [sizes[size] for size in _far_apart(sorted(sizes))][:left]
        chosen.append(tuple(spread))
        left -= len(spread)
    return tuple(chosen)


def _narrowness(sizes: dict[int, int]) -> tuple[int, float]:
    return -len(sizes), -math.log(max(sizes) / min(sizes))


def _far_apart(values: Sequence[int]) -> list[int]:
    """Sorted values so that every beginning is spread over their logarithms."""
    if len(values) <= 2:
        return list(values)
    chosen = [values[0], values[-1]]
    left = list(values[1:-1])
    while left:
        nearest = [min(abs(math.log(v / c)) for c in chosen) for v in left]
        chosen.append(left.pop(nearest.index(max(nearest))))
    return chosen
