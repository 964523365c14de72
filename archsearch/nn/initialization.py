"""Weights at the start of a training."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import nn

from archsearch.nn.model import Autoencoder, weights_from

__all__ = ["initialize"]

_LINEAR = 1.0
_RECTIFIED = math.sqrt(2)
_GAINS: dict[type[nn.Module], float] = {
    nn.Sigmoid: 1.0,
    nn.Tanh: 5 / 3,
    nn.Hardtanh: 5 / 3,
    nn.SELU: 3 / 4,
}
"""Of activations that aren't much like ReLU, which halves the variance; torch's values."""

_ACTIVATIONS = nn.ReLU.__module__


def initialize(model: Autoencoder, *, seed: int | None = None) -> None:
    """Draw the weights anew so that signals keep their variance from layer to layer; biases are 0.

    Weights are uniform with variance gain² / fan-in (He et al. 2015, arXiv:1502.01852). The
    fan-in is the number of inputs that an output adds up: C/groups · K², and of a transposed
    convolution, whose stride leaves out most of its kernel, that over S². The gain is √2 before
    ReLU and its like, 5/3 before tanh, 1 before sigmoid or no activation.

    torch's default has a third of that variance before ReLU, so a picture fades on its way
    through some layers, and each output begins as a constant.

    Args:
        model: from ``build``; its convolutions and linear layers are drawn, those inside modules
            of other packages too. Norms and all other weights stay as they are.
        seed: as ``build`` takes it.

    Example:
        >>> import archsearch
        >>> from archsearch import nn
        >>> model = nn.build(archsearch.load("specs/acml-nine-layer.yaml").plan())
        >>> nn.initialize(model, seed=0)
        >>> bool(model.encoder[0].conv.bias.any())
        False
    """
    with weights_from(seed), torch.no_grad():
        for layer, gain in _weighted(model):
            bound = gain * math.sqrt(3 / _fan_in(layer))
            fresh = torch.empty(layer.weight.shape)  # whatever its layout in memory
            layer.weight.copy_(fresh.uniform_(-bound, bound))
            if layer.bias is not None:
                layer.bias.zero_()


_Weighted = nn.Conv2d | nn.ConvTranspose2d | nn.Linear


def _weighted(model: nn.Module) -> Iterator[tuple[_Weighted, float]]:
    """Layers with weights, each with the gain of the activation before the next such layer."""
    found: _Weighted | None = None
    gain = _LINEAR
    for module in model.modules():
        if isinstance(module, _Weighted):
            if found is not None:
                yield found, gain
            found, gain = module, _LINEAR
        elif type(module).__module__ == _ACTIVATIONS:
            gain = _GAINS.get(type(module), _RECTIFIED)
    if found is not None:
        yield found, gain


def _fan_in(layer: _Weighted) -> float:
    """Inputs that an output adds up, on average over its places."""
    if isinstance(layer, nn.ConvTranspose2d):
        inputs = layer.in_channels // layer.groups * math.prod(layer.kernel_size)
        return inputs / math.prod(layer.stride)
    return layer.weight[0].numel()
