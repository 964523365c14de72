"""All randomness of a training as a function of its seed and the epoch."""

from __future__ import annotations

import torch
from torch import Tensor

from archsearch.tasks import derived_seed

__all__ = ["batches_of", "picture_order"]


def picture_order(pictures: int, seed: int, epoch: int) -> Tensor:
    """Give the order in which an epoch visits its pictures: a permutation, int64."""
    generator = torch.Generator().manual_seed(derived_seed(seed, "order", epoch))
    return torch.randperm(pictures, generator=generator)


def batches_of(order: Tensor, size: int, *, drop_single: bool) -> tuple[Tensor, ...]:
    """Cut an order into batches; the last may be smaller.

    Args:
        order: of the training pictures.
        size: pictures in a batch.
        drop_single: leave out a last batch of one picture if there are
            others. Batch norm can't tell anything from one picture: at 1×1
            there is no variance, and elsewhere one picture sets all statistics.

    Example:
        >>> [len(b) for b in batches_of(torch.arange(9), 4, drop_single=False)]
        [4, 4, 1]
        >>> [len(b) for b in batches_of(torch.arange(9), 4, drop_single=True)]
        [4, 4]
    """
    batches = torch.split(order, size)
    if drop_single and size > 1 and len(batches) > 1 and len(batches[-1]) == 1:
        return tuple(batches[:-1])
    return tuple(batches)
