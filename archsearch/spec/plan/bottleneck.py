"""The narrowest cut of a net: no code can carry more numbers than pass there.

Tensors are the vertices of a graph: 0 is the input, the last one the output, and an edge (from,
to) leads from each tensor to those that are made from it. A cut is a set of tensors
without which no path leads from input to output. Its size counts each tensor's elements once.
The minimum is found by maximum flow (Menger 1927; Ford and Fulkerson 1956), and most nets don't
need it: a tensor that no edge passes is a cut by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

__all__ = ["Bottleneck", "Place", "minimum_cut"]

Edge = tuple[int, int]
Place = Literal["latent", "input", "output", "inside"]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The minimum vertex cut of a net's layer graph, input and output included.

    Attributes:
        size: numbers that pass there, each tensor counted once.
        tensors: indices of the layers that give the cut's tensors, 0 the input; −i: the places
            of max pool i.
        after: their paths, ``input`` for the input.
        place: ``latent``, ``input`` or ``output`` where it is that tensor alone.
    """

    size: int
    tensors: tuple[int, ...]
    after: tuple[str, ...]
    place: Place


def minimum_cut(
    elements: Sequence[int], edges: Sequence[Edge], preferred: int
) -> tuple[int, tuple[int, ...]]:
    """The least elements that separate input from output, and the tensors that hold them.

    Of several minima it is tensor ``preferred`` (the latent) if that alone is one, else the
    input, else the output, else the one nearest the input.

    Args:
        elements: of tensor 0 (the input), 1, … up to the output.
        edges: pairs (from, to) of tensors, from < to; each tensor but the input is made from some,
            and each but the output goes into some.
        preferred: a tensor's index.

    Example:
        >>> chain = [(i, i + 1) for i in range(6)]
        >>> minimum_cut([12, 6, 6, 12], chain[:3], preferred=2)
        (6, (2,))
        >>> minimum_cut([12, 9, 2, 9, 3, 9, 12], [*chain, (1, 4), (3, 5)], preferred=0)
        (5, (2, 4))
    """
    skips = [edge for edge in edges if edge[1] > edge[0] + 1]
    single = _cuts_alone(len(elements), skips) if skips else range(len(elements))
    least = min([elements[tensor] for tensor in single])
    found = None
    for first, last in pairwise(single):
        inside = range(first + 1, last)
        # Two tensors or more are needed here, and none will do past a skip from end to end.
        if inside and (first, last) not in skips and 2 * min(elements[i] for i in inside) < least:
            size, cut = _interleaved(elements, edges, first, last)
            if size < least:
                least, found = size, cut
    if found is None:
        ends = (preferred, 0, len(elements) - 1)
        found = (next(i for i in (*ends, *single) if elements[i] == least and i in single),)
    return least, found


def _cuts_alone(count: int, skips: Sequence[Edge]) -> Sequence[int]:
    """Tensors that no edge passes: every path goes through each of them."""
    change = [0] * (count + 1)
    for source, target in skips:
        change[source + 1] += 1
        change[target] -= 1
    alone, passing = [], 0
    for tensor in range(count):
        passing += change[tensor]
        if not passing:
            alone.append(tensor)
    return alone


def _interleaved(
    elements: Sequence[int], edges: Sequence[Edge], first: int, last: int
) -> tuple[int, tuple[int, ...]]:
    """The minimum cut strictly between two tensors, of those minima the one nearest ``first``.

    Every tensor is an edge from its way in, 2i, to its way out, 2i + 1, with its elements as
    capacity; what reads it hangs on its way out without a limit. Augmenting paths are the
    shortest ones (Edmonds and Karp 1972).
    """
    unlimited = sum(elements[first + 1 : last]) + 1
    start, end = 2 * first + 1, 2 * last
    room: dict[int, dict[int, int]] = {node: {} for node in range(start, end + 1)}
    for tensor in range(first + 1, last):
        room[2 * tensor][2 * tensor + 1] = elements[tensor]
    for source, target in edges:
        if first <= source < target <= last:
            room[2 * source + 1][2 * target] = unlimited
    for node, ways in list(room.items()):
        for other in list(ways):
            room[other].setdefault(node, 0)
    size = sum(_augmented(room, start, end))
    near = _reached(room, start)
    cut = (i for i in range(first + 1, last) if 2 * i in near and 2 * i + 1 not in near)
    return size, tuple(cut)


def _augmented(room: dict[int, dict[int, int]], start: int, end: int) -> Iterator[int]:
    """The flow of one path after another, until none has room left."""
    while end in (came := _reached(room, start)):
        path = [end]
        while path[-1] != start:
            path.append(came[path[-1]])
        edges = [(a, b) for b, a in pairwise(path)]
        flow = min(room[a][b] for a, b in edges)
        for a, b in edges:
            room[a][b] -= flow
            room[b][a] += flow
        yield flow


def _reached(room: dict[int, dict[int, int]], start: int) -> dict[int, int]:
    """Nodes that a path with room leads to, each with the one before it."""
    came = {start: start}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for other, left in room[node].items():
            if left and other not in came:
                came[other] = node
                waiting.append(other)
    return came
