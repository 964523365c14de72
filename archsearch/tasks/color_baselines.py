"""Yardsticks for colors and damaged pictures: how far one gets without a net.

Like those of ``baselines``, fitted on the training split and measured on validation
and test in float64: mean over pixels and channels of RGB in [0, 1], prediction clamped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from torch import Tensor

from archsearch.errors import InputError
from archsearch.records.results import ColorScores
from archsearch.tasks.color_scores import ColorScorer
from archsearch.tasks.color_space import chroma, luminance, merge
from archsearch.tasks.map_cache import fit_or_load_map
from archsearch.tasks.metrics import Scorer
from archsearch.tasks.pictures import PictureSet, SplitErrors, batches
from archsearch.tasks.reduced_rank import Feed, RankedMap, map_errors

__all__ = ["gray_copy", "mean_chroma", "reduced_rank"]

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


def reduced_rank(
    pictures: PictureSet,
    feed: Callable[[Tensor], Tensor],
    ks: Iterable[int],
    *,
    held: Feed | None = None,
    name: str = "",
    cache: Path | None = None,
) -> dict[int, SplitErrors | None]:
    """Give the error of the best linear map from input to RGB through k numbers, for each k.

    See :func:`archsearch.tasks.reduced_rank.fit_map`: reduced-rank regression with a
    ridge chosen on the training split, singular inputs by pseudo-inverse.

    Args:
        pictures: the pictures and their splits.
        feed: pictures in [0, 1] (float32, N×C×H×W) → the net's input; called with the
            training split in order, about 1024 pictures at a time, and with its first
            picture once before.
        ks: numbers between input and picture; 0 is the mean picture, and more than
            the map has directions counts as all.
        held: the same for validation and test, told the pictures' indices too, so that
            noise and masks are those that nets are measured with. None: ``feed``.
        name: what ``feed`` and ``held`` do, as part of a file name, such as
            ``denoise-0.1``; what was fitted and measured is then kept for later calls.
            Without it, nothing is kept.
        cache: folder for fitted maps, shared by processes and later runs.

    Returns:
        Errors by k; None where input or picture have more than 8192 numbers.

    Raises:
        ValueError: a k is negative.
    """
    wanted = sorted(set(ks))
    if wanted and wanted[0] < 0:
        raise ValueError(f"a map through {wanted[0]} numbers: k must be at least 0")
    told = _without_indices(feed)
    key = _Key(pictures.fingerprint, name, cache if name else None, pictures, told, held or told)
    return (_kept(key) if name else _Mapped(key)).measure(wanted)


@dataclass(frozen=True)
class _Key:
    """Equal for equal pictures fed the same way, whichever objects hold them."""

    fingerprint: str
    name: str
    cache: Path | None
    pictures: PictureSet = field(compare=False)
    feed: Feed = field(compare=False)
    held: Feed = field(compare=False)


@dataclass
class _Mapped:
    """A linear map with the errors measured so far."""

    key: _Key
    errors: dict[int, SplitErrors | None] = field(default_factory=dict)

    @cached_property
    def fitted(self) -> RankedMap | None:
        return fit_or_load_map(self.key.pictures, self.key.feed, self.key.name, self.key.cache)

    def measure(self, ks: Iterable[int]) -> dict[int, SplitErrors | None]:
        """Give the errors for each k; what is new is measured in one go."""
        wanted = list(ks)
        if new := [k for k in wanted if k not in self.errors]:
            self._measure(new)
        return {k: self.errors[k] for k in wanted}

    def _measure(self, ks: list[int]) -> None:
        if self.fitted is None:
            self.errors |= dict.fromkeys(ks)
            return
        pictures, held = self.key.pictures, self.key.held
        val = map_errors(self.fitted, pictures, pictures.val, held, ks)
        test = map_errors(self.fitted, pictures, pictures.test, held, ks)
        self.errors |= {k: SplitErrors(val[k], test[k]) for k in ks}


@lru_cache(maxsize=1)
def _kept(key: _Key) -> _Mapped:
    return _Mapped(key)


def _without_indices(feed: Callable[[Tensor], Tensor]) -> Feed:
    return lambda images_NCHW, _: feed(images_NCHW)


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
