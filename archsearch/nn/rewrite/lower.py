"""From layers and their modules to steps, one for one: nothing is saved yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from torch import nn

from archsearch.nn.joins import Join
from archsearch.nn.rewrite.steps import (
    Activate,
    Apply,
    Convolve,
    Enlarge,
    JoinWith,
    Keep,
    MaxPool,
    Step,
)
from archsearch.spec.kinds.ops import (
    Activation,
    ActivationName,
    Add,
    Concat,
    Conv,
    Dense,
    Norm,
    Pool,
    Residual,
    Upsample,
)
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
        steps.extend(_steps(layer, module))
        if layer.index in kept:
            steps.append(Keep(layer.index))
    return steps


def _steps(layer: LayerPlan, module: nn.Module) -> Iterator[Step]:
    op, index = layer.op, layer.index
    if isinstance(op, Conv):
        yield from _convolution(index, op, module)
    elif isinstance(op, Pool) and op.mode == "max":
        yield MaxPool(index, op, module)
    elif isinstance(op, Upsample) and op.mode == "nearest":
        yield Enlarge(index, op.scale, module)
    elif isinstance(op, Concat | Add | Residual) and isinstance(module, Join):
        yield JoinWith(index, module, op.source)
    elif isinstance(op, Activation):
        yield from _activation(index, op.activation, module)
    elif isinstance(op, Norm):
        yield from _norm(index, module)
    elif isinstance(op, Dense):
        yield from _parts(index, op.activation, module)
    else:
        yield Apply(index, module)


def _convolution(index: int, op: Conv, module: nn.Module) -> Iterator[Step]:
    parts = dict(module.named_children())
    conv = parts["conv"]
    if not isinstance(conv, nn.Conv2d):
        raise TypeError(f"layer {index} is a conv, its module a {type(conv).__name__}")
    yield Convolve(index, conv, parts.get("border"), op.pads)
    if "norm" in parts:
        yield from _norm(index, parts["norm"])
    if "activation" in parts:
        yield from _activation(index, op.activation, parts["activation"])


def _activation(index: int, name: ActivationName, module: nn.Module) -> Iterator[Step]:
    if name != "none":
        yield Activate(index, name, module)


def _norm(index: int, module: nn.Module) -> Iterator[Step]:
    if not isinstance(module, nn.Identity):
        yield Apply(index, module, gives_fresh=True)  # its backward reads input and moments


def _parts(index: int, activation: ActivationName, module: nn.Module) -> Iterator[Step]:
    for name, part in module.named_children():
        if name == "activation":
            yield from _activation(index, activation, part)
        else:  # a matrix product's backward reads its factors
            yield Apply(index, part, gives_fresh=name == "linear")
