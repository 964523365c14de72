"""How well pictures are predicted: the scores of one split."""

from __future__ import annotations

from pydantic import SerializerFunctionWrapHandler, model_serializer

from archsearch.config.metrics import METRICS
from archsearch.records.record import Number, Record

__all__ = ["ChromaHistogram", "ClassScores", "ColorScores", "Scores"]


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
