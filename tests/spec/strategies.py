"""Random valid specs, drawn from the kinds' own records.

Every field of every kind is drawn by its type. The kinds' shape rules steer: a layer
that doesn't fit is not taken, and the decoder is closed with layers that regain the
picture's size. What is drawn may still be refused by ``check``; callers keep the rest.
"""

from __future__ import annotations

import math
from typing import Any

import yaml
from hypothesis import strategies as st

from archsearch.spec import KINDS, Shape
from archsearch.spec.kinds.fields import ABSENT

from .drawn_containers import drawn_next
from .drawn_layers import PICTURE, Drawn, Layer

MIRRORED = tuple(name for name in PICTURE if KINDS[name].mirror is not None)


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
        layers += drawn_next(drawn)
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
