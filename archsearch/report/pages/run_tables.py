"""Trained runs as tables and JSON for programs: ``runs.csv``, ``epochs.csv``, ``summary.json``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archsearch.config import planned
from archsearch.records import ColorScores, convergence, no_better_than_guess
from archsearch.report.runs import TrainedRun

__all__ = ["epochs_csv", "run_json", "runs_csv"]


def run_json(run: TrainedRun) -> dict[str, object]:
    """The numbers of one run; baselines are test MSEs."""
    result = run.result
    ended = convergence(result)
    return {
        "run": run.name,
        "task": result.task,
        "seed": result.seed,
        "epochs": result.epochs,
        "weights_epoch": result.kept_epoch,
        **{each.column: getattr(run.plan, each.column) for each in planned("spread")},
        "train": {"mse": result.train_mse},
        "val": result.val.model_dump(),
        "test": result.test.model_dump(),
        "baselines": result.baselines.tests(),
        "seconds": result.seconds,
        "collapsed": result.collapsed,
        "variance_share": result.variance_share,
        "no_better_than_guess": no_better_than_guess(result),
        "not_converged": None if ended is None else ended.failed,
        "data_fingerprint": result.data_fingerprint,
    }


def runs_csv(runs: Iterable[TrainedRun]) -> str:
    """One row for each run: the same numbers, nested keys joined."""
    return _csv([dict(_flattened(run_json(run))) for run in runs])


def epochs_csv(runs: Iterable[TrainedRun]) -> str:
    """One row for each epoch of each run."""
    return _csv(
        [
            {"run": run.name, "seed": run.result.seed, **epoch.model_dump()}
            for run in runs
            for epoch in run.result.history
        ]
    )


def _flattened(numbers: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Nested keys joined; ``color`` always with all of its keys, so that rows are alike."""
    for key, value in numbers.items():
        if key == "color":
            yield from (value or dict.fromkeys(ColorScores.model_fields)).items()  # type: ignore[attr-defined]
        elif isinstance(value, dict):
            yield from ((f"{key}_{inner}", number) for inner, number in _flattened(value))
        else:
            yield key, value


def _csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows of one table, with the columns of the first and any that a later row adds."""
    text = io.StringIO()
    if rows:
        columns = dict.fromkeys(column for row in rows for column in row)
        writer = csv.DictWriter(text, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()
