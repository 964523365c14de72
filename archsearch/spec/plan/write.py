"""A plan as a spec file again: every number written out."""

from __future__ import annotations

import json
from collections.abc import Mapping

from archsearch.printable import printable
from archsearch.spec.expressions.names import bad_name
from archsearch.spec.kinds import KINDS
from archsearch.spec.kinds.ops import (
    Activation,
    Add,
    Concat,
    Conv,
    ConvTranspose,
    Dense,
    Dropout,
    Norm,
    PixelShuffle,
    Pool,
    Residual,
    Upsample,
)
from archsearch.spec.plan.model import LayerPlan, ModelPlan
from archsearch.spec.shape import Pads, Pair
from archsearch.spec.size import effective_kernel, same_padding, transposed_crop
from archsearch.spec.text.scalars import core_value

__all__ = ["to_yaml"]

_ONE = Pair(1, 1)


def to_yaml(plan: ModelPlan) -> str:
    """A concrete spec that resolves to the same plan.

    ``auto`` stays where the family had it, so that the spec serves other
    tasks as well.

    Example:
        >>> import archsearch
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
        >>> print(to_yaml(plan).splitlines()[5])
          - conv: {channels: 8, activation: relu}
    """
    channels = "auto" if plan.auto_input else str(plan.input.channels)
    size = f"height: {plan.input.height}, width: {plan.input.width}"
    lines = [f"name: {_text(plan.name)}"]
    if plan.description:
        lines.append(f"description: {_text(plan.description)}")
    lines.append(f"input: {{channels: {channels}, {size}}}")
    if allowed := _warnings(plan):
        lines.append(f"allow: [{', '.join(allowed)}]")
    names = _joined_names(plan)
    for title, layers in (("encoder", plan.encoder), ("decoder", plan.decoder)):
        lines += [f"{title}:", *_section(plan, layers, names)]
    return "\n".join(lines) + "\n"


def _warnings(plan: ModelPlan) -> list[str]:
    """Codes of what ``check`` would warn of, which the file written from is known to mean."""
    found = {
        "leak-past-latent": plan.latent.effective_size != plan.latent.size,
        "bottleneck-before-latent": plan.bottleneck_before_latent,
        "latent-exceeds-picture": plan.latent_exceeds_picture,
    }
    return [code for code, warns in found.items() if warns]


def _joined_names(plan: ModelPlan) -> dict[int, str]:
    """A name for every layer that a join reads, its own where that is possible."""
    sources = {layer.op.source for layer in plan.layers if isinstance(layer.op, (Concat, Add))}
    own = {layer.index: layer.name for layer in plan.layers if layer.name}
    names = {0: "input"}
    for index in sorted(sources - {0}):
        name = own.get(index)
        names[index] = name if name and not bad_name(name) else f"layer_{index}"
    return names


def _section(plan: ModelPlan, layers: tuple[LayerPlan, ...], names: Mapping[int, str]) -> list[str]:
    """The layers' lines; those inside a residual are gathered under it."""
    written: list[tuple[int, list[str]]] = []
    for layer in layers:
        if isinstance(layer.op, Residual):
            source = layer.op.source
            inside = [line for index, lines in written if index > source for line in lines]
            written = [item for item in written if item[0] <= source]
            body = ["residual:", "    layers:", *(f"    {line}" for line in inside)]
        else:
            body = [_one_line(layer, names, auto=layer.index == plan.auto_output)]
        written.append((layer.index, _named(body, names.get(layer.index))))
    return [line for _, lines in written for line in lines]


def _named(body: list[str], name: str | None) -> list[str]:
    if name is not None:
        body = [f"name: {name}", *(f"  {line}" if i == 0 else line for i, line in enumerate(body))]
        return [f"  - {body[0]}", f"  {body[1]}", *(f"  {line}" for line in body[2:])]
    return [f"  - {body[0]}", *(f"  {line}" for line in body[1:])]


def _one_line(layer: LayerPlan, names: Mapping[int, str], *, auto: bool) -> str:
    op = layer.op
    if isinstance(op, (Concat, Add)):
        return f"{layer.kind}: {names[op.source]}"
    if isinstance(op, Norm):
        return f"norm: {op.norm}"
    if isinstance(op, Activation):
        return f"activation: {op.activation}"
    if isinstance(op, Dropout):
        return f"dropout: {op.p!r}"
    values = _values(layer)
    if auto:
        values["channels"] = "auto"
    inside = ", ".join(
        f"{name}: {value if isinstance(value, str) else _value(value)}"
        for name, value in values.items()
    )
    return f"{layer.kind}: {{{inside}}}"


def _values(layer: LayerPlan) -> dict[str, object]:
    """A layer's fields that differ from the table's defaults."""
    op, found = layer.op, {}
    if isinstance(op, Conv):
        found = {**_conv(op), **_padding(layer, op.pads, op.kernel, op.dilation, op.stride)}
    elif isinstance(op, ConvTranspose):
        found = {**_conv(op), **_cropping(op)}
    elif isinstance(op, Pool):
        stride = {} if op.stride == op.kernel else {"stride": op.stride}
        pads = _padding(layer, op.pads, op.kernel, _ONE, op.stride)
        found = {"kernel": op.kernel, **stride, **pads, "mode": op.mode}
    elif isinstance(op, Upsample):
        found = {"scale": op.scale, "mode": op.mode}
    elif isinstance(op, PixelShuffle):
        found = {"scale": op.scale}
    elif isinstance(op, Dense):
        size = {"size": op.size} if op.shape is None else {"shape": op.shape.as_tuple()}
        found = {**size, "activation": op.activation}
    defaults = {field.name: field.default for field in KINDS[layer.kind].fields}
    return {name: value for name, value in found.items() if value != defaults[name]}


def _conv(op: Conv | ConvTranspose) -> dict[str, object]:
    names = ("channels", "kernel", "stride", "dilation", "groups", "bias", "norm", "activation")
    return {name: getattr(op, name) for name in names}


def _padding(
    layer: LayerPlan, pads: Pads, kernel: Pair, dilation: Pair, stride: Pair
) -> dict[str, object]:
    """Rows per side, or ``same`` where that gives these pads."""
    sizes = (layer.input.height, layer.input.width)
    same = [
        same_padding(size, effective_kernel(k, d), s)
        for size, k, d, s in zip(sizes, kernel, dilation, stride, strict=True)
    ]
    if Pads(*same[0], *same[1]) == pads and (layer.kind == "conv" or not pads.symmetric):
        return {"padding": "same"}
    return {"padding": Pair(pads.top, pads.left)}


def _cropping(op: ConvTranspose) -> dict[str, object]:
    """``padding`` and ``output_padding`` that crop the same rows."""
    axes = [
        (effective_kernel(k, d), s, max(s, d))
        for k, d, s in zip(op.kernel, op.dilation, op.stride, strict=True)
    ]
    crops = ((op.crop.top, op.crop.bottom), (op.crop.left, op.crop.right))
    if all(transposed_crop(k, s, None, 0) == c for (k, s, _), c in zip(axes, crops, strict=True)):
        return {"padding": "same"}
    extra = Pair(*(before - after for before, after in crops))
    if all(0 <= more < most for more, (_, _, most) in zip(extra, axes, strict=True)):
        return {"padding": Pair(op.crop.top, op.crop.left), "output_padding": extra}
    found = [
        next(more for more in range(most) if transposed_crop(k, s, None, more) == crop)
        for (k, s, most), crop in zip(axes, crops, strict=True)
    ]
    return {"padding": "same", "output_padding": Pair(*found)}


def _value(value: object) -> str:
    if isinstance(value, Pair):
        same = value.height == value.width
        return str(value.height) if same else f"[{value.height}, {value.width}]"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(text: str) -> str:
    plain = all(c.isalnum() or c in "_-" for c in text) and isinstance(core_value(text), str)
    return text if plain and text[0] != "-" else printable(json.dumps(text, ensure_ascii=False))
