"""Every kernel by its name: what writes its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archsearch.engine.kernels import (
    convolution,
    fused,
    norms,
    pointwise,
    pooling,
    transfer,
    weights,
)

__all__ = ["KERNELS"]

KERNELS: Mapping[str, Callable[..., str]] = {
    kernel.__name__: kernel
    for kernel in (
        convolution.tile,
        convolution.convolve,
        fused.pooled_tile,
        fused.unmask,
        weights.weight_tile,
        weights.weigh,
        pooling.pool,
        pooling.unpool,
        pointwise.activate,
        pointwise.activate_back,
        pointwise.fill,
        pointwise.reshape,
        pointwise.loss,
        pointwise.drop,
        norms.normalize,
        norms.normalize_back,
        norms.batch_moments,
        norms.batch_normalize,
        norms.batch_sums,
        norms.batch_back,
        transfer.walk,
        transfer.combine,
        transfer.combine_all,
        transfer.read,
        transfer.read_bytes,
        transfer.write,
    )
}
"""Name → (symbol, the kernel's own arguments) → a module as text."""
