"""Principal components of pictures or of their patches: the best linear codes.

A code of patches cuts each picture into equal patches and describes each by
the same k numbers; with one patch as large as the picture it is plain PCA.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from archsearch.spec.shape import Pair
from archsearch.tasks.baselines.by_size import Directions, squares_by_size
from archsearch.tasks.pictures import PictureSet, batches

__all__ = ["LinearCode", "count_patches", "fit_code", "reconstruction_errors"]

ROWS = 1024
"""Rows of one exact product: 1024 · 128² = 2²⁴, the largest sum float32 holds exactly."""

LARGEST = 8192
"""Numbers in a patch, or patches, up to which an eigen-decomposition is affordable."""


@dataclass(frozen=True, eq=False)
class LinearCode:
    """A mean patch and directions around it, most variance first, float64 in [0, 1].

    Attributes:
        mean: the mean patch, flattened C·h·w.
        components: orthonormal rows, K × C·h·w; the first k are the best code of k numbers.
    """

    mean: Tensor
    components: Tensor


def fit_code(pictures: PictureSet, patch: Pair) -> LinearCode | None:
    """Find the principal components of the training split's patches.

    Needs memory for one D×D matrix and a thousand rows, not for the pictures:
    with D = C·h·w numbers in a patch and n patches, it decomposes the D×D
    covariance, or, for fewer patches than half of D, the patches themselves.

    Returns:
        A code with min(n − 1, D) components, or None where min(n, D) is over
        8192: that decomposition would take minutes and gigabytes.
    """
    patches = count_patches(pictures, patch)
    dimensions = pictures.images_NCHW.shape[1] * patch.height * patch.width
    if min(patches, dimensions) > LARGEST:
        return None
    if patches < dimensions / 2 or dimensions > LARGEST:
        return _fit_few(pictures, patch)
    mean_D, covariance_DD = _covariance(pictures, patch, dimensions)
    components_KD = torch.linalg.eigh(covariance_DD).eigenvectors.T.flip(0)
    return LinearCode(mean_D, components_KD[: patches - 1].contiguous())


def count_patches(pictures: PictureSet, patch: Pair) -> int:
    """Give the number of patches in the training split."""
    height, width = pictures.images_NCHW.shape[-2:]
    return len(pictures.train) * (height // patch.height) * (width // patch.width)


def reconstruction_errors(
    code: LinearCode, pictures: PictureSet, indices: Tensor, patch: Pair, ks: Iterable[int]
) -> dict[int, float]:
    """Give the MSE of coding the pictures at ``indices`` with k numbers a patch, for each k.

    Args:
        code: fitted on the training split.
        pictures: whose pictures to code.
        indices: which of them.
        patch: the size the code was fitted for.
        ks: numbers a patch; more than the code has components counts as all of them.
    """
    steps = sorted({min(k, len(code.components)) for k in ks})
    squares = dict.fromkeys(steps, 0.0)
    elements = 0
    directions = Directions(code.components.T, code.components, code.mean)
    for rows_RD in _rows(pictures, indices, patch):
        truth_RD = rows_RD.double() / 255
        for k, more in squares_by_size(directions, truth_RD - code.mean, truth_RD, steps).items():
            squares[k] += more
        elements += truth_RD.numel()
    return {k: squares[min(k, len(code.components))] / elements for k in ks}


def _covariance(pictures: PictureSet, patch: Pair, dimensions: int) -> tuple[Tensor, Tensor]:
    """Give mean and population covariance of the training patches in [0, 1], float64.

    Sums of products of v − 128 over 1024 rows are whole numbers of at most 2²⁴,
    which float32 adds without error in any order. So the fast product is exact,
    the sums of the parts in float64 too, and the result is the same on any
    number of threads.
    """
    total_D = torch.zeros(dimensions, dtype=torch.float64)
    product_DD = torch.zeros(dimensions, dimensions, dtype=torch.float64)
    count = 0
    for rows_RD in _rows(pictures, pictures.train, patch):
        shifted_RD = rows_RD.float() - 128
        total_D += shifted_RD.sum(0)
        product_DD += shifted_RD.T @ shifted_RD
        count += len(rows_RD)
    mean_D = total_D / count
    covariance_DD = product_DD.div_(count).addr_(mean_D, mean_D, alpha=-1).div_(255**2)
    return (mean_D + 128) / 255, covariance_DD


def _fit_few(pictures: PictureSet, patch: Pair) -> LinearCode:
    """Fit fewer patches than each has numbers: n of them span n − 1 directions."""
    rows_ND = torch.cat(list(_rows(pictures, pictures.train, patch))).double() / 255
    mean_D = rows_ND.mean(0)
    components_KD = torch.linalg.svd(rows_ND - mean_D, full_matrices=False).Vh
    return LinearCode(mean_D, components_KD[: len(rows_ND) - 1].contiguous())


def _rows(pictures: PictureSet, indices: Tensor, patch: Pair) -> Iterator[Tensor]:
    """Give all patches as uint8 rows of C·h·w numbers, at most 1024 at a time."""
    channels, height, width = pictures.images_NCHW.shape[1:]
    down, across = height // patch.height, width // patch.width
    grid = (-1, channels, down, patch.height, across, patch.width)
    for images_NCHW in batches(pictures, indices, ROWS):
        patches = images_NCHW.reshape(grid).permute(0, 2, 4, 1, 3, 5)
        rows_RD = patches.reshape(-1, channels * patch.height * patch.width)
        yield from torch.split(rows_RD, ROWS)
