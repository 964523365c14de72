"""What a trial can be judged by: every objective, declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

__all__ = ["OBJECTIVES", "Objective", "ObjectiveName"]

Direction = Literal["minimize", "maximize"]


@dataclass(frozen=True)
class Objective:
    """A number of a trial that a study can ask to be small, or large.

    Attributes:
        name: as study files write it.
        label: as people read it, e.g. on an axis.
        field: where records hold it: of a plan (``PlanRecord``), or of the validation
            scores (``Scores``).
        measured: it is one of the validation scores, a mean over seeds; else the plan tells it.
        direction: which way is better.
        typical: what autoencoders of natural pictures give, for a candidate that isn't trained.
        each_epoch: whether every epoch tells it, so that a training can be judged before its end.
    """

    name: str
    label: str
    field: str
    measured: bool = False
    direction: Direction = "minimize"
    typical: float = 0.0
    each_epoch: bool = False

    @property
    def column(self) -> str:
        """What tables call it."""
        return f"val_{self.field}" if self.measured else self.field

    @property
    def sign(self) -> float:
        """Times it, less is better."""
        return -1.0 if self.direction == "maximize" else 1.0


OBJECTIVES: Mapping[str, Objective] = MappingProxyType(
    {
        one.name: one
        for one in (
            Objective(
                "val.mse", "validation MSE", "mse", measured=True, typical=0.03, each_epoch=True
            ),
            Objective(
                "val.psnr",
                "validation PSNR (dB)",
                "psnr",
                measured=True,
                direction="maximize",
                typical=15.0,
                each_epoch=True,
            ),
            Objective(
                "val.ssim",
                "validation SSIM",
                "ssim",
                measured=True,
                direction="maximize",
                typical=0.5,
            ),
            Objective("latent.size", "latent size", "latent_size"),
            Objective("latent.effective_size", "effective latent size", "effective_size"),
            Objective("bottleneck.size", "bottleneck size", "bottleneck_size"),
            Objective("latent.channels", "latent channels", "latent_channels"),
            Objective("latent.height", "latent height", "latent_height"),
            Objective("latent.width", "latent width", "latent_width"),
            Objective("params", "parameters", "params"),
            Objective("macs", "multiply-adds a picture", "macs"),
            Objective("encoder_depth", "encoder depth", "encoder_depth"),
        )
    }
)
"""By name, in the order of their listing."""

if TYPE_CHECKING:
    ObjectiveName = str
else:
    ObjectiveName = Literal[tuple(OBJECTIVES)]
