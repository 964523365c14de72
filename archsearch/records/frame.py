"""A study as a table: one row a trial and seed, the columns of ``trials.csv``."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from archsearch.config.metrics import METRICS
from archsearch.config.quantities import PLANNED, planned
from archsearch.records.outcome import convergence, no_better_than_guess
from archsearch.records.result_columns import (
    COLORS,
    SPLITS,
    baseline_columns,
    code_columns,
    color_columns,
    score_columns,
)
from archsearch.records.results import EpochRecord, RunResult
from archsearch.records.studies import SeedRecord, StudyRecord, TrialRecord, Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EPOCH_COLUMNS", "TRIAL_COLUMNS", "epochs_frame", "trials_frame"]

_WHOLE, _REAL, _WHETHER, _TEXT = "Int64", "float64", "boolean", ""
_PLAN = {each.column: _WHOLE if each.whole else _REAL for each in PLANNED}
_COLOR = dict.fromkeys(COLORS, _REAL)
_TYPES = {
    **{"number": _WHOLE, "seed": _WHOLE, "state": _TEXT, "reason": _TEXT, "collapsed": _WHETHER},
    **_PLAN,
    **dict.fromkeys((f"{split}_{name}" for name in METRICS.builtin for split in SPLITS), _REAL),
    **dict.fromkeys(("pca_val_mse", "pca_test_mse"), _REAL),
    **{"epochs": _WHOLE, "seconds": _REAL, "task": _TEXT},
    **_COLOR,
    **{"variance_share": _REAL, "no_better_than_guess": _WHETHER, "not_converged": _WHETHER},
    **{"weights_epoch": _WHOLE},
}
TRIAL_COLUMNS = tuple(_TYPES)
_BRIEF = tuple(each.column for each in planned("brief"))
EPOCH_COLUMNS = ("number", "seed", "state", "key", *_BRIEF, *EpochRecord.model_fields)


def trials_frame(study: StudyRecord) -> pd.DataFrame:
    """One row for each trial and seed; a trial with no ended seed has one row without.

    ``state`` is the trial's, so rows of ``complete`` trials have all their
    seeds. Errors are MSE in [0, 1], times seconds; color scores are of the
    test split. After the fixed columns come ``val_NAME`` and ``test_NAME`` of other metrics that
    were measured, ``NAME_val_mse`` and ``NAME_test_mse`` of other baselines, ``codes_NAME`` of the
    latent codes (:class:`archsearch.records.LatentCodes`), ``space.NAME`` for each searched name,
    then ``key``, which is equal for equal architectures, and ``trunk``, which is equal where they
    differ in the size of their code alone. What is unknown is missing, never a stand-in.

    Example:
        >>> frame = archsearch.trials_frame(record)  # doctest: +SKIP
        >>> frame[["number", "seed", "latent_size", "params", "test_mse"]]  # doctest: +SKIP
    """
    import pandas as pd

    searched = [f"space.{name}" for name in _searched(study)]
    others = dict.fromkeys(_others(study), _REAL)
    rows = [_row(trial, seed) for trial in study.trials for seed in trial.seeds or (None,)]
    frame = pd.DataFrame(rows, columns=[*TRIAL_COLUMNS, *others, *searched, "key", "trunk"])
    return frame.astype({name: type for name, type in (_TYPES | others).items() if type})


def epochs_frame(study: StudyRecord) -> pd.DataFrame:
    """One row for each trial, seed and epoch of every run that ended with a result.

    A benchmark table: with ``key`` (equal for equal architectures) and sizes
    beside each epoch's learning rate, losses, errors (MSE) and seconds.
    """
    import pandas as pd

    fields = attrgetter(*EpochRecord.model_fields)
    rows = [
        (*place, *fields(epoch))
        for trial in study.trials
        for seed in trial.seeds
        if seed.result
        for place in [_place(trial, seed)]
        for epoch in seed.result.history
    ]
    return pd.DataFrame(rows, columns=list(EPOCH_COLUMNS))


def _place(trial: TrialRecord, seed: SeedRecord) -> tuple[object, ...]:
    plan = trial.plan
    sizes = (getattr(plan, name, None) for name in ("key", *_BRIEF))
    return (trial.number, seed.seed, trial.state, *sizes)


def _searched(study: StudyRecord) -> list[str]:
    """Searched names in the order of the study file, then any other that a trial has."""
    space = study.settings.get("space")
    named = list(space) if isinstance(space, dict) else []
    found = (name for trial in study.trials for name in trial.values)
    return list(dict.fromkeys([*map(str, named), *found]))


def _others(study: StudyRecord) -> list[str]:
    """Columns of the metrics, baselines and codes that any run has beside those of every run."""
    parts = (score_columns, baseline_columns, code_columns)
    columns = dict.fromkeys(
        column for part in parts for result in study.results for column in part(result)
    )
    return [column for column in columns if column not in _TYPES]


def _row(trial: TrialRecord, seed: SeedRecord | None) -> dict[str, object]:
    row: dict[str, object] = {
        "number": trial.number,
        "seed": seed.seed if seed else None,
        "state": trial.state,
        "reason": (seed.reason if seed else "") or trial.reason,
    }
    row |= _plan_part(trial) | _result_part(seed.result if seed else None)
    return row | {f"space.{name}": _cell(value) for name, value in trial.values.items()}


def _plan_part(trial: TrialRecord) -> dict[str, object]:
    if trial.plan is None:
        return {}
    return {name: getattr(trial.plan, name) for name in (*_PLAN, "key", "trunk")}


def _result_part(result: RunResult | None) -> dict[str, object]:
    if result is None:
        return {}
    ended = convergence(result)
    return {
        "collapsed": result.collapsed,
        "variance_share": result.variance_share,
        "no_better_than_guess": no_better_than_guess(result),
        "not_converged": None if ended is None else ended.failed,
        **score_columns(result),
        **baseline_columns(result),
        **code_columns(result),
        "epochs": result.epochs,
        "weights_epoch": result.kept_epoch,
        "seconds": result.seconds,
        "task": result.task,
        **color_columns(result),
    }


def _cell(value: Value | None) -> object:
    """A searched value as a table shows it; a pair as height×width."""
    return f"{value[0]}×{value[1]}" if isinstance(value, tuple) else value
