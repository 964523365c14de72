"""Weights & Biases: a run of a project; epochs are its x axis, not the order of calls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archsearch.config.trackers import WandbSettings
from archsearch.records.results import EpochRecord
from archsearch.train.trackers.tracking import Tracked, Tracker

__all__ = ["start"]


class _Wandb:
    def __init__(self, run: Any) -> None:
        self._run = run

    def epoch(self, row: EpochRecord) -> None:
        self._run.log(row.model_dump())

    def result(self, scores: Mapping[str, float], files: Mapping[str, Path]) -> None:
        import wandb

        self._run.log({"pictures": wandb.Image(str(files["pictures.png"]))})
        self._run.summary.update(dict(scores))
        model = wandb.Artifact(f"model-{self._run.id}", type="model")
        for name in ("model.safetensors", "spec.yaml"):
            model.add_file(str(files[name]))
        self._run.log_artifact(model)

    def end(self, *, failed: bool) -> None:
        self._run.finish(exit_code=int(failed))


def start(told: Tracked, settings: WandbSettings) -> Tracker:
    """Begin a run; its files lie in the run directory."""
    import wandb

    told.folder.mkdir(parents=True, exist_ok=True)
    run = wandb.init(
        project=settings.project,
        entity=settings.entity,
        mode=settings.mode,
        name=told.name,
        group=told.group or None,
        dir=str(told.folder),
        config=dict(told.parameters),
        reinit="create_new",
        settings=wandb.Settings(silent=True, console="off"),
    )
    run.define_metric("*", step_metric="epoch")
    return _Wandb(run)
