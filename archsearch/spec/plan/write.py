"""A plan as a spec file again: numbers in place of params and expressions, defaults left out."""

from __future__ import annotations

import json
from collections.abc import Mapping

from archsearch.printable import printable
from archsearch.spec.expressions.names import bad_name
from archsearch.spec.kinds.conv_transpose import uneven
from archsearch.spec.kinds.fields import FieldValue, Numbered, SameAs
from archsearch.spec.kinds.kind import Join, Kind, LayerType
from archsearch.spec.plan.model import LayerPlan, ModelPlan
from archsearch.spec.shape import Pads, Pair
from archsearch.spec.text.scalars import core_value

__all__ = ["to_yaml"]


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
        "relu-output": plan.output_activation == "relu",
        "checkerboard": any(uneven(layer.op) for layer in plan.layers),
    }
    return [code for code, warns in found.items() if warns]


def _joined_names(plan: ModelPlan) -> dict[int, str]:
    """A name for every layer that a join reads, its own where that is possible."""
    sources = {_named_by(plan, layer) for layer in plan.layers if _names_layer(layer)}
    own = {layer.index: layer.name for layer in plan.layers if layer.name}
    names = {0: "input"}
    for index in sorted(sources - {0}):
        name = own.get(index)
        names[index] = name if name and not bad_name(name) else f"layer_{index}"
    return names


def _section(plan: ModelPlan, layers: tuple[LayerPlan, ...], names: Mapping[int, str]) -> list[str]:
    """The layers' lines; those that a join encloses are gathered under it."""
    written: dict[int, list[str]] = {}
    for layer in layers:
        if isinstance(layer.type, Join):
            body = _join(plan, layer, layer.type, names, written)
        else:
            body = [_one_line(layer, layer.type, auto=layer.index == plan.auto_output)]
        written[layer.index] = _named(body, names.get(layer.index))
    return [line for lines in written.values() for line in lines]


def _join(
    plan: ModelPlan,
    layer: LayerPlan,
    join: Join,
    names: Mapping[int, str],
    written: dict[int, list[str]],
) -> list[str]:
    """A join, with the layers that it encloses; these are taken out of ``written``."""
    bodies = [_taken(written, branch) for branch in layer.branches]
    values = {
        field.name: layer.values[field.name]
        for field in join.fields
        if layer.values.get(field.name, field.default) != field.default
    }
    fields = [f"{name}: {_value(value)}" for name, value in values.items()]
    if not join.names_layer:
        keys = {"parallel": [], "residual": ["layers", "shortcut"]}[join.name]
        return [f"{join.name}:", *(f"    {line}" for line in [*fields, *_bodies(keys, bodies)])]
    name = names[_named_by(plan, layer)]
    inside = bodies[0] if bodies else []
    if not inside and not fields:
        return [f"{join.name}: {name}"]
    if not inside:
        return [f"{join.name}: {{{', '.join([f'with: {name}', *fields])}}}"]
    lines = [f"with: {name}", *fields, *_bodies(["layers"], [inside])]
    return [f"{join.name}:", *(f"    {line}" for line in lines)]


def _taken(written: dict[int, list[str]], branch: tuple[int, int] | None) -> list[str]:
    """The lines of a branch's layers, no longer among those written."""
    if branch is None:
        return []
    first, last = branch
    inside = [index for index in written if first <= index <= last]
    return [line for index in inside for line in written.pop(index)]


def _bodies(keys: list[str], bodies: list[list[str]]) -> list[str]:
    """Lists of layers, each under its key; without keys, the branches of ``parallel``."""
    if keys:
        lists = zip(keys, bodies, strict=False)
        return [line for key, body in lists if body for line in (f"{key}:", *body)]
    lines = ["branches:"]
    for body in bodies:
        lines += [f"  - {body[0].strip()}", *(f"  {line}" for line in body[1:])] if body else []
        lines += [] if body else ["  - []"]
    return lines


def _names_layer(layer: LayerPlan) -> bool:
    return isinstance(layer.type, Join) and layer.type.names_layer


def _named_by(plan: ModelPlan, layer: LayerPlan) -> int:
    """The layer that a join names; where it has layers of its own, they lead back to it."""
    tensor, branch = layer.reads[1], layer.branches[0] if layer.branches else None
    while branch is not None and tensor >= branch[0]:
        tensor = plan.layers[tensor - 1].reads[0]
    return abs(tensor)


def _named(body: list[str], name: str | None) -> list[str]:
    if name is not None:
        body = [f"name: {name}", *(f"  {line}" if i == 0 else line for i, line in enumerate(body))]
        return [f"  - {body[0]}", f"  {body[1]}", *(f"  {line}" for line in body[2:])]
    return [f"  - {body[0]}", *(f"  {line}" for line in body[1:])]


def _one_line(layer: LayerPlan, kind: LayerType, *, auto: bool) -> str:
    if not isinstance(kind, Kind):
        raise TypeError(f"{kind.name} is no layer kind")
    if kind.scalar:
        return f"{kind.name}: {_value(_written(layer, kind)[kind.name])}"
    values = _values(layer, kind)
    if auto and kind.channels_field is not None:
        values[kind.channels_field] = "auto"
    inside = ", ".join(f"{name}: {_value(value)}" for name, value in values.items())
    return f"{kind.name}: {{{inside}}}"


def _written(layer: LayerPlan, kind: Kind) -> Mapping[str, FieldValue]:
    if kind.written is not None:
        return kind.written(layer.op, layer.input)
    return {name: layer.values[name] for name in kind.roles if name in layer.values}


def _values(layer: LayerPlan, kind: Kind) -> dict[str, FieldValue]:
    """A layer's fields that differ from the table's defaults."""
    values = _written(layer, kind)
    return {name: value for name, value in values.items() if value != _default(kind, name, values)}


def _default(kind: Kind, name: str, values: Mapping[str, FieldValue]) -> object:
    field = kind.field(name)
    default = None if field is None else field.default
    return values[default.field] if isinstance(default, SameAs) else default


def _value(value: FieldValue) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Numbered):
        return str(value)
    if isinstance(value, Pads):
        top, bottom, left, right = value
        return f"[[{top}, {bottom}], [{left}, {right}]]"
    if isinstance(value, Pair):
        same = value.height == value.width
        return str(value.height) if same else f"[{value.height}, {value.width}]"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(text: str) -> str:
    plain = all(c.isalnum() or c in "_-" for c in text) and isinstance(core_value(text), str)
    return text if plain and text[0] != "-" else printable(json.dumps(text, ensure_ascii=False))
