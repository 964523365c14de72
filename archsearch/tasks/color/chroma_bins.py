"""Colors as classes: quantized chroma, its targets, weights, loss and mean.

After Zhang, Isola and Efros 2016 (arXiv 1603.08511, sections 2.1–2.3), in the CbCr
plane. ``centers`` are those of ``archsearch.config.tasks.chroma_bins.bin_centers``; class
k is the k-th of them. What is looked up in each step lies in a ``ChromaClasses``, on the
device that trains: a step that is recorded there can't fetch it from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from archsearch.errors import InputError
from archsearch.tasks.color.space import chroma
from archsearch.tasks.exact import finest
from archsearch.tasks.pictures import PictureSet, batches

__all__ = [
    "Centers",
    "ChromaClasses",
    "annealed_mean",
    "bins_loss",
    "chroma_counts",
    "class_weights",
    "encode_hard",
    "encode_soft",
    "spacing",
]

Centers = tuple[tuple[float, float], ...]
"""(Cb, Cr) of each class."""

FINE = 256
"""Squares on each axis of the table that says which classes are near."""

NEAR = 4
"""Nearest classes of a fine square that surely hold the nearest of any point in it."""

SOFT = 5
"""Classes that a pixel is shared out over, as in the paper."""


@dataclass(frozen=True, eq=False)
class ChromaClasses:
    """Classes of chroma, as tensors on one device.

    Attributes:
        centers: (Cb, Cr) of each class.
        places_K2: the same, float64 where the device has it.
        near_BF: the B classes nearest to the middle of each of 256² fine squares, int64;
            None where no pixel's class is asked for.
    """

    centers: Centers
    places_K2: Tensor  # noqa: N815 - axes in the name
    near_BF: Tensor | None  # noqa: N815

    @classmethod
    def of(
        cls, centers: Centers, near: int = SOFT, device: torch.device | str = "cpu"
    ) -> ChromaClasses:
        """Give the classes on a device.

        Args:
            centers: Cb and Cr of each.
            near: how many are looked up for a place, at most all; 0 where no pixel's class is
                asked for.
            device: where the tables lie.
        """
        places_K2 = torch.tensor(centers, dtype=finest(device)).to(device)
        if near < 1:
            return cls(centers, places_K2, None)
        near_BF = torch.from_numpy(_near(centers, min(near, len(centers))))
        return cls(centers, places_K2, near_BF.to(device))


def encode_hard(chroma_N2HW: Tensor, classes: ChromaClasses) -> Tensor:
    """Give the nearest class of each pixel, int64, NHW; of equally near ones, any.

    Looks at the classes nearest to the pixel's place in a table of 256×256, not at all of them.

    Args:
        chroma_N2HW: Cb and Cr in [0, 1].
        classes: with four or more near each place.

    Raises:
        ValueError: they have none.

    Example:
        >>> gray_and_blue = torch.tensor([[0.5, 0.98], [0.5, 0.43]]).reshape(1, 2, 1, 2)
        >>> encode_hard(gray_and_blue, ChromaClasses.of(((0.5, 0.5), (1.0, 0.4)))).tolist()
        [[[0, 1]]]
    """
    return _of_least(*_nearest(chroma_N2HW, classes))


def encode_soft(
    chroma_N2HW: Tensor, classes: ChromaClasses, sigma: float | None = None
) -> tuple[Tensor, Tensor]:
    """Share each pixel out over the classes near it, weighted by a Gaussian of the distance.

    Which classes are nearest is told to within 1/512 of chroma; their weights are exact.

    Args:
        chroma_N2HW: Cb and Cr in [0, 1].
        classes: with as many near each place as a pixel is shared out over.
        sigma: of the Gaussian, in units of chroma; None takes half the distance between
            classes, as in the paper (5 on a grid of 10).

    Returns:
        Indices (int64) and weights (dtype of the chroma, adding up to 1), both N×B×H×W.

    Raises:
        ValueError: the classes have none near a place, or sigma isn't above 0.
    """
    sigma = spacing(classes.centers) / 2 if sigma is None else sigma
    if sigma <= 0:
        raise ValueError(f"sigma {sigma}: it must be above 0")
    indices, squares = _nearest(chroma_N2HW, classes)
    return indices, squares.div_(-2 * sigma**2).softmax(1)


@lru_cache(maxsize=8)
def spacing(centers: Centers) -> float:
    """Give the smallest distance between two classes.

    Example:
        >>> spacing(((0.5, 0.5), (0.5, 0.25), (1.0, 0.5)))
        0.25
    """
    return torch.nn.functional.pdist(torch.tensor(centers, dtype=torch.float64)).min().item()


def chroma_counts(pictures: PictureSet, centers: Centers) -> Tensor:
    """Count the training split's pixels in each class, int64, K.

    Raises:
        InputError: pictures without three channels, or with all pixels in one class,
            so that there is nothing to rebalance (gray pictures, above all).
    """
    channels = pictures.images_NCHW.shape[1]
    if channels != 3:
        raise InputError(
            f"colors can't be classified: the pictures have {channels} channels",
            help="colorize-bins needs RGB pictures",
        )
    counts_K = torch.zeros(len(centers), dtype=torch.int64)
    classes = ChromaClasses.of(centers, NEAR)
    for images_N3HW in batches(pictures, pictures.train, 64):
        nearest_NHW = encode_hard(chroma(images_N3HW.float() / 255), classes)
        counts_K += torch.bincount(nearest_NHW.flatten(), minlength=len(centers)).cpu()
    if int((counts_K > 0).sum()) <= 1:
        raise InputError(
            "bins without rebalancing data: all pixels of the training split's "
            f"{len(pictures.train)} pictures are in one class of chroma",
            help="colorize-bins needs color pictures; are these gray ones?",
        )
    return counts_K


def class_weights(
    counts_K: Tensor, centers: Centers, lam: float = 0.5, sigma: float | None = None
) -> Tensor:
    """Give each class's weight in the loss, so that rare colors count more; float64, K.

    With the counts as shares p, smoothed by a Gaussian over the classes, w is
    proportional to 1/((1 − λ) p + λ/K), scaled so that its mean under p is 1:
    the loss keeps its size.

    Args:
        counts_K: pixels of each class, or shares.
        centers: of the classes.
        lam: λ; 1 weights all classes alike, 0 fully evens them out.
        sigma: of the smoothing, in units of chroma; None takes half the distance
            between classes (the paper's 5 on a grid of 10), 0 doesn't smooth.

    Raises:
        ValueError: λ out of [0, 1], nothing counted, or λ 0 with a class of no weight.
    """
    total = counts_K.sum().item()
    if not 0 <= lam <= 1 or not total > 0:
        raise ValueError(f"λ {lam} must be in [0, 1], the {total} pixels counted more than 0")
    shares_K = _smoothed(counts_K.double() / total, centers, sigma)
    mixed_K = (1 - lam) * shares_K + lam / len(centers)
    if (mixed_K <= 0).any():
        raise ValueError("λ is 0 and a class has no pixels: its weight would be infinite")
    weights_K = 1 / mixed_K
    return weights_K / (shares_K @ weights_K)


def bins_loss(
    logits_NKHW: Tensor, indices_NBHW: Tensor, weights_NBHW: Tensor, class_weights_K: Tensor
) -> Tensor:
    """Give the weighted cross-entropy to soft classes, in nats, mean over pixels.

    −Σ_b w_b log softmax(logits)_b, times the class weight of the pixel's heaviest
    class (equations 2 and 3 of the paper). Fastest with logits in channels_last;
    hard classes would save only a tenth of its time.

    Args:
        logits_NKHW: what the net gave.
        indices_NBHW: classes of :func:`encode_soft`.
        weights_NBHW: their weights, adding up to 1.
        class_weights_K: of :func:`class_weights`; ones weight nothing.
    """
    importance_NHW = class_weights_K.to(logits_NKHW)[_of_least(indices_NBHW, -weights_NBHW)]
    logs_NHWK = logits_NKHW.permute(0, 2, 3, 1).log_softmax(-1)
    near_NHWB = logs_NHWK.gather(-1, indices_NBHW.permute(0, 2, 3, 1))
    told_NHW = (near_NHWB * weights_NBHW.permute(0, 2, 3, 1)).sum(-1)
    return -(told_NHW * importance_NHW).mean()


def annealed_mean(logits_NKHW: Tensor, classes: ChromaClasses, temperature: float = 0.38) -> Tensor:
    """Give the mean chroma of softmax(logits / T), N2HW: from the mode (T → 0) to the mean (1).

    Equation 5 of the paper, whose T is 0.38.

    Args:
        logits_NKHW: what the net gave.
        classes: that it gave scores for.
        temperature: T.

    Raises:
        ValueError: the temperature isn't above 0.

    Example:
        >>> logits = torch.tensor([0.0, 0.0]).reshape(1, 2, 1, 1)
        >>> classes = ChromaClasses.of(((0.25, 0.5), (0.75, 0.5)))
        >>> annealed_mean(logits, classes).flatten().tolist()
        [0.5, 0.5]
    """
    if not temperature > 0:
        raise ValueError(f"a temperature of {temperature}: it must be above 0")
    shares_NHWK = (logits_NKHW.permute(0, 2, 3, 1) / temperature).softmax(-1)
    return (shares_NHWK @ classes.places_K2.to(shares_NHWK)).permute(0, 3, 1, 2)


def _nearest(chroma_N2HW: Tensor, classes: ChromaClasses) -> tuple[Tensor, Tensor]:
    """Give the classes near each pixel and their squared distances, both N×B×H×W.

    In memory the B planes lie one after the other: looking up and comparing whole
    planes is ten times faster than five numbers a pixel.
    """
    if classes.near_BF is None:
        raise ValueError("these classes of chroma were made without those near each place")
    cb, cr = (plane.flatten() for plane in chroma_N2HW.unbind(1))
    fine_N2HW = (chroma_N2HW * FINE).to(torch.int32).clamp_(0, FINE - 1)
    fine_P = (fine_N2HW[:, 0] * FINE + fine_N2HW[:, 1]).flatten()
    cbs_K, crs_K = classes.places_K2.to(cb).T.contiguous()
    indices, squares = [], []
    for near_F in classes.near_BF:
        near = near_F.index_select(0, fine_P)
        indices.append(near)
        to_cb, to_cr = cbs_K.index_select(0, near) - cb, crs_K.index_select(0, near) - cr
        squares.append(to_cb.square_() + to_cr.square_())
    planes = (len(indices), len(chroma_N2HW), *chroma_N2HW.shape[2:])
    return (
        torch.stack(indices).view(planes).movedim(0, 1),
        torch.stack(squares).view(planes).movedim(0, 1),
    )


def _of_least(indices_NBHW: Tensor, values_NBHW: Tensor) -> Tensor:
    """Give the class with the least value of each pixel, NHW; planes again, not argmin."""
    best, *others = indices_NBHW.unbind(1)
    least, *values = values_NBHW.unbind(1)
    for classes, value in zip(others, values, strict=True):
        best = torch.where(value < least, classes, best)
        least = torch.minimum(value, least)
    return best


@lru_cache(maxsize=8)
def _near(centers: Centers, count: int) -> NDArray[numpy.int64]:
    """Give the classes nearest to each fine square's middle, count × 256²; slow on a fine grid."""
    middles = (torch.arange(FINE, dtype=torch.float64) + 0.5) / FINE
    points = torch.cartesian_prod(middles, middles)
    distances = torch.cdist(points, torch.tensor(centers, dtype=torch.float64))
    nearest = distances.topk(count, dim=1, largest=False).indices
    near: NDArray[numpy.int64] = nearest.T.contiguous().numpy()
    return near


def _smoothed(shares_K: Tensor, centers: Centers, sigma: float | None) -> Tensor:
    """Spread each class's share over the classes around it; nothing is lost."""
    sigma = spacing(centers) / 2 if sigma is None else sigma
    if sigma == 0:
        return shares_K
    places_K2 = torch.tensor(centers, dtype=torch.float64, device=shares_K.device)
    kernel_KK = torch.exp(torch.cdist(places_K2, places_K2).square() / (-2 * sigma**2))
    return kernel_KK @ (shares_K / kernel_KK.sum(0))
