"""What one training leaves behind, in plain numbers that survive as JSON."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from archsearch.config.metrics import METRICS

__all__ = [
    "Baselines",
    "ChromaHistogram",
    "ClassScores",
    "Codes",
    "ColorScores",
    "Environment",
    "EpochRecord",
    "Number",
    "Record",
    "RunResult",
    "Scores",
]


def _none_if_not_finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(_none_if_not_finite)]
"""A float, or None where it is not finite (JSON has no inf and no NaN)."""


class Record(BaseModel):
    """Base of all records: frozen, numbers finite; keys of newer versions are let through."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ColorScores(Record):
    """How well colors are predicted, on one split; chroma in full-range JFIF, [0, 1].

    Attributes:
        chroma_mse: mean over pixels and over Cb and Cr.
        desaturation: mean hypot(Cb − .5, Cr − .5), predicted / true; under 1 is
            paler than the originals. None where those are all gray.
        clipped: share of the RGB values that the merge with the exact luminance
            had to clip to [0, 1]; None where nothing is merged.
        delta_e: mean CIEDE2000 a pixel; like the accuracies, on the test split only.
        accuracy_2: share of pixels whose three rounded Lab channels are right within
            tolerance t = 2 (L ≤ t; a, b ≤ 2.2 t; Nazeri et al. 2018, arXiv 1803.05400).
        accuracy_5: the same with t = 5.
    """

    chroma_mse: float
    desaturation: Number = None
    clipped: Number = None
    delta_e: Number = None
    accuracy_2: Number = None
    accuracy_5: Number = None


class Scores(Record):
    """How well predictions meet their targets on one split.

    ``mse`` is the mean over pixels and channels of RGB in [0, 1], prediction
    clamped; ``psnr`` in dB; ``ssim`` None for pictures under 11 pixels;
    ``color`` only where colors are what a task predicts; ``metrics`` the values of those
    that ``train.metrics`` names, by name, or None without any.
    """

    mse: float
    psnr: Number = None
    ssim: Number = None
    color: ColorScores | None = None
    metrics: dict[str, Number] | None = None

    @model_serializer(mode="wrap")
    def _as_before_metrics(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Without ``metrics`` where none were asked for."""
        written: dict[str, object] = handler(self)
        if self.metrics is None:
            written.pop("metrics", None)
        return written

    def value(self, metric: str) -> float | None:
        """The value of a metric by its name; None where it wasn't, or couldn't be, measured.

        Example:
            >>> Scores(mse=0.01, metrics={"edges": 0.2}).value("edges")
            0.2
        """
        if metric in METRICS.builtin:
            found: float | None = getattr(self, metric)
            return found
        return (self.metrics or {}).get(metric)


class ClassScores(Record):
    """How well the test pictures of one class are predicted."""

    name: str
    pictures: int
    mse: float
    desaturation: Number = None
    delta_e: Number = None


class ChromaHistogram(Record):
    """How often each chroma occurs in the test split, true and predicted.

    ``true`` and ``predicted`` hold ``side``·``side`` counts of pixels, row by row:
    cell (i, j) is Cb in [i, i+1)/side and Cr in [j, j+1)/side (1 in the last cell).
    """

    side: int
    true: tuple[int, ...]
    predicted: tuple[int, ...]


class EpochRecord(Record):
    """One row of ``history.csv``; ``epoch`` counts from 1."""

    epoch: int
    lr: float
    train_loss: float
    train_mse: float
    val_mse: float
    seconds: float


class Baselines(Record):
    """Errors of the baselines on the same pictures, fitted on the training split.

    MSEs of RGB in [0, 1]. ``untouched``: the noisy or masked picture itself;
    ``gray_copy``: the luminance in all three channels; ``mean_chroma``: the exact
    luminance with the training split's mean Cb and Cr; ``linear``: reduced-rank
    regression of the target on the input, with as many directions as the latent has
    numbers; ``pca_bottleneck``: PCA of as many numbers as get through the net, where those
    are fewer than the latent's. Only those that a task has are given.
    """

    channel_mean_val: float
    channel_mean_test: float
    pca_val: Number = None
    pca_test: Number = None
    pca_bottleneck_val: Number = None
    pca_bottleneck_test: Number = None
    patch_pca_val: Number = None
    patch_pca_test: Number = None
    untouched_val: Number = None
    untouched_test: Number = None
    linear_val: Number = None
    linear_test: Number = None
    gray_copy_val: Number = None
    gray_copy_test: Number = None
    mean_chroma_val: Number = None
    mean_chroma_test: Number = None
    gray_copy_color: ColorScores | None = None
    mean_chroma_color: ColorScores | None = None


class Environment(Record):
    """What a result was computed with; enough to repeat it."""

    versions: dict[str, str]
    machine: str
    device: str
    threads: int


class Codes(Record):
    """How much of its latent a trained net uses, over some validation pictures.

    Attributes:
        pictures: how many were measured.
        units: numbers in the latent.
        active: units whose standard deviation is over 1 % of the largest.
        rank: principal components that hold 99 % of the codes' variance.
        mse: of the pictures with the codes as they are.
        mse_8bit: with every unit rounded to 256 levels of its training range.
        mse_4bit: to 16 levels.
    """

    pictures: int
    units: int
    active: int
    rank: int
    mse: float
    mse_8bit: Number = None
    mse_4bit: Number = None


class RunResult(Record):
    """A finished training of one plan with one seed.

    ``train_mse`` is that of the last epoch's running predictions; ``val`` and
    ``test`` are measured with the last epoch's weights, ``test`` once. What the
    net was fed is (x − ``fed_mean``) / ``fed_std``, channel by channel, where it
    was standardized (``data.standardize``); both are empty where it wasn't.

    ``variance_share`` is the variance of the predictions between validation pictures,
    as a share of the pictures' own (of chroma, where the luminance is merged in). A net
    has ``collapsed`` where it is under 1 %: its output is the same for all pictures.
    Versions that didn't measure it (None) called a net collapsed whose error was within
    2 % of a constant guess's.
    """

    task: str
    seed: int
    splits: dict[Literal["train", "val", "test"], int]
    epochs: int
    history: tuple[EpochRecord, ...]
    train_mse: float
    val: Scores
    test: Scores
    baselines: Baselines
    collapsed: bool
    variance_share: Number = None
    images_per_s: float
    seconds: float
    data_fingerprint: str
    environment: Environment
    codes: Codes | None = None
    classes: tuple[ClassScores, ...] = ()
    chroma: ChromaHistogram | None = None
    fed_mean: tuple[float, ...] = ()
    fed_std: tuple[float, ...] = ()
