"""The errors of predictions through k numbers, for each k: principal components, linear maps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor

__all__ = ["Directions", "squares_by_size"]

AT_ONCE = 64
"""Directions that are added in one product."""


class Directions(NamedTuple):
    """What codes and predicts, the most important direction first, float64.

    Attributes:
        encoder: P × K, from what is coded to K numbers.
        decoder: K × Q, from these to what is predicted.
        mean: Q, what is predicted from none.
    """

    encoder: Tensor
    decoder: Tensor
    mean: Tensor


def squares_by_size(
    directions: Directions, coded_RP: Tensor, truth_RQ: Tensor, ks: Iterable[int]
) -> dict[int, float]:
    """Give the sum of squared errors of predictions through k numbers, for each k.

    Sums of squared coefficients would give every k at once, but only without clamping to
    [0, 1], and every other MSE is that of the clamped prediction. So all is really predicted.
    Directions are added a fixed number at a time, and those that a k has beyond that on a
    copy: so many ks cost little more than the largest, and each has the same sum, to the last
    bit, whichever others are asked for.

    Args:
        directions: of the code.
        coded_RP: what is coded, less its mean, float64.
        truth_RQ: what should be predicted.
        ks: at most K.
    """
    wanted, sums = set(ks), {}
    predicted_RQ = directions.mean.expand_as(truth_RQ).clone()
    for start in range(0, max(wanted, default=-1) + 1, AT_ONCE):
        part = slice(start, start + AT_ONCE)
        decoder = directions.decoder[part]
        coefficients = coded_RP @ directions.encoder[:, part]
        for k in sorted(k for k in wanted if start <= k < start + AT_ONCE):
            rest = k - start
            through_k = torch.addmm(predicted_RQ, coefficients[:, :rest], decoder[:rest])
            sums[k] = through_k.clamp_(0, 1).sub_(truth_RQ).square_().sum().item()
        predicted_RQ.addmm_(coefficients, decoder)
    return sums
