"""Telling trackers of a training; whatever fails there is said once and stops nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from archsearch.config import RunSettings
from archsearch.config.base import Settings
from archsearch.config.trackers import LogSettings
from archsearch.errors import WriteError
from archsearch.nn import save_weights
from archsearch.records import plan_record
from archsearch.records.layout import FLAT
from archsearch.records.result_columns import known_numbers
from archsearch.records.results import EpochRecord
from archsearch.records.sample_grid import sample_grid_png
from archsearch.spec import to_yaml
from archsearch.spec.plan.model import ModelPlan
from archsearch.train.fit import TrainedRun

__all__ = ["Finished", "Tracked", "Tracker", "Tracking", "tracking"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tracked:
    """What trackers are told of a training at its start.

    Attributes:
        name: the run's.
        group: the study's name, or "".
        folder: where files of the run lie.
        parameters: plain values by dotted name.
        spec: YAML of the model.
    """

    name: str
    group: str
    folder: Path
    parameters: Mapping[str, str | int | float | bool]
    spec: str

    @classmethod
    def of(
        cls, name: str, folder: Path, plan: ModelPlan, settings: RunSettings, group: str = ""
    ) -> Tracked:
        """Give it of a training's plan and settings."""
        record = plan_record(plan)
        sizes = {name: getattr(record, name) for name in FLAT}
        told = {**sizes, **dict(_flat("", settings.model_dump(mode="json")))}
        return cls(name, group, folder, told, to_yaml(plan))


@dataclass(frozen=True)
class Finished:
    """What trackers are told at the end of a training.

    Attributes:
        epochs: how many there were.
        scores: final numbers by the columns of ``trials.csv``, but those that epochs told.
        pictures: a PNG file of test pictures.
        model: the weights, ``model.safetensors``.
        spec: the model's YAML, ``spec.yaml``.
    """

    epochs: int
    scores: Mapping[str, float]
    pictures: Path
    model: Path
    spec: Path

    @classmethod
    def write(cls, trained: TrainedRun, spec: str, folder: Path) -> Finished:
        """Give it of a training, with its files in ``folder``."""
        numbers = known_numbers(trained.result)
        scores = {name: numbers[name] for name in numbers if name not in EpochRecord.model_fields}
        names = ("pictures.png", "model.safetensors", "spec.yaml")
        made = cls(trained.result.epochs, scores, *(folder / name for name in names))
        made.pictures.write_bytes(sample_grid_png(trained.samples))
        save_weights(trained.model, made.model)
        made.spec.write_text(spec, encoding="utf-8")
        return made


class Tracker(Protocol):
    """A run in another program's records; made by a function ``start(told, settings)``."""

    def epoch(self, row: EpochRecord) -> None:
        """Add the numbers of an epoch."""

    def result(self, finished: Finished) -> None:
        """Add final scores, pictures and the model; the files are gone afterwards."""

    def end(self, *, failed: bool) -> None:
        """Close the run."""


class Tracking:
    """All trackers of one training.

    Args:
        log: which, or None.
        told: what they are told at the start.
    """

    def __init__(self, log: LogSettings | None, told: Tracked) -> None:
        self._told = told
        self._trackers: dict[str, Tracker] = {}
        self._seen: set[int] = set()
        for name, settings in () if log is None else log.used():
            self._attempt(name, partial(self._start, name, settings))

    def _start(self, name: str, settings: Settings) -> None:
        module = import_module(f"archsearch.train.trackers.to_{name}")
        self._trackers[name] = module.start(self._told, settings)

    def epoch(self, row: EpochRecord) -> None:
        """Tell of an epoch."""
        self._seen.add(row.epoch)
        self._each(lambda tracker: tracker.epoch(row))

    def result(self, trained: TrainedRun) -> None:
        """Tell of the end; of epochs too that another process trained."""
        if not self._trackers:
            return
        for row in trained.result.history:
            if row.epoch not in self._seen:
                self.epoch(row)
        try:
            self._tell_result(trained)
        except (OSError, WriteError) as error:  # no room for the files, say
            _log.warning("%s", _said(", ".join(self._trackers), error))

    def _tell_result(self, trained: TrainedRun) -> None:
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            finished = Finished.write(trained, self._told.spec, Path(folder))
            self._each(lambda tracker: tracker.result(finished))

    def end(self, *, failed: bool) -> None:
        """Close all."""
        self._each(lambda tracker: tracker.end(failed=failed))

    def _each(self, act: Callable[[Tracker], None]) -> None:
        for name, tracker in list(self._trackers.items()):
            self._attempt(name, partial(act, tracker))

    def _attempt(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # of any type: each library raises what it likes
            self._trackers.pop(name, None)
            _log.warning("%s", _said(name, error))


@contextmanager
def tracking(log: LogSettings | None, told: Tracked) -> Iterator[Tracking]:
    """Give what tells the trackers of ``train.log``; they are closed afterwards."""
    found = Tracking(log, told)
    try:
        yield found
    except BaseException:
        found.end(failed=True)
        raise
    found.end(failed=False)


def _said(name: str, error: Exception) -> str:
    first = (str(error).strip().splitlines() or [""])[0]
    if isinstance(error, ModuleNotFoundError):
        return f"no {name} here: pip install 'archsearch[{name}]'; the training goes on without it"
    return f"{name} fails ({type(error).__name__}: {first}); the training goes on without it"


def _flat(head: str, value: object) -> Iterator[tuple[str, str | int | float | bool]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{head}.{key}" if head else str(key), inner)
    elif isinstance(value, (str, int, float, bool)):
        yield head, value
    else:
        yield head, json.dumps(value)
