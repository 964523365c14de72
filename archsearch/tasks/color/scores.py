"""How well colors are predicted: chroma, saturation, clipping, ΔE, class by class."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from archsearch.errors import RunFailedError
from archsearch.records.scores import ChromaHistogram, ClassScores, ColorScores
from archsearch.tasks.color.difference import delta_e_2000, lab_accuracy
from archsearch.tasks.color.space import chroma, to_lab

__all__ = ["ColorScorer"]

SIDE = 64
"""Cells on each axis of the chroma histogram."""

ROUNDING = 1e-5
"""How far past [0, 1] a merged value may lie without counting as clipped."""

SQUARES, CHROMA_SQUARES, PREDICTED, TRUE, CLIPPED, DELTA_E, WITHIN_2, WITHIN_5 = range(8)
"""Columns of the sums, one row a picture."""


class ColorScorer:
    """Scores the colors of many batches as if they were one.

    Keeps float64 sums of each picture on the pictures' device, so that batch sizes
    don't change the result and nothing waits for it; 64 bytes a picture.

    Args:
        lab: whether to compute ΔE, the accuracies and the histogram too, which take
            about ten times as long; for the test split.

    Example:
        >>> truth = torch.rand(2, 3, 8, 8)
        >>> scorer = ColorScorer()
        >>> scorer.add(truth.mean(1, keepdim=True).expand(-1, 3, -1, -1), truth)
        >>> scorer.scores(test=False).desaturation
        0.0
    """

    def __init__(self, *, lab: bool = False) -> None:
        self._lab = lab
        self._sums: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._histograms: Tensor | None = None
        self._pixels = 0
        self._merged = False

    def add(
        self,
        prediction_N3HW: Tensor,
        truth_N3HW: Tensor,
        *,
        unclipped_N3HW: Tensor | None = None,
        labels_N: Tensor | None = None,
    ) -> None:
        """Count one batch, of any size; all batches have pictures of the same size.

        Args:
            prediction_N3HW: RGB, clamped to [0, 1].
            truth_N3HW: the originals in [0, 1].
            unclipped_N3HW: the prediction as merged, before it was clamped; with every
                batch or with none.
            labels_N: the pictures' classes; with every batch or with none.

        Raises:
            ValueError: shapes differ, or pictures are of another size than before.
        """
        _same_shape(prediction_N3HW, truth_N3HW)
        pixels = truth_N3HW.shape[-2] * truth_N3HW.shape[-1]
        if self._sums and pixels != self._pixels:
            raise ValueError(f"pictures of {pixels} pixels after some of {self._pixels}")
        prediction, truth = prediction_N3HW.detach(), truth_N3HW.detach()
        predicted_N2HW, true_N2HW = chroma(prediction), chroma(truth)
        columns = [
            _sum((prediction - truth).square_()),
            _sum((predicted_N2HW - true_N2HW).square_()),
            _sum(_colorfulness(predicted_N2HW)),
            _sum(_colorfulness(true_N2HW)),
            torch.zeros(len(truth), dtype=torch.float64, device=truth.device)
            if unclipped_N3HW is None
            else _sum((unclipped_N3HW.detach() - 0.5).abs() > 0.5 + ROUNDING),
        ]
        if self._lab:
            columns += _lab_sums(prediction, truth)
            self._count(predicted_N2HW, true_N2HW)
        self._sums.append(torch.stack(columns, dim=1))
        self._pixels = pixels
        self._merged = unclipped_N3HW is not None
        if labels_N is not None:
            self._labels.append(labels_N.detach())

    def scores(self, test: bool) -> ColorScores:
        """Give the scores of everything added so far.

        Args:
            test: whether these are pictures of the test split, whose ΔE and accuracies
                are given.

        Raises:
            ValueError: nothing was added, or ``test`` without ``lab``.
            RunFailedError: a prediction is NaN or infinite.
        """
        if test and not self._lab:
            raise ValueError("ΔE of the test split was not computed: ColorScorer(lab=True)")
        sums_NS = self._all()
        pixels = len(sums_NS) * self._pixels
        totals = sums_NS.sum(0).tolist()
        if not all(map(math.isfinite, totals)):
            raise RunFailedError(
                "the predicted colors are not numbers",
                help="the weights diverged; train with a lower learning rate (--lr)",
            )
        return ColorScores(
            chroma_mse=totals[CHROMA_SQUARES] / (2 * pixels),
            desaturation=_ratio(totals[PREDICTED], totals[TRUE]),
            clipped=totals[CLIPPED] / (3 * pixels) if self._merged else None,
            delta_e=totals[DELTA_E] / pixels if test else None,
            accuracy_2=totals[WITHIN_2] / pixels if test else None,
            accuracy_5=totals[WITHIN_5] / pixels if test else None,
        )

    def classes(self, names: Sequence[str]) -> tuple[ClassScores, ...]:
        """Give the scores of each class that has pictures, in the order of ``names``.

        Args:
            names: of the labels 0, 1, …

        Returns:
            Nothing where the pictures came without labels.
        """
        if not self._labels:
            return ()
        sums_NS, labels_N = self._all().cpu(), torch.cat(self._labels).cpu()
        found = []
        for label, name in enumerate(names):
            of_class = sums_NS[labels_N == label]
            if not len(of_class):
                continue
            totals, pixels = of_class.sum(0).tolist(), len(of_class) * self._pixels
            found.append(
                ClassScores(
                    name=name,
                    pictures=len(of_class),
                    mse=totals[SQUARES] / (3 * pixels),
                    desaturation=_ratio(totals[PREDICTED], totals[TRUE]),
                    delta_e=totals[DELTA_E] / pixels if self._lab else None,
                )
            )
        return tuple(found)

    def histogram(self) -> ChromaHistogram:
        """Give how often each chroma occurs, true and predicted, in 64×64 cells.

        Raises:
            ValueError: nothing was added, or ``lab`` is off.
        """
        if self._histograms is None:
            raise ValueError("no chroma was counted: ColorScorer(lab=True) and add() do")
        true, predicted = self._histograms.tolist()
        return ChromaHistogram(side=SIDE, true=tuple(true), predicted=tuple(predicted))

    def delta_e_per_picture(self) -> Tensor:
        """Give the mean ΔE of each picture in the order added, float64, N.

        Raises:
            ValueError: nothing was added, or ``lab`` is off.
        """
        if not self._lab:
            raise ValueError("ΔE was not computed: ColorScorer(lab=True)")
        return self._all()[:, DELTA_E] / self._pixels

    def _all(self) -> Tensor:
        if not self._sums:
            raise ValueError("no pictures to score: add() was never called")
        return torch.cat(self._sums)

    def _count(self, predicted_N2HW: Tensor, true_N2HW: Tensor) -> None:
        counted = torch.stack([_cells(true_N2HW), _cells(predicted_N2HW)])
        self._histograms = counted if self._histograms is None else self._histograms + counted


def _same_shape(prediction: Tensor, truth: Tensor) -> None:
    if prediction.shape != truth.shape or truth.ndim != 4 or truth.shape[1] != 3:
        raise ValueError(
            f"prediction has shape {tuple(prediction.shape)}, the truth {tuple(truth.shape)}; "
            "both must be N×3×H×W"
        )


def _sum(values: Tensor) -> Tensor:
    """Sum each picture in float64."""
    return values.flatten(1).sum(1, dtype=torch.float64)


def _colorfulness(chroma_N2HW: Tensor) -> Tensor:
    """Give each pixel's distance from gray in the CbCr plane, NHW."""
    cb, cr = (chroma_N2HW - 0.5).unbind(-3)
    return torch.hypot(cb, cr)


def _lab_sums(prediction: Tensor, truth: Tensor) -> list[Tensor]:
    # float64 takes half as long again, and rounding moves no pixel across a tolerance
    predicted, true = to_lab(prediction.double()), to_lab(truth.double())
    return [
        _sum(delta_e_2000(predicted, true)),
        _sum(lab_accuracy(predicted, true, 2)),
        _sum(lab_accuracy(predicted, true, 5)),
    ]


def _cells(chroma_N2HW: Tensor) -> Tensor:
    """Count the pixels in each cell of the CbCr plane, int64, row by row (Cb)."""
    cb, cr = (chroma_N2HW * SIDE).long().clamp_(0, SIDE - 1).unbind(-3)
    places = (cb * SIDE + cr).flatten()
    # scatter rather than bincount, which on a GPU waits to see the largest value
    counts = torch.zeros(SIDE * SIDE, dtype=torch.int64, device=places.device)
    return counts.scatter_add_(0, places, torch.ones_like(places))


def _ratio(predicted: float, true: float) -> float | None:
    return predicted / true if true > 0 else None
