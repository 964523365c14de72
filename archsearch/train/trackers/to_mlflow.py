"""MLflow: a run of an experiment, by its client, which has no state of the process."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any
from warnings import catch_warnings, simplefilter

import platformdirs

from archsearch.config.trackers import MlflowSettings
from archsearch.locks import locked
from archsearch.records.results import EpochRecord
from archsearch.train.trackers.tracking import Finished, Tracked, Tracker

__all__ = ["start"]


class _Mlflow:
    def __init__(self, client: Any, run_id: str) -> None:
        self._client = client
        self._run_id = run_id

    def epoch(self, row: EpochRecord) -> None:
        self._metrics(row.model_dump(exclude={"epoch"}), row.epoch)

    def result(self, finished: Finished) -> None:
        self._metrics(finished.scores, finished.epochs)
        for path in (finished.pictures, finished.model, finished.spec):
            self._client.log_artifact(self._run_id, str(path))

    def end(self, *, failed: bool) -> None:
        self._client.set_terminated(self._run_id, "FAILED" if failed else "FINISHED")

    def _metrics(self, values: Mapping[str, float], step: int) -> None:
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        told = [Metric(name, value, now, step) for name, value in values.items()]
        self._client.log_batch(self._run_id, metrics=told)


def _experiment(client: Any, name: str) -> str:
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return str(client.create_experiment(name))
        except MlflowException:
            found = client.get_experiment_by_name(name)
            if found is None:  # else another host has just made it
                raise
    return str(found.experiment_id)


def start(told: Tracked, settings: MlflowSettings) -> Tracker:
    """Begin a run; one process at a time, as MLflow's tables and experiments are made by the first.

    Raises:
        MlflowException: no server or database that it can use.
    """
    # Before the import: it says at INFO what it does, and at the end of a run, on stdout, where
    # a server shows it; but this process's output isn't its own.
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    with locked(platformdirs.user_cache_path("archsearch") / "mlflow.lock"), catch_warnings():
        simplefilter("ignore")
        return _started(told, settings)


def _started(told: Tracked, settings: MlflowSettings) -> Tracker:
    from mlflow import MlflowClient
    from mlflow.entities import Param

    client = MlflowClient(settings.tracking_uri)
    experiment = _experiment(client, settings.experiment)
    tags = {"study": told.group} if told.group else {}
    run_id = client.create_run(experiment, run_name=told.name, tags=tags).info.run_id
    client.log_batch(run_id, params=[Param(k, str(v)) for k, v in told.parameters.items()])
    return _Mlflow(client, run_id)
