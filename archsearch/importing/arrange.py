"""A graph of layers as the lists of a spec: what follows what, and what joins which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from archsearch.importing.graph import JOINS, Graph, Node
from archsearch.importing.layer import Inexpressible, Layer, parts_as
from archsearch.spec.expressions.names import bad_name
from archsearch.spec.shape import Shape

__all__ = ["Arranged", "arrange"]


@dataclass
class Arranged:
    """The two lists of a spec, each layer with its own."""

    encoder: list[Layer]
    decoder: list[Layer]

    @property
    def in_order(self) -> list[Layer]:
        """All layers as plans have them: those of a join before it."""
        return [each for layer in (*self.encoder, *self.decoder) for each in _flat(layer)]


def _flat(layer: Layer) -> Iterable[Layer]:
    for body in layer.bodies.values():
        lists = body if layer.kind == "parallel" else [body]
        for inner in lists:
            for each in inner:
                yield from _flat(each)
    yield layer


def arrange(graph: Graph) -> Arranged:
    """Put layers into lists.

    Raises:
        Inexpressible: some tensor can't be reached by what the language joins.
    """
    arranger = _Arranger(graph)
    encoder = arranger.path(graph.latent, 0)
    decoder = arranger.path(graph.output, graph.latent)
    return Arranged(encoder, decoder)


@dataclass
class _Arranger:
    """Layers so far.

    Attributes:
        known: tensors that joins may name.
        names: of layers that are read.
    """

    graph: Graph
    known: set[int] = field(default_factory=lambda: {0})
    taken: set[str] = field(default_factory=set)

    def path(self, target: int, start: int) -> list[Layer]:
        """The layers that lead from one tensor to another."""
        chain: list[int] = []
        at = target
        while at != start and at and at not in self.known and not self._joins(at):
            chain.append(at)
            at = self.graph.nodes[at].reads[0]
        if at != start and (at in self.known or not at):
            raise Inexpressible("it goes on from an earlier tensor than the one before it")
        found = [] if at == start else self._join(at, start)
        self.known.add(at)
        for number in reversed(chain):
            found.append(self._plain(number))
            self.known.add(number)
        return found

    def _joins(self, number: int) -> bool:
        layer = self.graph.nodes[number].layer
        return layer is not None and layer.kind in JOINS

    def _plain(self, number: int) -> Layer:
        node = self.graph.nodes[number]
        layer = _layer(node)
        if layer.kind == "unpool":
            layer.fields["unpool"] = self._name(node.reads[1])
        return layer

    def _join(self, number: int, start: int) -> list[Layer]:
        """What leads to a join's tensors, and the join."""
        node = self.graph.nodes[number]
        reads = node.reads
        own = [read for read in reads if self._from(read, start)]
        if not own:
            raise Inexpressible("it joins tensors that don't come from the one before")
        if len(own) < len(reads) > 2:
            self._pair(node, own[0])
            return self._join(number, start)
        fork = self._fork(own, start)
        before = self.path(fork, start)
        if len(own) == len(reads):
            return [*before, *self._branches(node, fork)]
        return [*before, *self._with_earlier(node, fork)]

    def _with_earlier(self, node: Node, fork: int) -> list[Layer]:
        """The tensor that leads on, joined with an earlier one, perhaps after layers of its own."""
        first, second = node.reads
        leads = self._from(first, fork)
        main, other = (first, second) if leads else (second, first)
        found = self.path(main, fork)
        source = self._source(other)
        layers = self.path(other, source)
        return [*found, *self._named(node, source, layers, before=not leads)]

    def _named(self, node: Node, source: int, layers: list[Layer], *, before: bool) -> list[Layer]:
        """``concat`` or ``add`` of a named tensor."""
        join = _layer(node)
        join.fields["with"] = self._name(source)
        if layers:
            join.bodies["layers"] = layers
        if before and join.kind == "concat":
            join.fields["place"] = "before"
        return [join, *_after(node)]

    def _pair(self, node: Node, main: int) -> None:
        """Join three tensors and more two by two, those nearest to the one that leads on first."""
        place, last = node.reads.index(main), len(node.reads) - 1
        after = [(number, False) for number in node.reads[place + 1 :]]
        pairs = [*after, *((number, True) for number in node.reads[:place][::-1])]
        for count, (number, before) in enumerate(pairs, 1):
            reads = [number, main] if before else [main, number]
            if count == last:
                node.reads = reads
                return
            main = max(self.graph.nodes) + 1
            self.graph.nodes[main] = self._joined(node, reads)

    def _joined(self, node: Node, reads: list[int]) -> Node:
        join = _layer(node)
        shapes = [self.graph.shape(read) for read in reads]
        summed = sum(shape.channels for shape in shapes)
        channels = summed if join.kind == "concat" else shapes[0].channels
        shape = Shape(channels, node.shape.height, node.shape.width)
        return Node(Layer(join.kind, {}, join.source), reads, shape)

    def _branches(self, node: Node, fork: int) -> list[Layer]:
        """A join of tensors that all come from one."""
        branches = [self.path(read, fork) for read in node.reads]
        join = _layer(node)
        if len(branches) > 2:
            return self._parallel(node, branches)
        first, second = branches
        if join.kind == "add" and (first or second):
            return [self._residual(node, first, second, fork)]
        if first and second:
            return self._parallel(node, branches)
        return [*first, *second, *self._named(node, fork, [], before=not first)]

    def _parallel(self, node: Node, branches: list[list[Layer]]) -> list[Layer]:
        join = _layer(node)
        join.fields = {"join": "add"} if join.kind == "add" else {}
        join.kind = "parallel"
        join.bodies["branches"] = branches
        return [join, *_after(node)]

    def _residual(self, node: Node, first: list[Layer], second: list[Layer], fork: int) -> Layer:
        """A sum around layers; the shorter of two branches is the shortcut."""
        layers, shortcut = (first, second) if len(first) >= len(second) else (second, first)
        made = _layer(node)
        made.kind = "residual"
        made.bodies["layers"] = layers
        if node.after is not None:
            made.fields["activation"] = node.after.fields["activation"]
            made.parts |= parts_as("activation", node.after)
            node.after = None
        if len(shortcut) == 1 and self._adapts(shortcut[0], node, fork):
            made.parts["shortcut.conv"] = shortcut[0].parts["conv"]
        elif shortcut:
            made.bodies["shortcut"] = shortcut
        return made

    def _adapts(self, conv: Layer, node: Node, fork: int) -> bool:
        """Whether a shortcut is the 1×1 convolution that a residual has where shapes differ."""
        given, made = self.graph.shape(fork), node.shape
        if given == made or given.height % made.height or given.width % made.width:
            return False
        stride = (given.height // made.height, given.width // made.width)
        wanted = {"channels": made.channels, "kernel": 1, "padding": 0}
        if stride != (1, 1):
            wanted["stride"] = stride[0] if stride[0] == stride[1] else stride  # type: ignore[assignment]
        return conv.kind == "conv" and conv.fields == wanted

    # --- which tensor comes from which ----------------------------------------------------

    def _from(self, number: int, start: int) -> bool:
        """Whether a tensor comes from ``start`` without passing what is known already."""
        seen: set[int] = set()
        waiting = [number]
        while waiting:
            at = waiting.pop()
            if at == start:
                return True
            if at and at not in self.known and at not in seen:
                seen.add(at)
                waiting += self._reads(at)
        return False

    def _reads(self, number: int) -> Sequence[int]:
        """The tensors that a node goes on from; the places of a pool are no way on."""
        node = self.graph.nodes[number]
        unpools = node.layer is not None and node.layer.kind == "unpool"
        return node.reads[:1] if unpools else node.reads

    def _fork(self, tensors: Iterable[int], start: int) -> int:
        """The last tensor that all ways from ``start`` to these pass."""
        common: list[int] | None = None
        for tensor in dict.fromkeys(tensors):
            passed = self._passed(tensor, start, {})
            common = passed if common is None else _shared(common, passed)
        return (common or [start])[-1]

    def _passed(self, number: int, start: int, found: dict[int, list[int]]) -> list[int]:
        """The tensors that all ways from ``start`` to this one pass, in order."""
        order = self._order(number, start)
        for at in order:
            if at == start:
                found[at] = [start]
                continue
            ways = [found[read] for read in self._reads(at) if read in found]
            common = ways[0]
            for way in ways[1:]:
                common = _shared(common, way)
            found[at] = [*common, at]
        return found[number]

    def _order(self, number: int, start: int) -> list[int]:
        """What lies between, from ``start`` on: each after all that it reads."""
        between = {start}
        done: dict[int, bool] = {start: True}
        waiting = [number]
        while waiting:
            at = waiting[-1]
            if at in done:
                waiting.pop()
                continue
            open_reads = [
                read
                for read in self._reads(at)
                if read and read not in done and (read not in self.known or read == start)
            ]
            if open_reads:
                waiting += open_reads
                continue
            done[at] = any(done.get(read) for read in self._reads(at))
            between |= {at} if done[at] else set()
            waiting.pop()
        return [at for at in done if at in between]

    def _source(self, number: int) -> int:
        """The known tensor that a branch starts from."""
        at = number
        while at not in self.known:
            reads = self._reads(at)
            if len(reads) > 1:
                starts = {self._source(read) for read in reads}
                return max(starts, key=lambda start: (self._from(at, start), start))
            at = reads[0]
        return at

    def _name(self, number: int) -> str:
        """What a tensor is called: its layer gets a name, made of where it stands."""
        if not number:
            return "input"
        node = self.graph.nodes[number]
        layer = node.after or _layer(node)
        if not layer.name:
            function, _, place = layer.source.partition("() in ")
            said = function if place in {"", "forward"} else place
            letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in said)
            wanted = letters.strip("_") or "layer"
            wanted = wanted if wanted[0].isalpha() else f"layer_{wanted}"
            numbered = (f"{wanted}_{n}" for n in range(2, len(self.taken) + 3))
            layer.name = next(
                name for name in (wanted, *numbered) if not bad_name(name, self.taken)
            )
            self.taken.add(layer.name)
        return layer.name


def _shared(one: Sequence[int], other: Sequence[int]) -> list[int]:
    also = set(other)
    return [tensor for tensor in one if tensor in also]


def _layer(node: Node) -> Layer:
    if node.layer is None:
        raise Inexpressible("the language has no words for it")
    return node.layer


def _after(node: Node) -> list[Layer]:
    """The activation of a join that can't have it as a field."""
    return [] if node.after is None else [node.after]
