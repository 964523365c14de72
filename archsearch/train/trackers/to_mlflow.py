"""MLflow: a run of an experiment, by its client, which has no state of the process."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archsearch.config.trackers import MlflowSettings
from archsearch.records.results import EpochRecord
from archsearch.train.trackers.tracking import Tracked, Tracker

__all__ = ["start"]


class _Mlflow:
    def __init__(self, client: Any, run_id: str) -> None:
        self._client = client
        self._run_id = run_id

    def epoch(self, row: EpochRecord) -> None:
        self._metrics(row.model_dump(exclude={"epoch"}), row.epoch)

    def result(self, scores: Mapping[str, float], files: Mapping[str, Path]) -> None:
        self._metrics(scores, 0)
        for path in files.values():
            self._client.log_artifact(self._run_id, str(path))

    def end(self, *, failed: bool) -> None:
        self._client.set_terminated(self._run_id, "FAILED" if failed else "FINISHED")

    def _metrics(self, values: Mapping[str, float], step: int) -> None:
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        told = [Metric(name, value, now, step) for name, value in values.items()]
        self._client.log_batch(self._run_id, metrics=told)


def start(told: Tracked, settings: MlflowSettings) -> Tracker:
    """Begin a run."""
    from mlflow import MlflowClient
    from mlflow.entities import Param

    client = MlflowClient(settings.tracking_uri)
    found = client.get_experiment_by_name(settings.experiment)
    experiment = found.experiment_id if found else client.create_experiment(settings.experiment)
    tags = {"study": told.group} if told.group else {}
    run_id = client.create_run(experiment, run_name=told.name, tags=tags).info.run_id
    client.log_batch(run_id, params=[Param(k, str(v)) for k, v in told.parameters.items()])
    return _Mlflow(client, run_id)
