"""Whether a net has collapsed: whatever the picture, its output is the same."""

from __future__ import annotations

import torch
from torch import Tensor

from archsearch.tasks.color.space import chroma
from archsearch.tasks.metrics import AT_ONCE

__all__ = ["VarianceShare", "collapsed"]

COLLAPSED = 0.01
"""Share of the target's variance between pictures under which an output has collapsed."""


def collapsed(share: float | None) -> bool:
    """Tell whether an output with this share of the target's variance has collapsed.

    Example:
        >>> [collapsed(share) for share in (0.009, 0.01, 0.8, None)]
        [True, False, False, False]
    """
    return share is not None and share < COLLAPSED


class VarianceShare:
    """Variance between pictures, predicted over true, taken batch by batch.

    At each pixel and channel the variance over pictures, then the mean over those.
    Where the exact luminance is merged in, it is taken of Cb and Cr, which alone are
    predicted there. Sums are kept in float64: memory is that of a few pictures.

    Args:
        merged: predictions hold the exact luminance of their pictures.

    Example:
        >>> pictures_NCHW = torch.rand(8, 3, 4, 4)
        >>> measured = VarianceShare()
        >>> measured.add(0.5 + pictures_NCHW / 2, pictures_NCHW)
        >>> round(measured.value(), 6)
        0.25
    """

    def __init__(self, *, merged: bool = False) -> None:
        self._merged = merged
        self._moments: Tensor | None = None
        self._pictures = 0

    def add(self, prediction_NCHW: Tensor, truth_NCHW: Tensor) -> None:
        """Count one batch, of any size.

        Args:
            prediction_NCHW: clamped to [0, 1]; merged ones before they are, since what is
                clipped of a constant chroma varies with the luminance.
            truth_NCHW: the originals.
        """
        both = (prediction_NCHW.detach(), truth_NCHW.detach())
        for parts in zip(*(torch.split(each, AT_ONCE) for each in both), strict=True):
            numbers = [(chroma(each) if self._merged else each).double() for each in parts]
            moments = torch.stack([sums for x in numbers for sums in (x.sum(0), x.square().sum(0))])
            self._moments = moments if self._moments is None else self._moments + moments
        self._pictures += len(truth_NCHW)

    def value(self) -> float | None:
        """Give the share; None where the true pictures themselves are all the same.

        Raises:
            ValueError: nothing was added.
        """
        if self._moments is None:
            raise ValueError("no pictures to compare: add() was never called")
        means = self._moments / self._pictures
        predicted, true = (means[i + 1] - means[i].square() for i in (0, 2))
        spread = true.mean().item()
        if spread <= torch.finfo(torch.float32).eps ** 2:
            return None
        return max(predicted.mean().item(), 0.0) / spread
