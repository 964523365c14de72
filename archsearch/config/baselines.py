"""What nets are compared with: every baseline, declared once.

A baseline predicts the same pictures without a net. Which of them a task has is the task's own;
what they come to is in ``archsearch.records.Baselines``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["BASELINES", "LINEAR_CODES", "Baseline"]


@dataclass(frozen=True)
class Baseline:
    """One way to predict without a net.

    Attributes:
        name: as records and files write it.
        label: as people read it.
        words: what it is, in a few words.
        size: what of the net it has equal; empty where it has nothing of the net.
        linear_code: whether it is a linear code, or map, of the latent's own size: a net that
            does worse leaves capacity unused.
        constant: whether it predicts the same for every picture, but for the luminance; the
            last of those that a task has is the best guess.
        color: whether it is for tasks that predict colors, and has color scores.
    """

    name: str
    label: str
    words: str = ""
    size: Literal["", "latent.size", "bottleneck.size", "latent.shape"] = ""
    linear_code: bool = False
    constant: bool = False
    color: bool = False

    def titled(self, sizes: Mapping[str, str]) -> str:
        """The label, with the size that it has equal where ``sizes`` tells it.

        Example:
            >>> BASELINES["pca"].titled({"latent.size": "64 numbers"})
            'PCA, 64 numbers'
        """
        size = sizes.get(self.size)
        return f"{self.label}, {size}" if size else self.label


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        each.name: each
        for each in (
            Baseline("channel_mean", "channel mean", "the mean of each channel", constant=True),
            Baseline(
                "pca",
                "PCA",
                "the best linear code of as many numbers as the latent",
                size="latent.size",
                linear_code=True,
            ),
            Baseline(
                "pca_bottleneck",
                "bottleneck PCA",
                "the best linear code of as many numbers as the bottleneck, where that is narrower "
                "than the latent",
                size="bottleneck.size",
            ),
            Baseline(
                "patch_pca",
                "patch PCA",
                "the best linear code of the same shape as the latent",
                size="latent.shape",
                linear_code=True,
            ),
            Baseline("untouched", "untouched input", "the unchanged input of the net"),
            Baseline(
                "linear",
                "linear map",
                "the best linear map from the input through as many numbers as the latent",
                size="latent.size",
                linear_code=True,
            ),
            Baseline("gray_copy", "gray copy", "the luminance in all three channels", color=True),
            Baseline(
                "mean_chroma",
                "mean chroma",
                "the luminance with one chroma for all pixels",
                constant=True,
                color=True,
            ),
        )
    }
)
"""By name, in the order of their listing."""

LINEAR_CODES = tuple(name for name, each in BASELINES.items() if each.linear_code)
"""What a net of the same size is compared with."""
