"""The torch model of a plan, layer by layer as the file has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from archsearch.extensions import refer
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
            the layer's name, ``input``, or ``layer N``.
    """

    def __init__(self, plan: ModelPlan) -> None:
        super().__init__()
        self.plan = plan
        self.encoder = nn.ModuleList(_module(plan, layer) for layer in plan.encoder)
        self.decoder = nn.ModuleList(_module(plan, layer) for layer in plan.decoder)
        self._depth = len(plan.encoder)
        sources = (layer.source for layer in plan.layers)
        self._kept = frozenset(source for source in sources if source is not None)
        self.skip_names = {
            index: _skip_name(plan, index)
            for index in sorted(self._kept)
            if index < self._depth and self._read_by_decoder(index)
        }

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
            source = self.plan.layers[index - 1].source
            x = module(x) if source is None else module(x, kept[source])
            if index in self._kept:
                kept[index] = x
        return x

    def _read_by_decoder(self, index: int) -> bool:
        return any(layer.source == index for layer in self.plan.decoder)


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
    shapes = [layer.input]
    if layer.source is not None:
        shapes.append(plan.layers[layer.source - 1].output if layer.source else plan.input)
    module: nn.Module = refer(layer.type.module)(layer.op, *shapes)
    return module


def _skip_name(plan: ModelPlan, index: int) -> str:
    if index == 0:
        return "input"
    return plan.layers[index - 1].name or f"layer {index}"
