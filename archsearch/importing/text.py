"""Lists of layers as the text of a spec."""

from __future__ import annotations

import json
from typing import Any

from archsearch.importing.arrange import Arranged
from archsearch.importing.layer import Layer
from archsearch.spec.shape import Shape

__all__ = ["spec_text"]

COLOR = 3

_SCALAR = frozenset(("activation", "norm", "dropout", "pad", "crop", "unpool"))


def spec_text(name: str, input: Shape, arranged: Arranged) -> str:
    """A spec that reads back as these layers; a plan's own YAML is for people.

    A net from color to color leaves its channels to the task.

    Example:
        >>> layer = Layer("norm", {"norm": "batch"}, "bn")
        >>> print(spec_text("net", Shape(3, 8, 8), Arranged([layer], [layer])), end="")
        {"name": "net", "input": {"channels": 3, "height": 8, "width": 8}, "encoder": [
        {"norm": "batch"}], "decoder": [
        {"norm": "batch"}]}
    """
    channels: object = input.channels
    if channels == COLOR and (last := arranged.decoder[-1]).fields.get("channels") == COLOR:
        channels = last.fields["channels"] = "auto"
    size = {"channels": channels, "height": input.height, "width": input.width}
    encoder, decoder = (
        ",\n".join(json.dumps(_written(layer)) for layer in layers)
        for layers in (arranged.encoder, arranged.decoder)
    )
    head = json.dumps({"name": name, "input": size})[:-1]
    return f'{head}, "encoder": [\n{encoder}], "decoder": [\n{decoder}]}}\n'


def _written(layer: Layer) -> dict[str, Any]:
    body: object = dict(layer.fields)
    if layer.kind in _SCALAR:
        body = layer.fields[layer.kind]
    elif layer.bodies:
        body = {**layer.fields, **{key: _lists(each) for key, each in layer.bodies.items()}}
    named = {"name": layer.name} if layer.name else {}
    return {layer.kind: body, **named}


def _lists(body: Any) -> list[Any]:
    return [_written(each) if isinstance(each, Layer) else _lists(each) for each in body]
