"""A run as a record: reading it from its directory, and writing its plain files."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from archsearch.config.run_settings import RunSettings
from archsearch.errors import InputError, NewerVersionError, UnreadableError
from archsearch.files import write_text
from archsearch.printable import in_utf_8
from archsearch.records.extensions import require_extensions
from archsearch.records.outcome import convergence, no_better_than_guess
from archsearch.records.reading import DECODING_ERRORS, first_problem, read_stored
from archsearch.records.record import Record, ReprParts
from archsearch.records.results import EpochRecord, RunResult
from archsearch.records.run_files import (
    CONFIG_FILE,
    HISTORY_FILE,
    SPEC_FILE,
    VERSION,
    RunFiles,
    how_to_remake,
    write_metrics,
)

__all__ = [
    "RunRecord",
    "config_json",
    "history_csv",
    "load_run",
    "metrics",
    "read_history",
    "read_result",
    "read_run",
    "write_run",
]


class RunRecord(Record):
    """One training: ``spec`` is YAML that gives its model again.

    ``extensions`` are who declared what archsearch hasn't.
    """

    name: Annotated[str, AfterValidator(in_utf_8)]
    spec: str
    settings: RunSettings
    result: RunResult
    extensions: dict[str, str] = Field(default_factory=dict)

    def __repr_args__(self) -> ReprParts:
        """The name, and what tells its result from others."""
        yield "name", self.name
        yield from self.result.__repr_args__()

    def _repr_html_(self) -> str:
        """The errors over those of baselines, for notebooks."""
        return self.result.to_html(self.name)


def metrics(
    name: str, result: RunResult, extensions: Mapping[str, str] | None = None
) -> dict[str, object]:
    """What ``metrics.json`` says of a run; baselines there are test MSEs.

    The key ``result`` holds all of ``result`` but its history, which has a
    file of its own.
    """
    ended = convergence(result)
    return {
        "version": VERSION,
        "run": name,
        "task": result.task,
        "seed": result.seed,
        "splits": result.splits,
        "epochs": result.epochs,
        "weights_epoch": result.kept_epoch,
        "train": {"mse": result.train_mse},
        "val": result.val.model_dump(),
        "test": result.test.model_dump(),
        "baselines": result.baselines.tests(),
        "images_per_s": result.images_per_s,
        "seconds": result.seconds,
        "device": result.environment.device,
        "threads": result.environment.threads,
        "engine": result.environment.engine,
        "engine_reason": result.environment.engine_reason,
        "versions": result.environment.versions,
        "machine": result.environment.machine,
        "data_fingerprint": result.data_fingerprint,
        "collapsed": result.collapsed,
        "no_better_than_guess": no_better_than_guess(result),
        "not_converged": None if ended is None else ended.failed,
        "result": result.model_dump(exclude={"history"}),
        **({"extensions": dict(extensions)} if extensions else {}),
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


def config_json(settings: RunSettings) -> str:
    """``config.json``: every setting of a run."""
    return settings.model_dump_json(indent=2) + "\n"


def write_run(
    folder: Path,
    run: RunRecord,
    names: Collection[str] = (SPEC_FILE, CONFIG_FILE, HISTORY_FILE),
) -> None:
    """Write the run's plain files, each atomically: those of ``names``, ``metrics.json`` last.

    So a directory with a ``metrics.json`` is a finished run. It holds the checksums
    of all files, so weights and figures are written before.
    """
    texts = {
        SPEC_FILE: run.spec,
        CONFIG_FILE: config_json(run.settings),
        HISTORY_FILE: history_csv(run.result.history),
    }
    for name, text in texts.items():
        if name in names:
            write_text(folder / name, text)
    write_metrics(folder, metrics(run.name, run.result, run.extensions))


def load_run(folder: Path) -> RunRecord:
    """The finished run in ``folder``; that it has no checksums, as in earlier versions, is logged.

    Raises:
        InputError: no such folder, an unfinished run, or files that aren't a run's.
        DamagedFileError: a file is missing, or isn't what was written there.
        NewerVersionError: a newer archsearch wrote it.
    """
    files = RunFiles(folder)
    files.note_unchecked()
    return read_run(files)


def read_run(files: RunFiles) -> RunRecord:
    """The run that ``files`` are of.

    Raises:
        DamagedFileError: a file is missing, or isn't what was written there.
        ExtensionError: it was made with extensions that aren't here.
        InputError: its files aren't a run's.
    """
    extensions = files.extensions
    require_extensions(extensions, str(files.folder))
    spec, config = files.read(SPEC_FILE), files.read(CONFIG_FILE)
    history = files.read(HISTORY_FILE)
    try:
        result = read_result(files.numbers)
        return RunRecord(
            name=str(files.numbers["run"]),
            spec=spec.decode(),
            settings=read_stored(RunSettings, CONFIG_FILE, config),
            result=result.model_copy(update={"history": read_history(history, result.epochs)}),
            extensions=extensions,
        )
    except NewerVersionError:
        raise
    except (UnreadableError, *DECODING_ERRORS) as error:
        raise InputError(
            f"{files.folder} isn't a run that can be read: {first_problem(error)}",
            help=how_to_remake(files.folder),
        ) from error


def read_result(numbers: Mapping[str, object]) -> RunResult:
    """What ``metrics.json`` says of a run, without its history.

    Raises:
        ValueError, TypeError, KeyError: these aren't the numbers of a run.
    """
    return RunResult.model_validate(dict(numbers["result"]) | {"history": ()})  # type: ignore[call-overload]


def read_history(content: bytes, epochs: int) -> tuple[EpochRecord, ...]:
    """The rows of a ``history.csv``.

    Args:
        content: of the file.
        epochs: how many there must be.

    Raises:
        ValueError: it doesn't have one row for each epoch, in their order.
    """
    rows = csv.DictReader(io.StringIO(content.decode()))
    history = tuple(EpochRecord.model_validate(row) for row in rows)
    if [row.epoch for row in history] != list(range(1, epochs + 1)):
        raise ValueError(f"{HISTORY_FILE} doesn't have epochs 1 to {epochs} in this order")
    return history
