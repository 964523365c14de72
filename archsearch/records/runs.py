"""A run directory: the names of its files, and reading and writing the plain ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

from archsearch.config.settings import RunSettings
from archsearch.errors import InputError, NewerVersionError, UnreadableError
from archsearch.files import write_text
from archsearch.records.gate import (
    DECODING_ERRORS,
    check_version,
    first_problem,
    read_stored,
)
from archsearch.records.results import EpochRecord, Record, RunResult

__all__ = [
    "CONFIG_FILE",
    "HISTORY_FILE",
    "METRICS_FILE",
    "SPEC_FILE",
    "STRIP_FILE",
    "RunRecord",
    "history_csv",
    "load_run",
    "metrics",
    "write_run",
]

VERSION = 1
"""Of a run directory's files, as ``metrics.json`` says; what is older reads on."""

SPEC_FILE = "spec.yaml"
CONFIG_FILE = "config.json"
HISTORY_FILE = "history.csv"
METRICS_FILE = "metrics.json"
STRIP_FILE = "strip.png"
"""Test pictures over what was made of them, without a gap: reports show it."""


class RunRecord(Record):
    """One training: ``spec`` is YAML that gives its model again."""

    name: str
    spec: str
    settings: RunSettings
    result: RunResult


def metrics(name: str, result: RunResult) -> dict[str, object]:
    """What ``metrics.json`` says of a run; baselines there are test MSEs.

    The key ``result`` holds all of ``result`` but its history, which has a
    file of its own.
    """
    baselines = result.baselines
    return {
        "version": VERSION,
        "run": name,
        "task": result.task,
        "seed": result.seed,
        "splits": result.splits,
        "epochs": result.epochs,
        "train": {"mse": result.train_mse},
        "val": result.val.model_dump(),
        "test": result.test.model_dump(),
        "baselines": {
            "channel_mean": baselines.channel_mean_test,
            "pca": baselines.pca_test,
            "patch_pca": baselines.patch_pca_test,
            "untouched": baselines.untouched_test,
            "linear": baselines.linear_test,
            "gray_copy": baselines.gray_copy_test,
            "mean_chroma": baselines.mean_chroma_test,
        },
        "images_per_s": result.images_per_s,
        "seconds": result.seconds,
        "device": result.environment.device,
        "threads": result.environment.threads,
        "versions": result.environment.versions,
        "machine": result.environment.machine,
        "data_fingerprint": result.data_fingerprint,
        "collapsed": result.collapsed,
        "result": result.model_dump(exclude={"history"}),
    }


def history_csv(history: Iterable[EpochRecord]) -> str:
    """``history.csv``: one row an epoch, numbers so that they read back exactly.

    Example:
        >>> print(history_csv([]), end="")
        epoch,lr,train_loss,train_mse,val_mse,seconds
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, list(EpochRecord.model_fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(epoch.model_dump() for epoch in history)
    return text.getvalue()


def write_run(folder: Path, run: RunRecord) -> None:
    """Write the run's plain files, each atomically, ``metrics.json`` last.

    So a directory with a ``metrics.json`` is a finished run.
    """
    write_text(folder / SPEC_FILE, run.spec)
    write_text(folder / CONFIG_FILE, run.settings.model_dump_json(indent=2) + "\n")
    write_text(folder / HISTORY_FILE, history_csv(run.result.history))
    numbers = json.dumps(metrics(run.name, run.result), indent=2, allow_nan=False)
    write_text(folder / METRICS_FILE, numbers + "\n")


def load_run(folder: Path) -> RunRecord:
    """The finished run in ``folder``.

    Raises:
        InputError: no such folder, an unfinished run, or files that aren't a run's.
        NewerVersionError: a newer archsearch wrote it.
    """
    if not (folder / METRICS_FILE).is_file():
        raise InputError(
            f"no finished run in {folder} ({METRICS_FILE} is missing)",
            help="name the folder that `archsearch train` wrote; an unfinished run goes on "
            "with the same command",
        )
    try:
        numbers = json.loads(_read(folder / METRICS_FILE))
        check_version(str(folder / METRICS_FILE), numbers, newest=VERSION)
        rows = list(csv.DictReader(io.StringIO(_read(folder / HISTORY_FILE))))
        return RunRecord(
            name=numbers["run"],
            spec=_read(folder / SPEC_FILE),
            settings=read_stored(RunSettings, CONFIG_FILE, _read(folder / CONFIG_FILE)),
            result=RunResult.model_validate(numbers["result"] | {"history": rows}),
        )
    except NewerVersionError:
        raise
    except (OSError, UnreadableError, *DECODING_ERRORS) as error:
        raise InputError(
            f"{folder} isn't a run that can be read: {first_problem(error)}",
            help="train it again into another folder with --out",
        ) from error


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
