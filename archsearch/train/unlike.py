"""Pictures that are unlike each other, to be looked at."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

__all__ = ["LOOKED_AT", "unlike"]

LOOKED_AT = 1000
"""Pictures that are compared."""
THUMBNAIL = 4
"""Height and width of what is compared: the layout of light and color, not the detail."""
ROUNDS = 10


def unlike(images_NCHW: Tensor, number: int) -> list[int]:
    """Places of pictures that stand for groups of alike ones, in rising order.

    The first thousand are grouped by k-means of thumbnails (Lloyd 1982), which begins with pictures
    far from each other (Gonzalez 1985). Each group gives the picture nearest its mean. The same
    pictures give the same places.

    Args:
        images_NCHW: of any scale.
        number: of groups; all pictures where there are no more.

    Example:
        >>> light = torch.tensor([0.0, 0.1, 0.0, 1.0, 0.9, 1.0])
        >>> len(unlike(light.reshape(6, 1, 1, 1), 2))
        2
    """
    count = min(len(images_NCHW), LOOKED_AT)
    if count <= number:
        return list(range(count))
    thumbnails = adaptive_avg_pool2d(images_NCHW[:count].double(), THUMBNAIL).flatten(1)
    middles = thumbnails[_far_apart(thumbnails, number)]
    for _ in range(ROUNDS):
        group = torch.cdist(thumbnails, middles).argmin(1)
        middles = torch.stack([_middle(thumbnails[group == i], middles[i]) for i in range(number)])
    distances = torch.cdist(thumbnails, middles)
    chosen: list[int] = []
    for place in range(number):
        distances[chosen, place] = torch.inf
        chosen.append(int(distances[:, place].argmin()))
    return sorted(chosen)


def _middle(group: Tensor, before: Tensor) -> Tensor:
    return group.mean(0) if len(group) else before


def _far_apart(points: Tensor, number: int) -> list[int]:
    """The point nearest the mean, then always the one farthest from those before."""
    chosen = [int((points - points.mean(0)).norm(dim=1).argmin())]
    nearest = (points - points[chosen[0]]).norm(dim=1)
    while len(chosen) < number:
        chosen.append(int(nearest.argmax()))
        nearest = torch.minimum(nearest, (points - points[chosen[-1]]).norm(dim=1))
    return chosen
