"""A plan as a spec file again: every number written out."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from archsearch.spec.ops import Conv, Op, Pool, Upsample
from archsearch.spec.plan import LayerPlan, ModelPlan
from archsearch.spec.shape import Pads, Pair

__all__ = ["to_yaml"]


def to_yaml(plan: ModelPlan) -> str:
    """A concrete spec that resolves to the same plan.

    ``auto`` stays where the family had it, so that the spec serves other
    tasks as well.

    Example:
        >>> import archsearch
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
        >>> print(to_yaml(plan).splitlines()[4])
          - conv: {channels: 8, kernel: 3, activation: relu}
    """
    channels = "auto" if plan.auto_input else str(plan.input.channels)
    size = f"height: {plan.input.height}, width: {plan.input.width}"
    lines = [f"name: {_text(plan.name)}"]
    if plan.description:
        lines.append(f"description: {_text(plan.description)}")
    lines.append(f"input: {{channels: {channels}, {size}}}")
    for title, layers in (("encoder", plan.encoder), ("decoder", plan.decoder)):
        lines.append(f"{title}:")
        lines += [f"  - {_layer(layer, auto=layer.index == plan.auto_output)}" for layer in layers]
    return "\n".join(lines) + "\n"


def _layer(layer: LayerPlan, *, auto: bool) -> str:
    written = _op_fields(layer)
    if auto:
        written["channels"] = "auto"
    inside = ", ".join(f"{name}: {value}" for name, value in written.items())
    name = f"name: {layer.name}\n    " if layer.name else ""
    return f"{name}{layer.kind}: {{{inside}}}"


def _op_fields(layer: LayerPlan) -> dict[str, str]:
    op: Op = layer.op
    if isinstance(op, Conv):
        return _changed(
            op,
            {
                "stride": 1,
                "dilation": 1,
                "groups": 1,
                "bias": True,
                "norm": "none",
                "activation": "none",
            },
            layer,
        )
    if isinstance(op, Pool):
        written = _changed(op, {"mode": "max"}, layer)
        if op.stride == op.kernel:
            del written["stride"]
        return written
    return _changed(op, {"mode": "nearest"}, layer)


def _changed(
    op: Conv | Pool | Upsample, defaults: dict[str, Any], layer: LayerPlan
) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields(op):
        value = getattr(op, field.name)
        if field.name == "pads":
            found |= _padding(value, layer)
        elif field.name not in defaults or _plain(value) != defaults[field.name]:
            found[field.name] = _value(value)
    return found


def _padding(pads: Pads, layer: LayerPlan) -> dict[str, str]:
    """``same`` where that gives these pads, else rows per side."""
    from archsearch.spec.size import effective_kernel, same_padding

    op = layer.op
    assert isinstance(op, (Conv, Pool))  # noqa: S101 — only these have pads
    dilation = op.dilation if isinstance(op, Conv) else Pair(1, 1)
    sizes = (layer.input.height, layer.input.width)
    same = [
        same_padding(size, effective_kernel(k, d), s)
        for size, k, d, s in zip(sizes, op.kernel, dilation, op.stride, strict=True)
    ]
    is_same = Pads(*same[0], *same[1]) == pads
    default_same = isinstance(op, Conv)
    if is_same and default_same:
        return {}
    if pads.symmetric:
        amount = Pair(pads.top, pads.left)
        return {} if amount == (0, 0) and not default_same else {"padding": _value(amount)}
    return {"padding": "same"}


def _plain(value: object) -> object:
    return value.height if isinstance(value, Pair) and value.height == value.width else value


def _value(value: object) -> str:
    if isinstance(value, Pair):
        same = value.height == value.width
        return str(value.height) if same else f"[{value.height}, {value.width}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(text: str) -> str:
    import json

    from archsearch.spec.scalars import core_value

    safe = all(c.isalnum() or c in "_-" for c in text) and isinstance(core_value(text), str)
    return text if safe and text[0] not in "-" else json.dumps(text, ensure_ascii=False)
