"""The torch model of a plan, layer by layer as the file has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from archsearch.arguments import require_type
from archsearch.extensions import refer
from archsearch.nn.unpool import find_places
from archsearch.spec.plan.model import LayerPlan, ModelPlan, Section

__all__ = ["Autoencoder", "build", "weights_from"]


class Autoencoder(nn.Module):
    """An encoder and a decoder; ``plan`` tells what each layer is.

    ``parameters()`` come in file order; in a layer weight, bias, then norm.

    Attributes:
        plan: what the model was built from.
        encoder: one module a layer, picture → latent.
        decoder: one module a layer, latent → output.
        skip_names: encoder tensors that the decoder reads beside the latent:
            the layer's name, ``input``, or ``layer N``; ``places of NAME`` for those of a max pool.
    """

    def __init__(self, plan: ModelPlan) -> None:
        super().__init__()
        self.plan = plan
        self.encoder = nn.ModuleList(_module(plan, layer) for layer in plan.encoder)
        self.decoder = nn.ModuleList(_module(plan, layer) for layer in plan.decoder)
        self._depth = len(plan.encoder)
        self.skip_names = {read: _skip_name(plan, read) for read in sorted(plan.leaks)}

    def encode(self, x_NCHW: Tensor) -> Tensor:
        """Give the latent, N × ``plan.latent`` (N×size where it is a vector)."""
        return self._run("encoder", x_NCHW, {0: x_NCHW})

    def encode_with_skips(self, x_NCHW: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Give the latent and, by name, what the decoder reads beside it."""
        kept = {0: x_NCHW}
        latent = self._run("encoder", x_NCHW, kept)
        return latent, {name: kept[index] for index, name in self.skip_names.items()}

    def decode(self, latent: Tensor, skips: Mapping[str, Tensor] | None = None) -> Tensor:
        """Give what the decoder makes of a latent, N × ``plan.output``.

        Args:
            latent: from ``encode``.
            skips: where the decoder uses encoder layers, their outputs by name.

        Raises:
            ValueError: a skip is missing.
        """
        given = skips or {}
        missing = [name for name in self.skip_names.values() if name not in given]
        if missing:
            raise ValueError(
                f"the decoder of {self.plan.name!r} also reads {', '.join(missing)}; "
                "pass skips={name: tensor}, as encode_with_skips gives them"
            )
        kept = {index: given[name] for index, name in self.skip_names.items()}
        return self._run("decoder", latent, kept | {self._depth: latent})

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """The whole way, picture to output."""
        kept = {0: x_NCHW}
        return self._run("decoder", self._run("encoder", x_NCHW, kept), kept)

    def _run(self, section: Section, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Go through one section; outputs that joins read are left in ``kept``."""
        first = 1 if section == "encoder" else self._depth + 1
        for index, module in enumerate(self.get_submodule(section).children(), first):
            reads = self.plan.reads[index - 1]
            x = module(*(x if read == index - 1 else kept[read] for read in reads))
            if index in self.plan.unpooled:
                x, kept[-index] = x
            if index in self.plan.kept:
                kept[index] = x
        return x


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
        >>> plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
        >>> sum(p.numel() for p in nn.build(plan, seed=0).parameters())
        4911
    """
    make = 'make one: archsearch.load("spec.yaml").plan()'
    require_type(plan, ModelPlan, "build(plan)", help=make)
    with weights_from(seed):
        return Autoencoder(plan)


@contextmanager
def weights_from(seed: int | None) -> Iterator[None]:
    """Draw weights from ``seed`` and leave the global generator as it was; None: from it."""
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


def _module(plan: ModelPlan, layer: LayerPlan) -> nn.Module:
    shapes = [plan.tensor(read) for read in layer.reads]
    module: nn.Module = refer(layer.type.module)(layer.op, *shapes)
    if layer.index in plan.unpooled:
        find_places(module)
    return module


def _skip_name(plan: ModelPlan, read: int) -> str:
    if read == 0:
        return "input"
    name = plan.layers[abs(read) - 1].name or f"layer {abs(read)}"
    return f"places of {name}" if read < 0 else name
