"""Sets of candidates that differ in one thing: paired effects instead of correlations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from archsearch.errors import InputError
from archsearch.space.candidates import Candidate
from archsearch.space.domains import Value
from archsearch.spec import trunk_key

__all__ = ["matched"]

LARGEST_SET = 3
MOST_COMBINATIONS = 4_000
"""Sets of one latent size that are compared with each other."""
SIZES_A_TRUNK = 4
"""Codes on one trunk, where trials reach for several trunks: three tell a curve from a slope."""
COST_WEIGHT = 0.25
"""What a difference of log parameters or log MACs counts against one more differing choice:
costs follow from choices."""

Set = tuple[int, ...]


def matched(candidates: Sequence[Candidate], trials: int, over: str) -> tuple[Set, ...]:
    """Choose sets of candidates by their places, together up to ``trials``.

    Over ``latent.shape``: triples, else pairs, of equal latent size with
    channels traded for height×width and all else as alike as it can be, spread
    over the log of latent size. Over ``latent.size``: trunks held fixed with only the size of
    the code varied, two trunks or more from six trials on.

    Raises:
        InputError: where no two candidates match.
    """
    sets = (_trunks if over == "latent.size" else _shapes)(candidates, trials)
    if not sets:
        raise InputError(
            "nothing matches: no two candidates "
            + (
                "share a trunk and differ in the size of the code"
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
        total += COST_WEIGHT * abs(math.log((one.plan.params + 1) / (other.plan.params + 1)))
        total += COST_WEIGHT * abs(math.log((one.plan.macs + 1) / (other.plan.macs + 1)))
        total += _differing(one.values, other.values)
    return total


def _trunks(candidates: Sequence[Candidate], trials: int) -> tuple[Set, ...]:
    by_trunk: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for place, candidate in enumerate(candidates):
        settings = candidate.settings.model_dump_json()
        by_trunk[trunk_key(candidate.plan), settings].setdefault(candidate.plan.latent.size, place)
    groups = [sizes for sizes in by_trunk.values() if len(sizes) >= 2]
    groups.sort(key=lambda sizes: (_narrowness(sizes), min(sizes.values())))
    wanted = min(max(trials // SIZES_A_TRUNK, 2 if trials >= 6 else 1), len(groups))
    groups = _unlike(candidates, groups, trials // 2)
    counts = _shares([len(sizes) for sizes in groups], trials, wanted)
    return tuple(
        tuple(sizes[size] for size in _far_apart(sorted(sizes))[:count])
        for sizes, count in zip(groups, counts, strict=False)
    )


def _unlike(
    candidates: Sequence[Candidate], groups: Sequence[dict[int, int]], most: int
) -> list[dict[int, int]]:
    """The groups, the next always the one whose choices differ most from the nearest before it.

    Those with as many sizes as a set takes come first.
    """
    values = [candidates[next(iter(sizes.values()))].values for sizes in groups]
    counts = [min(len(sizes), SIZES_A_TRUNK) for sizes in groups]  # falling: so they are sorted
    nearest = [len(one) + 1 for one in values]
    left, order = list(range(len(groups))), list[int]()
    while left and len(order) < most:
        fullest = [i for i in left if counts[i] == counts[left[0]]]
        place = max(fullest, key=lambda i: nearest[i])
        left.remove(place)
        order.append(place)
        for i in left:
            nearest[i] = min(nearest[i], _differing(values[i], values[place]))
    return [groups[i] for i in order]


def _differing(one: Mapping[str, Value], other: Mapping[str, Value]) -> int:
    return sum(one.get(name) != other.get(name) for name in {*one, *other})


def _shares(available: Sequence[int], trials: int, wanted: int) -> list[int]:
    """How many of each group: ``wanted`` groups alike, more groups where those run out.

    Example:
        >>> _shares([9, 9, 3], 10, 2), _shares([3, 2, 2], 7, 1)
        ([5, 5], [3, 2, 2])
    """
    found: list[int] = []
    while trials >= 2 and len(found) < len(available):
        share = -(-trials // max(wanted - len(found), 1))
        found.append(min(available[len(found)], share))
        trials -= found[-1]
    return found


def _narrowness(sizes: dict[int, int]) -> tuple[int, float]:
    return -min(len(sizes), SIZES_A_TRUNK), -math.log(max(sizes) / min(sizes))


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
