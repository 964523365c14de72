"""Plans made by hand, with sizes found by an own shape rule."""

from collections.abc import Callable, Sequence
from typing import cast

import pytest
import torch

from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.rule import Op
from archsearch.spec.kinds.upsample import Upsample
from archsearch.spec.plan.model import Latent, LayerPlan, ModelPlan, Section
from archsearch.spec.shape import Shape

from .types_of_ops import TYPES

PlanOf = Callable[..., ModelPlan]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def _positions(size: int, kernel: int, stride: int, before: int, after: int) -> int:
    """Count the windows one by one."""
    return len(range(0, size + before + after - kernel + 1, stride))


def output_of(op: Op, given: Shape) -> Shape:
    if isinstance(op, Upsample):
        return Shape(given.channels, given.height * op.scale[0], given.width * op.scale[1])
    dilation = op.dilation if isinstance(op, Conv) else (1, 1)
    spans = [d * (k - 1) + 1 for d, k in zip(dilation, op.kernel, strict=True)]
    return Shape(
        op.channels if isinstance(op, Conv) else given.channels,
        _positions(given.height, spans[0], op.stride[0], op.pads.top, op.pads.bottom),
        _positions(given.width, spans[1], op.stride[1], op.pads.left, op.pads.right),
    )


def _params(op: Op, given: Shape) -> int:
    if not isinstance(op, Conv):
        return 0
    weights = op.channels * (given.channels // op.groups) * op.kernel[0] * op.kernel[1]
    return weights + op.channels * (op.bias + 2 * (op.norm != "none"))


def make_plan(
    given: Shape, encoder: Sequence[Op], decoder: Sequence[Op], name: str = "by-hand"
) -> ModelPlan:
    layers: list[LayerPlan] = []
    shape = given
    for place, op in enumerate([*encoder, *decoder]):
        section = cast(Section, "encoder" if place < len(encoder) else "decoder")
        output = output_of(op, shape)
        of = TYPES[type(op)]
        path, params = f"{section}[{place}].{of.name}", _params(op, shape)
        sizes = (shape, output, "", params, 0, (1, 1))
        layers.append(LayerPlan(place + 1, section, path, None, op, *sizes, of))
        shape = output
    last = layers[len(encoder) - 1].output
    latent = Latent(
        last.elements,
        *last.as_tuple(),
        compression=given.elements / last.elements,
        effective_size=last.elements,
    )
    return ModelPlan(name, "", given, tuple(layers), latent, False, None)


@pytest.fixture(scope="session")
def plan_of() -> PlanOf:
    return make_plan


@pytest.fixture(scope="session")
def shape_after() -> Callable[[Op, Shape], Shape]:
    return output_of
