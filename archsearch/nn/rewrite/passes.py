"""The rewrites. Each is a function over the steps of one section.

A pass replaces neighbours, and a tensor that a join reads has a ``Keep``
between its neighbours; the latent lies between two sections. So no pass can
swallow what someone else reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from archsearch.nn.rewrite.phases import PhaseConvolve
from archsearch.nn.rewrite.steps import IN_PLACE, Activate, Convolve, Enlarge, MaxPool, Step
from archsearch.spec.kinds.pool import Pool

__all__ = ["PASSES", "Applied", "Pass", "rewritten"]

MONOTONE = frozenset({"relu", "leaky_relu", "elu", "selu"})
"""Activations that never fall: the largest stays the largest. (gelu and silu do
fall below 0; sigmoid and tanh saturate, and equal values share a gradient otherwise.)"""

TIGHT_FROM_CHANNELS = 32
"""Input channels from which fewer products are worth one more copy (along columns); measured."""

Pass = Callable[[Step, Step], tuple[Step, ...] | None]
"""Gives what takes the place of two neighbours, or None where it doesn't apply."""


@dataclass(frozen=True)
class Applied:
    """A rewrite that took place.

    Attributes:
        name: of the pass.
        layers: indices of the layers it brought together.
    """

    name: str
    layers: tuple[int, ...]


def pool_first(first: Step, second: Step) -> tuple[Step, ...] | None:
    """activation, max pool → max pool, activation: fewer elements to activate.

    Exact for a monotone activation: the largest of a window stays so. A
    window of padding alone (−∞) would not be.
    """
    if not (isinstance(first, Activate) and isinstance(second, MaxPool)):
        return None
    if first.name not in MONOTONE or not _sees_pixels(second.op):
        return None
    return second, first


def _sees_pixels(op: Pool) -> bool:
    """Whether each window has a pixel that isn't padding."""
    (top, bottom, left, right), (height, width) = op.pads, op.kernel
    return max(top, bottom) < height and max(left, right) < width


def convolve_small(first: Step, second: Step) -> tuple[Step, ...] | None:
    """Nearest upsampling, convolution → one convolution at low resolution (see ``phases``)."""
    if not (isinstance(first, Enlarge) and isinstance(second, Convolve)):
        return None
    conv = second.conv
    if conv.stride != (1, 1) or conv.groups != 1:
        return None
    tight = (True, conv.in_channels >= TIGHT_FROM_CHANNELS)
    return (PhaseConvolve(second.layer, conv, second.pads, first.scale, tight),)


def enlarge_last(first: Step, second: Step) -> tuple[Step, ...] | None:
    """Nearest upsampling, 1×1 convolution or activation → the other way round.

    Both treat each pixel alike, so it is enough to do it once for all copies.
    """
    if not isinstance(first, Enlarge):
        return None
    pointwise = isinstance(second, Convolve) and (
        second.conv.kernel_size == (1, 1) and second.conv.stride == (1, 1) and not any(second.pads)
    )
    return (second, first) if pointwise or isinstance(second, Activate) else None


def in_place(first: Step, second: Step) -> tuple[Step, ...] | None:
    """An activation over a tensor that nothing reads again writes into it: no new memory."""
    if not (isinstance(second, Activate) and first.fresh) or second.in_place:
        return None
    return (first, replace(second, in_place=True)) if second.name in IN_PLACE else None


PASSES: Mapping[str, Pass] = MappingProxyType(
    {
        "pool before activation": pool_first,
        "upsample after 1×1 conv or activation": enlarge_last,
        "upsample and conv at low resolution": convolve_small,
        "activation in place": in_place,
    }
)
"""By name, in the order in which they run."""


def rewritten(
    steps: Sequence[Step], passes: Mapping[str, Pass] = PASSES
) -> tuple[list[Step], list[Applied]]:
    """Run ``passes`` one after another; give the new steps, and what was done where."""
    current, applied = list(steps), []
    for name, change in passes.items():
        index = 0
        while index + 1 < len(current):
            first, second = current[index : index + 2]
            changed = change(first, second)
            if changed is None:
                index += 1
                continue
            gone = [step for step in (first, second) if step not in changed]
            part = gone or (first, second)  # none is gone where they changed places
            applied.append(Applied(name, tuple(sorted({step.layer for step in part}))))
            current[index : index + 2] = changed
            if len(changed) > 1:
                index += 1
    return current, applied
