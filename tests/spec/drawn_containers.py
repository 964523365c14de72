"""What holds layers, drawn: residuals, branches, repeats, choices, blocks and conditions."""

from __future__ import annotations

from typing import Any

from archsearch.spec import KINDS

from .drawn_layers import PICTURE, PLAIN, Drawn, Layer

VECTOR = tuple(kind.name for kind in KINDS.builtin.values() if kind.takes_vector)


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


def drawn_next(drawn: Drawn) -> list[Layer]:
    """A layer, or what holds layers; empty where nothing fitted."""
    if drawn.shape.vector:
        return [layer for layer in [drawn.simple("dense", *VECTOR)] if layer]
    make = drawn.pick(*[drawn.plain] * 8, *[drawn.join] * 4, *[drawn.unpooling] * 2, *NESTED)
    return make(drawn) if make in NESTED else make()
