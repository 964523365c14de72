"""The trainer that studies use: pictures from the cache, ``train.fit`` on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from archsearch.config import (
    DataSettings,
    RunSettings,
    check_task,
    kind_of,
    needs_rgb,
    pictures_of,
)
from archsearch.config.trackers import LogSettings
from archsearch.records import Baselines, Curves, EpochRecord, PatchPoint
from archsearch.spec import ModelPlan
from archsearch.spec.plan.model import Latent
from archsearch.study.training.trainer import Job, Prepared, Trained, code_key

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["PictureTrainer"]


@dataclass(frozen=True)
class PictureTrainer:
    """Trains on the study's pictures.

    Attributes:
        base: the folder that a relative ``folder:`` source starts from.
        device: ``cpu``, ``mps``, ``cuda`` or ``cuda:N``.
        log: trackers that are told of each training.
        study: the study's name, which they group by.
        modules: what takes long to import, of archsearch's and of Optuna's storage.
    """

    base: Path
    device: str = "cpu"
    log: LogSettings | None = None
    study: str = ""
    modules: ClassVar[Sequence[str]] = (
        "archsearch.train",
        "llvmlite.binding",
        "sqlalchemy.orm",
        "alembic.command",
    )

    def prepare(self, settings: RunSettings, plans: Sequence[ModelPlan]) -> Prepared:
        """Decode the pictures into the cache and measure PCA, patch PCA and the channel mean."""
        from archsearch.tasks import check_loss
        from archsearch.train import kept_baselines

        size = plans[0].input
        check_loss(plans[0], settings)
        check_task(settings.task, settings.train, size.height, size.width)
        pictures = self._pictures(settings, plans[0])
        same_input = [plan for plan in plans if plan.input == plans[0].input]
        codes = {code_key(plan): plan for plan in same_input}
        latents = [plan.latent for plan in codes.values()]
        measured = kept_baselines(settings, pictures, [*codes.values()])
        return Prepared(
            curves=_curves(settings, pictures, latents, measured),
            baselines=dict(zip(codes, measured, strict=True)),
            source_note=pictures.note,
            fingerprint=pictures.fingerprint,
        )

    def warm_up(self, settings: RunSettings, plan: ModelPlan) -> str:
        """Load torch, map the pictures, and keep memory from one training to the next.

        Raises:
            InputError: this host lacks the device, or the recipe's precision or engine.
        """
        from archsearch.train import (  # takes seconds
            check_device,
            check_precision,
            engine_for,
            keep_memory,
        )

        check_device(self.device)
        check_precision(settings.train.precision, self.device)
        engine_for(plan, settings, self.device)
        keep_memory()
        return self._pictures(settings, plan).fingerprint

    def train(self, job: Job) -> Trained:
        """One ``train.fit``, with a grid of sample pictures."""
        from archsearch.records.sample_grid import sample_grid_png
        from archsearch.train import fit, worker_device
        from archsearch.train.trackers import Tracked, tracking

        latent = job.plan.latent.size
        name = f"{job.plan.name}-latent-{latent}-{job.plan.key[:8]}-seed-{job.seed}"
        places = [re.sub(r"[^\w.+-]+", "-", part).strip(".-") for part in (self.study, name)]
        folder = Path.cwd().joinpath("runs", "trackers", *places)
        told = Tracked.of(name, folder, job.plan, job.settings, self.study)
        with tracking(self.log, told) as tracked:

            def each_epoch(row: EpochRecord) -> None:
                tracked.epoch(row)
                job.on_epoch(row)

            run = fit(
                job.plan,
                job.settings,
                self._pictures(job.settings, job.plan),
                seed=job.seed,
                threads=job.threads,
                device=worker_device(self.device),
                on_epoch=each_epoch,
                on_note=job.on_note,
                baselines=job.baselines,
            )
            tracked.result(run)
        return Trained(run.result, sample_grid_png(run.samples))

    def _pictures(self, settings: RunSettings, plan: ModelPlan) -> Pictures:
        size = plan.input
        channels = pictures_of(plan, settings.task)
        task = settings.task.name if needs_rgb(settings.task) else None
        return _load(_Wanted(settings.data, channels, size.height, size.width, self.base, task))


@dataclass(frozen=True)
class _Wanted:
    """Pictures; equal for all tasks that learn from the same ones."""

    data: DataSettings
    channels: int
    height: int
    width: int
    base: Path
    color_task: str | None = field(compare=False)


@lru_cache(maxsize=1)
def _load(wanted: _Wanted) -> Pictures:
    """Memory-mapped, so held once for all trainings of a process and shared by processes."""
    from archsearch.data import load_pictures

    return load_pictures(
        wanted.data,
        height=wanted.height,
        width=wanted.width,
        channels=wanted.channels,
        base=wanted.base,
        color_task=wanted.color_task,
    )


def _curves(
    settings: RunSettings,
    pictures: Pictures,
    latents: Sequence[Latent],
    measured: Sequence[Baselines],
) -> Curves:
    """Errors of linear codes over their size, where the task has them as baselines."""
    mean = measured[0].pair("channel_mean")
    if "pca" not in kind_of(settings.task).baselines:
        return Curves(channel_mean=mean)
    from archsearch.train import kept_pca_curve

    dimensions = pictures.images_NCHW[0].numel()
    powers = [2**exponent for exponent in range(dimensions.bit_length())]
    wanted = {*powers, dimensions, *(latent.size for latent in latents)}
    sizes = sorted(k for k in wanted if k <= dimensions)
    patches = {
        PatchPoint(latent.size, f"{latent.height}x{latent.width}x{latent.channels}", *pair)
        for latent, found in zip(latents, measured, strict=True)
        if (pair := found.pair("patch_pca")) is not None
    }
    return Curves(
        pca=kept_pca_curve(settings, pictures, sizes, mean),
        patch_pca=tuple(sorted(patches)),
        channel_mean=mean,
    )
