"""A study as a table: one row a trial and seed, the columns of ``trials.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archsearch.records.outcome import convergence, no_better_than_guess
from archsearch.records.results import EpochRecord, RunResult, Scores
from archsearch.records.studies import SeedRecord, StudyRecord, TrialRecord, Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EPOCH_COLUMNS", "TRIAL_COLUMNS", "epochs_frame", "trials_frame"]

TRIAL_COLUMNS = (
    "number",
    "seed",
    "state",
    "reason",
    "collapsed",
    "latent_size",
    "effective_size",
    "bottleneck_size",
    "latent_channels",
    "latent_height",
    "latent_width",
    "params",
    "macs",
    "encoder_depth",
    "val_mse",
    "test_mse",
    "pca_val_mse",
    "pca_test_mse",
    "epochs",
    "seconds",
    "task",
    "chroma_mse",
    "desaturation",
    "delta_e",
    "variance_share",
    "no_better_than_guess",
    "not_converged",
)
EPOCH_COLUMNS = (
    "number",
    "seed",
    "state",
    "key",
    "latent_size",
    "params",
    "macs",
    *EpochRecord.model_fields,
)
_WHOLE = (
    "number",
    "seed",
    "latent_size",
    "effective_size",
    "bottleneck_size",
    "latent_channels",
    "latent_height",
    "latent_width",
    "params",
    "macs",
    "encoder_depth",
    "epochs",
)
_COLOR = ("chroma_mse", "desaturation", "delta_e")
_REAL = (
    *("val_mse", "test_mse", "pca_val_mse", "pca_test_mse", "seconds"),
    *(*_COLOR, "variance_share"),
)
_WHETHER = ("collapsed", "no_better_than_guess", "not_converged")


def trials_frame(study: StudyRecord) -> pd.DataFrame:
    """One row for each trial and seed; a trial with no ended seed has one row without.

    ``state`` is the trial's, so rows of ``complete`` trials have all their
    seeds. Errors are MSE in [0, 1], times seconds; color scores are of the
    test split. After the fixed columns come ``val_NAME`` and ``test_NAME`` of each metric that
    ``train.metrics`` names, then ``space.NAME`` for each searched name, then
    ``key``, which is equal for equal architectures, and ``trunk``, which is equal where they
    differ in the size of their code alone. What is unknown is missing, never a stand-in.
    """
    import pandas as pd

    searched = _searched(study)
    metrics = _metric_columns(study)
    columns = [*TRIAL_COLUMNS, *metrics, *(f"space.{name}" for name in searched), "key", "trunk"]
    rows = [
        _row(trial, seed, searched) for trial in study.trials for seed in trial.seeds or (None,)
    ]
    frame = pd.DataFrame(rows, columns=columns)
    types = dict.fromkeys(_WHOLE, "Int64") | dict.fromkeys((*_REAL, *metrics), "float64")
    return frame.astype(types | dict.fromkeys(_WHETHER, "boolean"))


def epochs_frame(study: StudyRecord) -> pd.DataFrame:
    """One row for each trial, seed and epoch of every run that ended with a result.

    A benchmark table: with ``key`` (equal for equal architectures) and sizes
    beside each epoch's learning rate, losses, errors (MSE) and seconds.
    """
    import pandas as pd

    rows = [
        (*_place(trial, seed), *(getattr(epoch, name) for name in EpochRecord.model_fields))
        for trial in study.trials
        for seed in trial.seeds
        if seed.result
        for epoch in seed.result.history
    ]
    return pd.DataFrame(rows, columns=list(EPOCH_COLUMNS))


def _place(trial: TrialRecord, seed: SeedRecord) -> tuple[object, ...]:
    plan = trial.plan
    sizes = (plan.key, plan.latent_size, plan.params, plan.macs) if plan else (None,) * 4
    return (trial.number, seed.seed, trial.state, *sizes)


def _searched(study: StudyRecord) -> list[str]:
    """Searched names in the order of the study file, then any other that a trial has."""
    space = study.settings.get("space")
    named = list(space) if isinstance(space, dict) else []
    found = (name for trial in study.trials for name in trial.values)
    return list(dict.fromkeys([*map(str, named), *found]))


def _metric_columns(study: StudyRecord) -> list[str]:
    """Of the metrics that any run has besides those that all have."""
    results = [seed.result for trial in study.trials for seed in trial.seeds if seed.result]
    names = dict.fromkeys(name for result in results for name in result.val.metrics or {})
    return [f"{split}_{name}" for name in names for split in ("val", "test")]


def _row(trial: TrialRecord, seed: SeedRecord | None, searched: list[str]) -> dict[str, object]:
    row: dict[str, object] = {
        "number": trial.number,
        "seed": seed.seed if seed else None,
        "state": trial.state,
        "reason": (seed.reason if seed else "") or trial.reason,
    }
    row |= _plan_part(trial) | _result_part(seed.result if seed else None)
    return row | {f"space.{name}": _cell(trial.values.get(name)) for name in searched}


def _plan_part(trial: TrialRecord) -> dict[str, object]:
    if trial.plan is None:
        return {}
    names = (*_WHOLE[2:-1], "key", "trunk")
    return {name: getattr(trial.plan, name) for name in names}


def _result_part(result: RunResult | None) -> dict[str, object]:
    if result is None:
        return {}
    ended = convergence(result)
    return {
        "collapsed": result.collapsed,
        "variance_share": result.variance_share,
        "no_better_than_guess": no_better_than_guess(result),
        "not_converged": None if ended is None else ended.failed,
        "val_mse": result.val.mse,
        "test_mse": result.test.mse,
        "pca_val_mse": result.baselines.pca_val,
        "pca_test_mse": result.baselines.pca_test,
        "epochs": result.epochs,
        "seconds": result.seconds,
        "task": result.task,
        **_color_part(result),
        **_metric_part("val", result.val),
        **_metric_part("test", result.test),
    }


def _color_part(result: RunResult) -> dict[str, object]:
    """Scores of the test split where colors are what is predicted."""
    color = result.test.color
    return {} if color is None else {name: getattr(color, name) for name in _COLOR}


def _metric_part(split: str, scores: Scores) -> dict[str, object]:
    return {f"{split}_{name}": value for name, value in (scores.metrics or {}).items()}


def _cell(value: Value | None) -> object:
    """A searched value as a table shows it; a pair as height×width."""
    return f"{value[0]}×{value[1]}" if isinstance(value, tuple) else value
