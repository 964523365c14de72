"""Random valid specs, drawn from the kinds' own records.

Every field of every kind is drawn by its type. The kinds' shape rules steer: a layer
that doesn't fit is not taken, and the decoder is closed with layers that regain the
picture's size. What is drawn may still be refused by ``check``; callers keep the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import yaml
from hypothesis import strategies as st

from archsearch.spec import KINDS, Shape
from archsearch.spec.kinds import JOINS, Kind, Op, ShapeResult, Values
from archsearch.spec.kinds.borders import PICTURE as PICTURE_SIZE
from archsearch.spec.kinds.fields import ABSENT
from archsearch.spec.kinds.pool import Pool
from archsearch.spec.kinds.rule import JoinInput

from .drawn_values import DrawnValues, as_raw

MOST_ELEMENTS = 3_000
PLAIN = {"stride": 1, "padding": "same", "dilation": 1, "groups": 1, "norm": "none"}
PICTURE = tuple(k.name for k in KINDS.builtin.values() if not k.with_role("elements"))
VECTOR = tuple(kind.name for kind in KINDS.builtin.values() if kind.takes_vector)
MIRRORED = tuple(name for name in PICTURE if KINDS[name].mirror is not None)

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

    def some(self) -> list[Layer]:
        """A layer, or what holds layers; empty where nothing fitted."""
        if self.shape.vector:
            return [layer for layer in [self.simple("dense", *VECTOR)] if layer]
        make = self.pick(*[self.plain] * 8, self.join, self.join, self.unpooling, *NESTED)
        return make(self) if make in NESTED else make()

    def plain(self) -> list[Layer]:
        before = self.shape
        layer = self.simple(*PICTURE, "conv", "conv", "conv_transpose", "pool", "pool")
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
        """An unpool of an earlier max pool, after what leads to its shape."""
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


def _residual(drawn: Drawn) -> list[Layer]:
    """Layers with a shortcut, the usual one or one of their own."""
    start, before = drawn.shape, drawn.layers
    body = drawn.body(2, ("conv", "conv", "pool", "activation", "norm", "dropout"))
    if not body:
        return []
    end, shortcut = drawn.shape, []
    activation = drawn.pick("none", "relu", {"leaky_relu": 0.2}, "prelu")
    if drawn.chance(40):
        ratio = [
            max(1, a // b)
            for a, b in zip((start.height, start.width), (end.height, end.width), strict=True)
        ]
        given = {**PLAIN, "channels": end.channels, "kernel": 1, "stride": ratio, "bias": False}
        drawn.shape = start
        shortcut = [{"conv": given}] if drawn.goes(KINDS["conv"], given) else []
    other = drawn.shape if shortcut else start
    if drawn.joined("residual", [end, other], bool(shortcut), activation=activation):
        more = {"shortcut": shortcut} if shortcut else {}
        more |= {} if activation == "none" else {"activation": drawn.written(activation)}
        return [{"residual": {"layers": body, **more}}]
    drawn.shape, drawn.layers = start, before
    return []


def _parallel(drawn: Drawn) -> list[Layer]:
    """Two or three branches that keep the size, one perhaps empty."""
    start, before, way = drawn.shape, drawn.layers, drawn.pick("concat", "add")
    branches, ends = [], []
    for _ in range(drawn.up_to(3, 2)):
        drawn.shape, branch = start, []
        for _ in range(drawn.up_to(2, 0)):
            channels = start.channels if way == "add" else drawn.up_to(4)
            given = {
                "channels": channels,
                "kernel": drawn.pick(1, 3),
                **PLAIN,
                "padding_mode": "zeros",
            }
            if drawn.goes(KINDS["conv"], given):
                branch.append({"conv": given})
        branches.append(branch)
        ends.append(drawn.shape)
    if drawn.joined("parallel", ends, join=way):
        inside = {"join": drawn.written(way)} if way == "add" or drawn.chance(30) else {}
        return [{"parallel": {**inside, "branches": branches}}]
    drawn.shape, drawn.layers = start, before
    return []


def _repeat(drawn: Drawn) -> list[Layer]:
    """One layer several times, its channels counted up."""
    times = drawn.up_to(3, 0)
    kind, start = KINDS[drawn.pick("conv", "conv", "conv_transpose", "activation")], drawn.shape
    given = drawn.fields(kind)
    variable = "i" if kind.name != "activation" and drawn.chance(70) else None
    grow = drawn.up_to(3, 0)
    before = drawn.layers
    for count in range(times):
        counted = {**given, "channels": given.get("channels", 3) + grow * count}
        if not drawn.goes(kind, counted if variable else given):
            drawn.shape, drawn.layers = start, before
            return []
    layer = drawn.as_written(kind, given)
    if variable:
        layer[kind.name]["channels"] = f"$({given.get('channels', 3)} + i * {grow})"
        if drawn.chance(50):
            layer["name"] = f"r{before}_$(i)"
            drawn.named |= (
                {f"r{before}_{times - 1}": (before + times, drawn.shape)} if times else {}
            )
    inside = {"times": drawn.written(times), "layers": [layer]}
    return [{"repeat": {**inside, "as": "i"} if variable else inside}]


def _choose(drawn: Drawn) -> list[Layer]:
    chosen: Any = drawn.pick("pool", "stride", True, 2)
    body = drawn.body(2)
    if not body:
        return []
    branches = {chosen: body, "other": [{"conv": {"channels": 4}}], 7: [{"pool": {}}]}
    return [{"choose": {"by": "$" + drawn.param(chosen), "of": branches}}]


def _block(drawn: Drawn) -> list[Layer]:
    """A block used once or twice, with or without its param given."""
    kind, start, before = KINDS["conv"], drawn.shape, drawn.layers
    given = {k: v for k, v in drawn.fields(kind).items() if k != "channels"}
    name, default = f"b{len(drawn.blocks)}", drawn.up_to(8)
    layers: list[Layer] = []
    for use in range(drawn.up_to(2)):
        channels = drawn.pick(default, 8)
        if not drawn.goes(kind, {**given, "channels": channels}):
            continue
        inside = {"use": name}
        if channels != default or drawn.chance(30):
            inside["c"] = drawn.written(channels)
        layer: Layer = {"block": inside}
        if drawn.chance(50):
            layer["name"] = f"u{before}_{use}"
            drawn.named[f"u{before}_{use}.inner"] = (drawn.layers, drawn.shape)
        layers.append(layer)
    if not layers:
        drawn.shape, drawn.layers = start, before
        return []
    inner = drawn.as_written(kind, given)
    inner["conv"]["channels"] = "$c"
    named = any("name" in layer for layer in layers)
    if named and all("name" in layer for layer in layers):
        inner["name"] = "inner"
    else:
        drawn.named = {k: v for k, v in drawn.named.items() if not k.startswith(f"u{before}_")}
    drawn.blocks[name] = {"params": {"c": default}, "layers": [inner]}
    return layers


def _when(drawn: Drawn) -> list[Layer]:
    """A layer that is there, or one that isn't and needn't fit."""
    there = drawn.chance(60)
    if there:
        layer = drawn.simple(*PICTURE)
    else:
        kind = KINDS[drawn.pick(*PICTURE)]
        layer = drawn.as_written(kind, drawn.fields(kind))
    if layer is None:
        return []
    name = drawn.param(5)
    flag = drawn.pick(there, "$" + drawn.param(there), f"$({name} {'>' if there else '<'} 2)")
    return [{**layer, "when": flag}]


NESTED = (_residual, _residual, _parallel, _parallel, _repeat, _choose, _block, _when)


def _defaults(drawn: Drawn) -> None:
    for kind in KINDS.builtin.values():
        if kind.scalar or not drawn.chance(15):
            continue
        items = [f for f in kind.fields if f.default is not ABSENT and drawn.chance(30)]
        drawn.defaults[kind.name] = {f.name: drawn.literal(f) for f in items}


def _close(drawn: Drawn, height: int, width: int) -> list[Layer]:
    """Back to the picture's size, by what loses and gains exactly."""
    layers: list[Layer] = []
    if drawn.shape.vector or drawn.chance(5):
        channels = drawn.pick(4, 8)
        side = drawn.pick((height, width), (max(1, height // 2), max(1, width // 2)))
        layers.append({"dense": {"shape": [channels, *side]}})
        drawn.goes(KINDS["dense"], layers[-1]["dense"])
    at = drawn.shape
    ratio = (height / at.height, width / at.width)
    if all(r.is_integer() for r in ratio) and ratio != (1, 1):
        layers.append(_enlarged(drawn, (int(ratio[0]), int(ratio[1]))))
    at = drawn.shape
    if at.height < height or at.width < width:
        kernel = [max(0, height - at.height) + 1, max(0, width - at.width) + 1]
        given = {"channels": 3, "kernel": kernel, "stride": 1, "padding": 0, "dilation": 1}
        given |= {"groups": 1, "norm": "none", "output_padding": 0}
        drawn.goes(KINDS["conv_transpose"], given)
        layers.append({"conv_transpose": given})
    at = drawn.shape
    if at.height > height or at.width > width:
        kernel = [at.height - height + 1, at.width - width + 1]
        given = {"kernel": kernel, "stride": 1, "padding": "valid"}
        drawn.goes(KINDS["pool"], given)
        layers.append({"pool": given})
    return layers


def _enlarged(drawn: Drawn, scale: tuple[int, int]) -> Layer:
    word = drawn.pick("upsample", "conv_transpose")
    given: dict[str, Any] = {"scale": list(scale)}
    if word == "conv_transpose":
        given = {"channels": 3, "stride": list(scale), "padding": "same", "groups": 1}
        given |= {"output_padding": 0, "norm": "none", "dilation": 1}
    drawn.goes(KINDS[word], given)
    return {word: given}


def _last(drawn: Drawn, height: int, width: int) -> list[Layer]:
    """The layer that gives the task's channels; ``auto`` where that is allowed."""
    auto = drawn.pick("auto", drawn.feeds)
    activation = drawn.pick("none", "sigmoid", "tanh")
    plain = {"kernel": drawn.pick(1, 3, [1, 3]), "stride": 1, "padding": "same", "groups": 1}
    plain |= {"norm": "none", "activation": activation}
    way = drawn.pick("conv", "conv", "conv_transpose", "pixel_shuffle", "dense")
    if way == "dense" and drawn.shape.elements <= 400:
        return [{"dense": {"shape": [drawn.feeds, height, width]}}]
    if way == "pixel_shuffle" and height % 2 == 0 == width % 2:
        half = {**plain, "stride": 2, "kernel": 3, "channels": "auto"}
        return [{"conv": half}, {"pixel_shuffle": {"scale": 2}}]
    if way == "conv_transpose":
        plain |= {"output_padding": 0}
    word = way if way in ("conv", "conv_transpose") else "conv"
    return [{word: {**plain, "channels": auto}}]


@st.composite
def spec_data(draw: st.DrawFn, *, most_layers: int = 5) -> dict[str, Any]:
    """A spec as plain data: mappings, lists and scalars."""
    feeds = draw(st.sampled_from([3, 3, 1, 2]))
    height, width = draw(st.integers(4, 12)), draw(st.integers(4, 12))
    drawn = Drawn(draw, Shape(feeds, height, width), feeds=feeds)
    drawn.named["input"] = (0, drawn.shape)
    channels = draw(st.sampled_from(["auto", feeds])) if feeds == 3 else feeds
    picture = {"channels": channels, "height": height, "width": width}
    _defaults(drawn)
    mirror = draw(st.integers(0, 99)) < 25
    if mirror:
        encoder, decoder = _mirrored(drawn)
    else:
        encoder = _section(drawn, most_layers)
        if drawn.chance(15):
            layer = drawn.simple("dense")
            encoder += [layer] if layer else []
        encoder = encoder or [{"activation": "relu"}]
        decoder = _section(drawn, most_layers - 1) + _close(drawn, height, width)
        decoder += _last(drawn, height, width)
    spec = {
        "name": "drawn",
        "input": {key: drawn.written(value) for key, value in picture.items()},
        "params": drawn.params,
        "defaults": {
            k: {n: drawn.written(v) for n, v in d.items()} for k, d in drawn.defaults.items()
        },
        "blocks": drawn.blocks,
        "encoder": encoder,
        "decoder": decoder,
    }
    return {key: value for key, value in spec.items() if value not in ({}, [])}


def _section(drawn: Drawn, most: int) -> list[Layer]:
    layers: list[Layer] = []
    for _ in range(drawn.up_to(most)):
        layers += drawn.some()
    return layers


def _mirrored(drawn: Drawn) -> tuple[list[Layer], Any]:
    """An encoder of what can be mirrored, and one of the forms of ``mirror``."""
    encoder = drawn.body(4, (*["conv"] * 4, *MIRRORED))
    if drawn.chance(40) and (layer := drawn.simple("dense")) is not None:
        encoder.append(layer)
    encoder = encoder or [{"conv": {"channels": 4, "stride": 1, "groups": 1, "norm": "none"}}]
    last = {"activation": drawn.pick("sigmoid", "none"), "norm": "none"}
    up = drawn.pick("upsample", "conv_transpose", "pixel_shuffle")
    forms: list[Any] = ["mirror", {"mirror": "encoder", "up": up, "last": last}]
    if any(norm == "group" for norm in _norms(encoder)):
        forms = forms[1:]
    return encoder, drawn.pick(*forms)


def _norms(layers: list[Layer]) -> list[Any]:
    return [layer["conv"].get("norm", "") for layer in layers if "conv" in layer]


def as_yaml(data: dict[str, Any]) -> str:
    """The file that holds ``data``."""
    return yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=math.inf)


specs = spec_data().map(as_yaml)
