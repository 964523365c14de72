"""Shift and scale of what a net is fed."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from archsearch.tasks.pictures import PictureSet

__all__ = ["Standardize"]


@dataclass(frozen=True)
class Standardize:
    """(x − mean) / std for each channel.

    A channel that never varies (std 0) is only centred, not divided.

    Example:
        >>> import torch
        >>> Standardize((0.5,), (0.25,))(torch.tensor([[[[0.0, 1.0]]]])).tolist()
        [[[[-2.0, 2.0]]]]
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def of(cls, pictures: PictureSet) -> Standardize:
        """Take mean and std from the training split of ``pictures``."""
        return cls(pictures.mean, pictures.std)

    def __call__(self, images_NCHW: Tensor) -> Tensor:
        """Give the standardized pictures, in the dtype and on the device they came in."""
        mean_C11 = images_NCHW.new_tensor(self.mean)[:, None, None]
        std_C11 = images_NCHW.new_tensor([value or 1.0 for value in self.std])[:, None, None]
        return (images_NCHW - mean_C11) / std_C11
