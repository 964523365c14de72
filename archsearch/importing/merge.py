"""Layers that the language writes as one: border, convolution, norm and activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archsearch.importing.graph import Graph, Node
from archsearch.importing.layer import BORDER, Layer, parts_as
from archsearch.spec.shape import Shape

__all__ = ["merge"]

_CONVOLUTIONS = ("conv", "conv_transpose")
_WEIGHTED = (*_CONVOLUTIONS, "dense")


def merge(graph: Graph) -> None:
    """Merge what one layer can do, as long as nothing else reads what is between.

    Borders that are left become ``pad`` and ``crop``, or a problem. Norms of vectors that are left
    become norms of pictures of one pixel.
    """
    for number in list(graph.nodes):
        changed = True
        while changed:
            changed = _merge_into(graph, number)
    for number in list(graph.nodes):
        layer = graph.nodes[number].layer
        if layer is not None and layer.kind == BORDER:
            _finish_border(graph, number, layer)
        elif layer is not None and layer.kind == "norm" and graph.nodes[number].shape.vector:
            _finish_norm(graph, number, layer)


def _merge_into(graph: Graph, number: int) -> bool:
    """Take the layer before into one; whether that could be done."""
    node = graph.nodes[number]
    before = graph.nodes.get(node.reads[0])
    if node.layer is None or before is None or before.layer is None:
        return False
    if graph.readers()[node.reads[0]] != [number]:
        return False
    rule = _RULES.get(node.layer.kind)
    made = None if rule is None else rule(graph, node, before)
    if made is None:
        return False
    del graph.nodes[node.reads[0]]
    graph.nodes[number] = made
    if made.layer is not None:
        made.layer.gives = number
    return True


def _conv(graph: Graph, node: Node, before: Node) -> Node | None:
    """A border before a convolution is its padding."""
    conv, border = node.layer, before.layer
    assert conv is not None  # noqa: S101 - the caller has seen to both
    assert border is not None  # noqa: S101
    own, pads, mode = _pads(conv.fields["padding"]), border.fields.get("pads"), ""
    if border.kind != BORDER or pads is None or min(pads) < 0 or "padding_mode" in conv.fields:
        return None
    mode = border.fields["mode"]
    if mode == "lowest" or (mode != "zeros" and any(own)):
        return None
    conv.fields["padding"] = _sides(tuple(a + b for a, b in zip(own, pads, strict=True)))
    if mode != "zeros":
        conv.fields["padding_mode"] = mode
    return Node(conv, before.reads, node.shape)


def _pool(graph: Graph, node: Node, before: Node) -> Node | None:
    """A border of −∞ before a pooling by maximum is its padding."""
    pool, border = node.layer, before.layer
    assert pool is not None  # noqa: S101
    assert border is not None  # noqa: S101
    if border.fields.get("mode") != "lowest" or "mode" in pool.fields or "padding" in pool.fields:
        return None
    pool.fields["padding"] = _sides(border.fields["pads"])
    return Node(pool, before.reads, node.shape)


def _crop(graph: Graph, node: Node, before: Node) -> Node | None:
    """What is cropped behind a transposed convolution, or an unpooling, is its own."""
    border, made = node.layer, before.layer
    assert border is not None  # noqa: S101
    assert made is not None  # noqa: S101
    pads = border.fields["pads"]
    if max(pads) > 0:
        return None
    sides = tuple(-side for side in pads)
    if made.kind == "conv_transpose" and not {"norm", "activation"} & made.fields.keys():
        if any(_pads(made.fields["padding"])):
            return None
        made.fields["padding"] = _sides(sides)
        return Node(made, before.reads, node.shape)
    if made.kind == "unpool":
        pool = graph.nodes[before.reads[1]].layer
        if pool is not None and _pads(pool.fields.get("padding", 0)) == sides:
            return Node(made, before.reads, node.shape)
    return None


def _norm(graph: Graph, node: Node, before: Node) -> Node | None:
    norm, made = node.layer, before.layer
    assert norm is not None  # noqa: S101
    assert made is not None  # noqa: S101
    word = norm.fields["norm"]
    if made.kind not in _WEIGHTED or {"norm", "activation"} & made.fields.keys():
        return None
    if node.shape.vector != before.shape.vector:
        return None
    if made.kind == "dense" and word not in ("batch", "layer"):
        return None
    made.fields["norm"] = word
    made.parts |= parts_as("norm", norm)
    return Node(made, before.reads, node.shape)


def _activation(graph: Graph, node: Node, before: Node) -> Node | None:
    activation, made = node.layer, before.layer
    assert activation is not None  # noqa: S101
    assert made is not None  # noqa: S101
    if made.kind == "add" and before.after is None:
        return Node(made, before.reads, node.shape, after=activation)
    if made.kind not in _WEIGHTED or "activation" in made.fields:
        return None
    made.fields["activation"] = activation.fields["activation"]
    made.parts |= parts_as("activation", activation)
    return Node(made, before.reads, node.shape)


def _add(graph: Graph, node: Node, before: Node) -> Node | None:
    """A sum of a sum is one of three."""
    made = before.layer
    if made is None or made.kind != "add" or before.after is not None:
        return None
    return Node(node.layer, [*before.reads, *node.reads[1:]], node.shape)


_RULES: dict[str, Callable[[Graph, Node, Node], Node | None]] = {
    "conv": _conv,
    "pool": _pool,
    BORDER: _crop,
    "norm": _norm,
    "activation": _activation,
    "add": _add,
}


def _finish_border(graph: Graph, number: int, border: Layer) -> None:
    """``crop`` and ``pad`` for a border of zeros."""
    pads, node = border.fields["pads"], graph.nodes[number]
    if border.fields["mode"] != "zeros":
        why = "a border that isn't of zeros, and isn't right before a Conv2d without padding"
        graph.problems[number] = (border.source, why)
        node.layer = None
        return
    added = tuple(max(0, side) for side in pads)
    taken = tuple(max(0, -side) for side in pads)
    if any(added) and any(taken):
        inner = Layer("crop", {"crop": _sides(taken)}, border.source)
        before = max(graph.nodes) + 1
        height = node.shape.height - added[0] - added[1]
        width = node.shape.width - added[2] - added[3]
        shape = Shape(node.shape.channels, height, width)
        graph.nodes[before] = Node(inner, node.reads, shape)
        node.reads = [before]
    word = "pad" if any(added) else "crop"
    node.layer = Layer(word, {word: _sides(added if any(added) else taken)}, border.source)
    node.layer.gives = number


def _finish_norm(graph: Graph, number: int, norm: Layer) -> None:
    """The language has norms of pictures: the Linear before gives one of one pixel."""
    node = graph.nodes[number]
    picture = Shape(node.shape.channels, 1, 1)
    if graph.to_picture(node.reads[0], picture):
        node.shape = picture
    else:
        why = "a norm of a vector that is reshaped to a picture elsewhere, too"
        graph.problems[number] = (norm.source, why)


def _pads(padding: Any) -> tuple[int, ...]:
    """(top, bottom, left, right) of a padding as it is written."""
    if isinstance(padding, int):
        return (padding,) * 4
    rows, columns = padding
    if isinstance(rows, int):
        return (rows, rows, columns, columns)
    return (*rows, *columns)


def _sides(pads: tuple[int, ...]) -> list[list[int]]:
    top, bottom, left, right = pads
    return [[top, bottom], [left, right]]
