"""From layers and their modules to steps, one for one: nothing is saved yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from torch import nn

from archsearch.extensions import refer
from archsearch.nn.rewrite.steps import Apply, JoinWith, Keep, Resume, Step
from archsearch.spec.kinds.rule import JoinOp
from archsearch.spec.plan.model import LayerPlan

__all__ = ["lower"]


def lower(
    layers: Iterable[LayerPlan], modules: Iterable[nn.Module], kept: Collection[int]
) -> list[Step]:
    """Give the steps of one section.

    Args:
        layers: of the section.
        modules: the plain model's, one a layer.
        kept: indices of the layers whose output someone else reads.
    """
    steps: list[Step] = []
    for layer, module in zip(layers, modules, strict=True):
        if layer.begin is not None and not isinstance(layer.op, JoinOp):
            steps.append(Resume(layer.index, layer.begin))
        steps.extend(_steps(layer, module))
        if layer.index in kept:
            steps.append(Keep(layer.index))
    return steps


def _steps(layer: LayerPlan, module: nn.Module) -> Iterable[Step]:
    if isinstance(layer.op, JoinOp):
        return (JoinWith(layer.index, module, layer.reads),)
    if layer.type.steps is None:
        return (Apply(layer.index, module),)
    found: Iterable[Step] = refer(layer.type.steps)(layer.index, layer.op, module)
    return found
