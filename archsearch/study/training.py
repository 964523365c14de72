"""The trainer that studies use: pictures from the cache, ``train.fit`` on them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from archsearch.config import DataSettings, RunSettings
from archsearch.records import Baselines, Curves, PatchPoint, PcaPoint
from archsearch.spec import ModelPlan
from archsearch.spec.plan import Latent
from archsearch.study.trainer import Job, Prepared, Trained

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from archsearch.data import Pictures

__all__ = ["PictureTrainer"]


@dataclass(frozen=True)
class PictureTrainer:
    """Trains on the study's pictures.

    Attributes:
        base: the folder that a relative ``folder:`` source starts from.
        channels: of the pictures.
    """

    base: Path
    channels: int = 3

    def prepare(self, settings: RunSettings, plans: Sequence[ModelPlan]) -> Prepared:
        """Decode the pictures into the cache and measure PCA, patch PCA and the channel mean."""
        from archsearch.tasks import baselines, check_loss

        check_loss(plans[0], settings.train)
        pictures = self._pictures(settings.data, plans[0])
        same_input = [plan for plan in plans if plan.input == plans[0].input]
        latents = list({_shape(plan.latent): plan.latent for plan in same_input}.values())
        measured = baselines(pictures, latents)
        return Prepared(
            curves=_curves(pictures, latents, measured),
            baselines={
                _shape(latent): found for latent, found in zip(latents, measured, strict=True)
            },
            source_note=pictures.note,
            fingerprint=pictures.fingerprint,
        )

    def warm_up(self, settings: RunSettings, plan: ModelPlan) -> str:
        """Load torch, map the pictures, and keep memory from one training to the next."""
        from archsearch.train import keep_memory  # importing it is what takes seconds

        keep_memory()
        return self._pictures(settings.data, plan).fingerprint

    def train(self, job: Job) -> Trained:
        """One ``train.fit``, with a strip of reconstructions."""
        from archsearch.train import fit

        run = fit(
            job.plan,
            job.settings,
            self._pictures(job.settings.data, job.plan),
            seed=job.seed,
            threads=job.threads,
            on_epoch=job.on_epoch,
            baselines=job.baselines,
        )
        return Trained(run.result, _strip(run.samples))

    def _pictures(self, data: DataSettings, plan: ModelPlan) -> Pictures:
        return _load(data, self.channels, plan.input.height, plan.input.width, self.base)


@lru_cache(maxsize=1)
def _load(data: DataSettings, channels: int, height: int, width: int, base: Path) -> Pictures:
    """Memory-mapped, so held once for all trainings of a process and shared by processes."""
    from archsearch.data import load_pictures

    return load_pictures(data, height=height, width=width, channels=channels, base=base)


def _shape(latent: Latent) -> str:
    return f"{latent.channels}x{latent.height}x{latent.width}"


def _curves(pictures: Pictures, latents: Sequence[Latent], measured: Sequence[Baselines]) -> Curves:
    from archsearch.tasks import pca_curve

    dimensions = pictures.images_NCHW[0].numel()
    powers = [2**exponent for exponent in range(dimensions.bit_length())]
    wanted = {*powers, dimensions, *(latent.size for latent in latents)}
    errors = pca_curve(pictures, sorted(k for k in wanted if k <= dimensions))
    patches = [
        PatchPoint(
            latent.size,
            f"{latent.height}x{latent.width}x{latent.channels}",
            found.patch_pca_val,
            found.patch_pca_test,
        )
        for latent, found in zip(latents, measured, strict=True)
        if found.patch_pca_val is not None and found.patch_pca_test is not None
    ]
    return Curves(
        pca=tuple(PcaPoint(k, error[0], error[1]) for k, error in sorted(errors.items())),
        patch_pca=tuple(sorted(patches)),
        channel_mean=(measured[0].channel_mean_val, measured[0].channel_mean_test),
    )


def _strip(samples: NDArray[numpy.uint8]) -> bytes:
    """Rows of pictures (R×N×H×W×3) side by side as one PNG."""
    from PIL import Image

    rows, count, height, width, channels = samples.shape
    strip = samples.transpose(0, 2, 1, 3, 4).reshape(rows * height, count * width, channels)
    file = io.BytesIO()
    Image.fromarray(strip).save(file, "PNG")
    return file.getvalue()
