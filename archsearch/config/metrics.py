"""What predictions are scored by: every metric, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from archsearch.extensions import Catalogue, Reference

__all__ = ["METRICS", "Direction", "MetricKind"]

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class MetricKind:
    """A score of predicted pictures against the true ones.

    Attributes:
        name: as files write it, e.g. ``ssim``; in objectives ``val.ssim``.
        label: as people read it, without its unit.
        unit: of the value, e.g. ``dB``; empty for a plain number.
        direction: which way is better.
        function: (predicted N×C×H×W, truth N×C×H×W), both in [0, 1] → one value a picture, N.
            None stands for the whole split where pictures are too small for it.
        summary: from the mean of those values over a split to what is told, a number or
            None; the mean itself without it.
        each_epoch: whether a lower MSE always means a better value. Then the MSE of each epoch
            can judge a training before its end.
        typical: what autoencoders of natural pictures give, for a candidate that isn't trained.
    """

    group: ClassVar[str] = "metrics"

    name: str
    label: str
    unit: str
    direction: Direction
    function: Reference
    summary: Reference | None = None
    each_epoch: bool = False
    typical: float = 0.0


METRICS: Catalogue[MetricKind] = Catalogue(
    MetricKind,
    "metric",
    (
        MetricKind(
            "mse",
            "MSE",
            "",
            "minimize",
            "archsearch.tasks.metrics:squared_errors",
            each_epoch=True,
            typical=0.03,
        ),
        MetricKind(
            "psnr",
            "PSNR",
            "dB",
            "maximize",
            "archsearch.tasks.metrics:squared_errors",
            summary="archsearch.tasks.metrics:psnr",
            each_epoch=True,
            typical=15.0,
        ),
        MetricKind(
            "ssim", "SSIM", "", "maximize", "archsearch.tasks.metrics:ssim_where_large", typical=0.5
        ),
    ),
)
"""By name, in the order of their listing; mse, psnr and ssim are always measured."""
