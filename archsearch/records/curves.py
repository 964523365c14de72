"""Errors of linear codes over their size: what a latent is compared with."""

from __future__ import annotations

from typing import NamedTuple

from archsearch.records.record import Record, ReprParts

__all__ = ["Curves", "PatchPoint", "PcaPoint"]


class PcaPoint(NamedTuple):
    """MSE of a PCA with ``components`` numbers a picture, on two splits."""

    components: int
    val: float
    test: float


class PatchPoint(NamedTuple):
    """MSE of a patch PCA of a latent's shape; ``geometry`` is ``"8x8x16"`` (H×W×C)."""

    latent_size: int
    geometry: str
    val: float
    test: float


class Curves(Record):
    """The linear codes of a study's pictures, fitted on the training split.

    Attributes:
        pca: whole-picture PCA, rising in components.
        patch_pca: one point for each latent shape of the study that tiles the picture.
        channel_mean: MSE of predicting each channel's mean: (validation, test).

    Example:
        >>> curves = Curves(pca=((16, 0.017, 0.017),), channel_mean=(0.063, 0.063))
        >>> curves.model_dump_json()
        '{"pca":[[16,0.017,0.017]],"patch_pca":[],"channel_mean":[0.063,0.063]}'
    """

    pca: tuple[PcaPoint, ...] = ()
    patch_pca: tuple[PatchPoint, ...] = ()
    channel_mean: tuple[float, float] | None = None

    def __repr_args__(self) -> ReprParts:
        """How many points there are."""
        yield from (("pca_points", len(self.pca)), ("patch_pca_points", len(self.patch_pca)))
