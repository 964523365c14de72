"""Baselines for colors, from the luminance alone.

Like those of ``baselines``, fitted on the training split and measured on validation
and test in float64: mean over pixels and channels of RGB in [0, 1], prediction clamped.
"""

from __future__ import annotations

import torch
from torch import Tensor

from archsearch.errors import InputError
from archsearch.records.scores import ColorScores
from archsearch.tasks.color.scores import ColorScorer
from archsearch.tasks.color.space import chroma, luminance, merge
from archsearch.tasks.metrics import Scorer
from archsearch.tasks.pictures import PictureSet, SplitErrors, batches

__all__ = ["gray_copy", "mean_chroma"]

AT_ONCE = 256
"""Pictures compared at once."""


def gray_copy(pictures: PictureSet) -> tuple[SplitErrors, ColorScores]:
    """Give the errors of the luminance in all three channels, and its colors on test.

    Raises:
        InputError: the pictures don't have three channels.
    """
    return _with_chroma(pictures, torch.tensor([0.5, 0.5], dtype=torch.float64))


def mean_chroma(pictures: PictureSet) -> tuple[SplitErrors, ColorScores]:
    """Give the errors of the exact luminance with the training split's mean Cb and Cr.

    Of all constants, that chroma has the least squared error on the training split
    (before clipping): what a net that has learned nothing about places and things gets.

    Raises:
        InputError: the pictures don't have three channels.
    """
    _needs_color(pictures)
    mean_13HW = torch.tensor(pictures.mean, dtype=torch.float64).reshape(1, 3, 1, 1)
    return _with_chroma(pictures, chroma(mean_13HW).flatten())


def _with_chroma(pictures: PictureSet, chroma_2: Tensor) -> tuple[SplitErrors, ColorScores]:
    _needs_color(pictures)
    val, _ = _merged(pictures, pictures.val, chroma_2, lab=False)
    test, scorer = _merged(pictures, pictures.test, chroma_2, lab=True)
    return SplitErrors(val, test), scorer.scores(test=True)


def _merged(
    pictures: PictureSet, indices: Tensor, chroma_2: Tensor, *, lab: bool
) -> tuple[float, ColorScorer]:
    """Score one split with the same chroma everywhere."""
    errors, colors = Scorer(ssim=False), ColorScorer(lab=lab)
    for images_N3HW in batches(pictures, indices, AT_ONCE):
        truth = images_N3HW.double() / 255
        luma = luminance(truth)
        unclipped = merge(luma, chroma_2.reshape(2, 1, 1).expand(len(luma), 2, *luma.shape[2:]))
        prediction = unclipped.clamp(0, 1)
        errors.add(prediction, truth)
        if lab:
            colors.add(prediction, truth, unclipped_N3HW=unclipped)
    return errors.scores().mse, colors


def _needs_color(pictures: PictureSet) -> None:
    channels = pictures.images_NCHW.shape[1]
    if channels != 3:
        raise InputError(
            f"colors can't be predicted: the pictures have {channels} channels",
            help="the color tasks need RGB pictures",
        )
