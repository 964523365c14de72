"""How near a training comes to what the processor's arithmetic allows."""

from __future__ import annotations

import time

import torch

from archsearch.nn import compiled
from archsearch.nn.rewrite.axis import along
from archsearch.spec import ModelPlan
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.upsample import Upsample

__all__ = ["matrix_rate", "training_flops"]

SIZE = 1024


def training_flops(plan: ModelPlan) -> float:
    """Count the floating-point operations that training on one picture can't do without.

    A forward pass, the gradient of each weight and of each layer's input but the first;
    a convolution after an upsampling counts with the taps that its phases need.
    """
    rewritten = {
        done.layers[-1] for done in compiled(plan, seed=0).applied if "low resolution" in done.name
    }
    macs = {
        layer.index: layer.macs * (_taps_left(plan, layer.index) if layer.index in rewritten else 1)
        for layer in plan.layers
    }
    first = next(layer.index for layer in plan.layers if layer.macs)
    return 2 * (3 * sum(macs.values()) - macs[first])


def _taps_left(plan: ModelPlan, index: int) -> float:
    conv, upsample = plan.layers[index - 1], plan.layers[index - 2]
    if not (isinstance(conv.op, Conv) and isinstance(upsample.op, Upsample)):
        return 1.0
    share = 1.0
    sizes = (upsample.input.height, upsample.input.width)
    before, after = conv.op.pads[::2], conv.op.pads[1::2]
    for axis in (0, 1):
        taps, scale = conv.op.kernel[axis], upsample.op.scale[axis]
        numbers = (scale, taps, conv.op.dilation[axis], before[axis], after[axis], sizes[axis])
        share *= along(*numbers, tight=True).small / taps
    return share


def matrix_rate(threads: int, repeats: int = 20) -> float:
    """Measure float32 operations a second of large matrix products, the best of ``repeats``."""
    torch.set_num_threads(threads)
    a, b = torch.rand(SIZE, SIZE), torch.rand(SIZE, SIZE)
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - started)
    return 2 * SIZE**3 / best
