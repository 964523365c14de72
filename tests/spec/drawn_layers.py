"""A spec while it is drawn: layers and joins that fit what stands before them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from archsearch.spec import KINDS, Shape
from archsearch.spec.kinds import JOINS, Kind, Op, ShapeResult, Values
from archsearch.spec.kinds.borders import PICTURE as PICTURE_SIZE
from archsearch.spec.kinds.pool import Pool
from archsearch.spec.kinds.rule import JoinInput

from .drawn_values import DrawnValues, as_raw

MOST_ELEMENTS = 3_000
PLAIN = {"stride": 1, "padding": "same", "dilation": 1, "groups": 1, "norm": "none"}
PICTURE = tuple(k.name for k in KINDS.builtin.values() if not k.with_role("elements"))

Layer = dict[str, Any]


@dataclass
class Drawn(DrawnValues):
    """A spec while it is drawn: what is written, and where the walk stands."""

    feeds: int = field(kw_only=True)
    blocks: dict[str, Any] = field(default_factory=dict)
    named: dict[str, tuple[int, Shape]] = field(default_factory=dict)
    pools: dict[str, tuple[Pool, Shape, Shape]] = field(default_factory=dict)
    layers: int = 0
    last: Op | None = None

    def take(self, step: ShapeResult | None) -> bool:
        """Go on with a step, unless it doesn't fit or grows too large."""
        if step is None or any(p.severity == "error" for p in step.problems):
            return False
        if step.output.elements > MOST_ELEMENTS:
            return False
        self.shape, self.last = step.output, step.op
        self.layers += 1
        return True

    def rule(self, kind: Kind, values: dict[str, Any]) -> ShapeResult:
        """What the kind's rule says of the shape so far."""
        if kind.fits_picture is not None and values[kind.name] == PICTURE_SIZE:
            values = {kind.name: kind.fits_picture(self.shape, self.named["input"][1])}
        return kind.rule(Values(values), self.shape)

    def goes(self, kind: Kind, given: dict[str, Any]) -> bool:
        """Whether the layer fits here; if so, it is gone through."""
        if self.shape.vector and not kind.takes_vector:
            return False
        values = self.values(kind, given)
        return values is not None and self.take(self.rule(kind, values))

    def as_written(self, kind: Kind, given: dict[str, Any]) -> Layer:
        if kind.scalar:
            return {kind.name: self.written(given[kind.name])}
        return {kind.name: {name: self.written(value) for name, value in given.items()}}

    def simple(self, *words: str) -> Layer | None:
        """One layer of one of these kinds, if it fits."""
        kind = KINDS[self.pick(*words)]
        for _ in range(4):
            given = self.fields(kind)
            if self.goes(kind, given):
                return self.as_written(kind, given)
        return None

    def named_layer(self, layer: Layer) -> Layer:
        name = f"n{len(self.named)}"
        self.named[name] = (self.layers, self.shape)
        return {**layer, "name": name}

    def plain(self, *words: str) -> list[Layer]:
        """A layer of one of these kinds, or of any, perhaps named."""
        before = self.shape
        layer = self.simple(
            *(words or (*PICTURE, "conv", "conv", "conv_transpose", "pool", "pool"))
        )
        if layer is None:
            return []
        name = f"n{len(self.named)}"
        named = self.named_layer(layer) if "pool" in layer or self.chance(30) else layer
        if isinstance(self.last, Pool):
            self.pools[name] = (self.last, before, self.shape)
        return [named]

    def joined(
        self, word: str, shapes: list[Shape], has_layers: bool = False, **given: Any
    ) -> bool:
        """Whether a join of tensors of these shapes fits; then it is gone through."""
        join = JOINS[word]
        values = {f.name: given.get(f.name, f.default) for f in join.fields}
        values = {f.name: f.type.read(as_raw(values[f.name])) for f in join.fields}
        sources = tuple(range(1, len(shapes)))
        step = JoinInput(sources, tuple(shapes), Values(values), has_layers)
        return not any(shape.vector for shape in shapes) and self.take(join.rule(step))

    def branch(self, start: Shape, most: int, *words: str) -> list[Layer]:
        """Layers on a tensor of this shape; the walk stands at their end."""
        self.shape = start
        return [] if start.vector else self.body(most, words or PICTURE)

    def join(self) -> list[Layer]:
        """A concat or add with any earlier layer that it fits, perhaps after layers on it."""
        word, place = self.pick("concat", "add"), self.pick("after", "before")
        current, before = self.shape, self.layers
        for name in self.draw(st.permutations([*self.named])):
            other = self.named[name][1]
            layers = self.branch(other, 2, "conv", "crop", "norm") if self.chance(40) else []
            shapes = [current, self.shape if layers else other]
            given = {"place": place} if word == "concat" and self.chance(40) else {}
            if self.joined(word, shapes, **given):
                written = {key: self.written(value) for key, value in given.items()}
                inside = {"with": name, **written} | ({"layers": layers} if layers else {})
                return [{word: inside if layers or given else name}]
            self.shape, self.layers = current, before
        return []

    def unpooling(self) -> list[Layer]:
        """An unpool of an earlier max pool, after what leads to its shape; else such a pool."""
        if not self.pools:
            return self.plain("pool")
        for name in self.draw(st.permutations([*self.pools])):
            op, input, shape = self.pools[name]
            start, before = self.shape, self.layers
            led = [{"resize": {"size": [shape.height, shape.width]}}]
            led += [{"conv": {"channels": shape.channels, **PLAIN}}]
            fits = all(self.goes(KINDS[kind], one[kind]) for one in led for kind in one)
            step = JoinInput((-1,), (self.shape, shape), Values({}), origin=(op, input))
            if fits and self.take(JOINS["unpool"].rule(step)):
                return [*led, {"unpool": name}]
            self.shape, self.layers = start, before
        return []

    def body(self, most: int, words: tuple[str, ...] = PICTURE) -> list[Layer]:
        layers = [self.simple(*words) for _ in range(self.up_to(most))]
        return [layer for layer in layers if layer]
