"""Small picture sets and plans, made in memory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy
import torch
from torch import Tensor

from archsearch.spec.kinds.activation import ActivationName
from archsearch.spec.kinds.conv import CONV, Conv
from archsearch.spec.kinds.rule import Op
from archsearch.spec.plan.model import Latent, LayerPlan, ModelPlan
from archsearch.spec.shape import Pads, Pair, Shape

_serial = count()


@dataclass(frozen=True)
class TinyPictures:
    """What tasks need of pictures, and nothing else."""

    images_NCHW: Tensor  # noqa: N815 - axes in the name
    train: Tensor
    val: Tensor
    test: Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]
    fingerprint: str


def split(images_NCHW: Tensor, train: int, val: int, *, fingerprint: str = "") -> TinyPictures:
    """Split by a fixed permutation, so that no split is a plain slice."""
    order = torch.randperm(len(images_NCHW), generator=torch.Generator().manual_seed(1))
    parts = order[:train], order[train : train + val], order[train + val :]
    seen = images_NCHW[parts[0]].double() / 255
    return TinyPictures(
        images_NCHW,
        *parts,
        mean=tuple(seen.mean(dim=(0, 2, 3)).tolist()),
        std=tuple(seen.std(dim=(0, 2, 3), correction=0).tolist()),
        fingerprint=fingerprint or f"tiny{next(_serial)}",
    )


def smooth_pictures(
    n: int, *, channels: int = 3, height: int = 8, width: int = 8, seed: int = 0
) -> Tensor:
    """Random walks over rows and columns: neighbours are alike, both ends get clipped."""
    rng = numpy.random.default_rng(seed)
    steps = rng.normal(0, 24, (n, channels, height, width))
    walk = 128 + steps.cumsum(axis=2) + steps.cumsum(axis=3)
    return torch.from_numpy(walk.clip(0, 255).astype(numpy.uint8))


def latent(channels: int, height: int, width: int) -> Latent:
    size = channels * height * width
    return Latent(size, channels, height, width, 1.0, size)


def plan_ending_in(activation: ActivationName | None, *, op: Op | None = None) -> ModelPlan:
    """A one-layer plan; its last layer is a conv with ``activation``, or ``op``."""
    shape = Shape(3, 8, 8)
    conv = Conv(
        3,
        Pair(3, 3),
        Pair(1, 1),
        Pads(1, 1, 1, 1),
        Pair(1, 1),
        1,
        True,
        "none",
        activation or "none",
    )
    sizes = (shape, shape, "", 84, 0, (3, 3))
    layer = LayerPlan(1, "decoder", "decoder[0].conv", None, op or conv, *sizes, CONV)
    return ModelPlan("tiny", "", shape, (layer,), latent(3, 8, 8), False, None)
