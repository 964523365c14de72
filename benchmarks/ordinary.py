"""Nets as people write them: a seed gives one convolutional autoencoder of 32×32 pictures.

Depth 1 to 3, kernels 3 to 7, 4 to 32 channels, a latent of at least 64 numbers; pooling or
strides down, upsampling or transposed convolutions up; one activation throughout. Default
recipes are chosen on some of them and held against others: :mod:`benchmarks.recipe`.
"""

from __future__ import annotations

import random

__all__ = ["ordinary_net"]

_SIDE = 32
_KERNELS = (3, 3, 3, 5, 5, 7)
_CHANNELS = (4, 6, 8, 12, 16, 24, 32)
_ACTIVATIONS = ("relu", "relu", "leaky_relu", "elu", "gelu", "silu")
_LEAST_LATENT = 64


def ordinary_net(seed: int) -> str:
    """The YAML of one net; equal seeds, equal nets.

    Example:
        >>> ordinary_net(3) == ordinary_net(3)
        True
    """
    rng = random.Random(f"ordinary net {seed}")  # noqa: S311 - nets, no secrets
    while True:
        depth = rng.randint(1, 3)
        latent = rng.choice(_CHANNELS)
        if latent * (_SIDE >> depth) ** 2 >= _LEAST_LATENT:
            return _net(rng, seed, depth, latent)


def _net(rng: random.Random, seed: int, depth: int, latent: int) -> str:
    kernel, activation = rng.choice(_KERNELS), rng.choice(_ACTIVATIONS)
    widths = [rng.choice(_CHANNELS) for _ in range(depth)]
    down, up = rng.choice(("pool", "stride")), rng.choice(("upsample", "conv_transpose"))
    encoder, decoder = [], []
    for width in widths:
        if down == "pool":
            encoder += [
                _conv(width, kernel),
                rng.choice(("pool: {}", "pool: {}", "pool: {mode: avg}")),
            ]
        else:
            encoder.append(_conv(width, kernel, ", stride: 2"))
    encoder.append(_conv(latent, kernel))
    for width in reversed(widths):
        if up == "upsample":
            decoder += ["upsample: {}", _conv(width, kernel)]
        else:
            decoder.append(f"conv_transpose: {{channels: {width}, kernel: {kernel}, stride: 2}}")
    decoder.append(f"conv: {{channels: auto, kernel: {kernel}, activation: sigmoid}}")
    return "\n".join(
        [
            f"name: ordinary-{seed}",
            f"input: {{channels: auto, height: {_SIDE}, width: {_SIDE}}}",
            "allow: [bottleneck-before-latent]",
            "defaults:",
            f"  conv: {{activation: {activation}}}",
            f"  conv_transpose: {{activation: {activation}}}",
            "encoder:",
            *(f"  - {layer}" for layer in encoder),
            "decoder:",
            *(f"  - {layer}" for layer in decoder),
            "",
        ]
    )


def _conv(channels: int, kernel: int, more: str = "") -> str:
    return f"conv: {{channels: {channels}, kernel: {kernel}{more}}}"
