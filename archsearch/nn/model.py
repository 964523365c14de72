"""The torch model of a plan, layer by layer as the file has them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, assert_never

import torch
from torch import Tensor, nn

from archsearch.nn.conv import conv
from archsearch.nn.pool import pool
from archsearch.nn.upsample import upsample
from archsearch.spec.ops import Conv, Op, Pool, Upsample
from archsearch.spec.plan import LayerPlan, ModelPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Autoencoder", "build"]


class Autoencoder(nn.Module):
    """An encoder and a decoder; ``plan`` tells what each layer is.

    ``parameters()`` come in file order; in a layer weight, bias, then norm.

    Attributes:
        plan: what the model was built from.
        encoder: one module a layer, picture → latent.
        decoder: one module a layer, latent → output.
    """

    def __init__(self, plan: ModelPlan) -> None:
        super().__init__()
        self.plan = plan
        self.encoder = nn.Sequential(*_modules(plan.encoder))
        self.decoder = nn.Sequential(*_modules(plan.decoder))

    def encode(self, x_NCHW: Tensor) -> Tensor:
        """Give the latent, N × ``plan.latent``."""
        latent: Tensor = self.encoder(x_NCHW)
        return latent

    def decode(self, latent_NCHW: Tensor) -> Tensor:
        """Give what the decoder makes of a latent, N × ``plan.output``."""
        output: Tensor = self.decoder(latent_NCHW)
        return output

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """``decode(encode(x))``."""
        return self.decode(self.encode(x_NCHW))


def build(plan: ModelPlan, *, seed: int | None = None) -> Autoencoder:
    """Build the torch model of ``plan`` with torch's default initialization.

    Args:
        plan: the concrete model.
        seed: seed of the weights. With one, the global generator is left as
            it was and the weights are those of ``torch.manual_seed(seed)``;
            without, they are drawn from the global generator.

    Example:
        >>> import archsearch
        >>> from archsearch import nn
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()  # doctest: +SKIP
        >>> sum(p.numel() for p in nn.build(plan, seed=0).parameters())  # doctest: +SKIP
        4911
    """
    with _weights_from(seed):
        return Autoencoder(plan)


@contextmanager
def _weights_from(seed: int | None) -> Iterator[None]:
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


def _modules(layers: Iterable[LayerPlan]) -> list[nn.Module]:
    return [_module(layer.op, layer.input.channels) for layer in layers]


def _module(op: Op, channels: int) -> nn.Module:
    match op:
        case Conv():
            return conv(op, channels)
        case Pool():
            return pool(op)
        case Upsample():
            return upsample(op)
        case _:
            assert_never(op)
