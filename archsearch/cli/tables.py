"""Plans as tables and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from archsearch.config import PLANNED
from archsearch.spec import LayerPlan, ModelPlan
from archsearch.spec.plan.model import ROW_HEAD, ROW_NUMBERS

if TYPE_CHECKING:
    from archsearch.nn import Applied
    from archsearch.train import EngineChoice

__all__ = ["compiled_json", "compiled_table", "plan_json", "plan_table"]


def plan_json(plan: ModelPlan) -> dict[str, object]:
    """The stable keys of ``show --json``."""
    numbers = _nested({each.name: attrgetter(each.name)(plan) for each in PLANNED})
    return {
        "name": plan.name,
        "layers": [_layer_json(layer) for layer in plan.layers],
        **numbers,
        "bottleneck": {**numbers["bottleneck"], "after": list(plan.bottleneck.after)},
    }


def _nested(values: Mapping[str, object]) -> dict[str, Any]:
    """``latent.size`` as ``size`` inside ``latent``."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        group, _, last = name.rpartition(".")
        (found.setdefault(group, {}) if group else found)[last] = value
    return found


def _layer_json(layer: LayerPlan) -> dict[str, object]:
    return {
        "index": layer.index,
        "section": layer.section,
        "path": layer.path,
        "name": layer.name,
        "kind": layer.kind,
        "formula": layer.formula,
        "output": list(layer.output.as_tuple()),
        "elements": layer.output.elements,
        "params": layer.params,
        "macs": layer.macs,
        "receptive_field": list(layer.receptive_field),
    }


def plan_table(plan: ModelPlan, width: int = 80) -> list[str]:
    """The layers as lines: formula, output as C×H×W, costs; then the latent and totals.

    Sizes are ((W − K + 2P)/S + 1)²·C, products height × width × channels.
    """
    rows = [layer.row for layer in plan.layers]
    widths = [max(len(row[i]) for row in [ROW_HEAD, *rows]) for i in range(len(ROW_HEAD))]
    if sum(widths) + 2 * (len(widths) - 1) > width:
        rows = [(*row[:1], row[1].split(" ")[0], *row[2:]) for row in rows]
        widths = [max(len(row[i]) for row in [ROW_HEAD, *rows]) for i in range(len(ROW_HEAD))]
    rule = "  ".join("-" * size for size in widths)
    lines = [f"{plan.name}: input {plan.input}", "", _line(ROW_HEAD, widths), rule]
    latent_after = len(plan.encoder)
    for index, row in enumerate(rows, 1):
        lines.append(_line(row, widths))
        if index == latent_after:
            lines.append(_latent_rule(plan, len(rule)))
    return [*lines, "", *_totals(plan)]


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    shown = [
        cell.rjust(size) if i in ROW_NUMBERS else cell.ljust(size)
        for i, (cell, size) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(shown).rstrip()


def _latent_rule(plan: ModelPlan, width: int) -> str:
    latent = plan.latent
    picture = f"{latent.channels}×{latent.height}×{latent.width} = "
    vector = plan.encoder[-1].output.vector
    text = f" latent {'' if vector else picture}{latent.size} "
    return text.center(width, "-")


def _totals(plan: ModelPlan) -> list[str]:
    latent = plan.latent
    more = ""
    if latent.effective_size != latent.size:
        more = f" (the decoder reads {latent.effective_size:,} in all)"
    return [
        f"latent      {latent.size:,} numbers, {latent.relative_size}{more}",
        f"bottleneck  {_bottleneck(plan)}",
        f"parameters  {plan.params:,}",
        f"MACs        {plan.macs:,} a picture",
        f"layers      {len(plan.layers)}, encoder depth {plan.encoder_depth}",
    ]


def _bottleneck(plan: ModelPlan) -> str:
    """The narrowest cut of the net in words: how many numbers, and where."""
    bottleneck = plan.bottleneck
    layers = [f"layer {i} ({plan.layers[i - 1].kind})" for i in bottleneck.tensors if i]
    where = {
        "latent": "the latent",
        "input": "the input: nothing in the net is narrower",
        "output": "the output",
        "inside": "after " + " and ".join(layers),
    }[bottleneck.place]
    if plan.bottleneck_before_latent:
        where += ", fewer than the latent has"
    return f"{bottleneck.size:,} numbers, {where}"


def compiled_json(
    plan: ModelPlan, engine: EngineChoice, applied: Sequence[Applied]
) -> dict[str, object]:
    """What ``show --compiled --json`` adds: who trains; each rewrite with its layers."""
    return {
        "engine": engine.name,
        "engine_reason": engine.reason,
        "compiled": [
            {"pass": done.name, "layers": [plan.layers[index - 1].path for index in done.layers]}
            for done in applied
        ],
    }


def compiled_table(plan: ModelPlan, engine: EngineChoice, applied: Sequence[Applied]) -> list[str]:
    """Who trains, and torch's rewrites, a line each; all are exact."""
    because = "" if engine.reason is None else f", because {engine.reason}"
    head = f"engine      {engine.name}{because}"
    if not applied:
        return [head, "torch       as it is: no rewrite applies"]
    rows = [
        (done.name, " + ".join(f"{i} {plan.layers[i - 1].kind}" for i in done.layers))
        for done in applied
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name.ljust(width)}  layers {layers}" for name, layers in rows]
    return [head, "torch       rewrites it: the same function and gradients, less work", *lines]
