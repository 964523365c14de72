"""Each trial against the linear codes of its own size, and against each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from archsearch.config import BASELINES, LINEAR_CODES, OBJECTIVES, PLANNED
from archsearch.records import (
    Curves,
    LatentCodes,
    RunResult,
    StudyRecord,
    TrialRecord,
    objective_names,
    unknown_objectives,
)

__all__ = [
    "BETTER",
    "LEAKS",
    "NOT_BETTER",
    "beyond_pca",
    "equal_pca",
    "front_objectives",
    "trial_table",
]

BETTER = "linear code better"
NOT_BETTER = "linear code not better"
LEAKS = "not the only path"


def trial_table(
    study: StudyRecord, counted: Mapping[int, Collection[int]] = MappingProxyType({})
) -> pd.DataFrame:
    """One row for each trial, seeds averaged; errors missing where nothing ended.

    ``counted`` has the seeds that count of some trials, by their numbers; of others all do.

    Columns: number, state, reason, key, each quantity of the plan, seeds,
    val_mse, low and high (least and largest over seeds), test_mse, each baseline's
    validation MSE (``pca_val``, …, where the task has it), collapsed, verdict, equal_pca; and
    of the codes, the mean over seeds: active (units), rank, code_mse, mse_8bit, mse_4bit.

    ``verdict`` is ``linear code better`` where a linear code of the same size (PCA, or patch
    PCA of the same shape; where a task has no such code, the best linear map from the
    input through as many numbers) has a lower validation error: then training or the family
    leave capacity unused. Otherwise it is ``linear code not better``; but where
    the decoder also reads encoder layers, or the exact luminance is merged in, ``not the
    only path``: a code of the
    latent's size is no measure of what reaches that decoder.
    """
    equal = _equal_pca_by(study.curves)
    rows = [_row(trial, equal, counted.get(trial.number)) for trial in study.trials]
    others = {name: "float64" for row in rows for name in row if name not in _TYPES}
    types = _TYPES | others
    return pd.DataFrame(rows, columns=list(types)).astype(types)


_TYPES = {
    "number": "int64",
    "state": "object",
    "reason": "object",
    "key": "object",
    **{each.column: "float64" for each in PLANNED},
    "seeds": "int64",
    "val_mse": "float64",
    "low": "float64",
    "high": "float64",
    "test_mse": "float64",
    **{f"{name}_val": "float64" for name in BASELINES},
    "collapsed": "bool",
    "verdict": "object",
    "equal_pca": "float64",
    "active": "float64",
    "rank": "float64",
    "code_mse": "float64",
    "mse_8bit": "float64",
    "mse_4bit": "float64",
}


def _row(
    trial: TrialRecord, equal: Callable[[float], float | None], seeds: Collection[int] | None
) -> dict[str, object]:
    row: dict[str, object] = {"number": trial.number, "state": trial.state}
    results = [result for result in trial.results if seeds is None or result.seed in seeds]
    row |= {"reason": _reason(trial), "seeds": len(results), "collapsed": False, "verdict": ""}
    if trial.plan is not None:
        row |= {each.column: getattr(trial.plan, each.column) for each in PLANNED}
        row["key"] = trial.plan.key
    if not results:
        return row
    errors = [result.val.mse for result in results]
    mean = sum(errors) / len(errors)
    baselines = results[0].baselines
    return row | {
        "val_mse": mean,
        "low": min(errors),
        "high": max(errors),
        "test_mse": sum(result.test.mse for result in results) / len(results),
        **{f"{baseline.name}_val": errors.val for baseline, errors in baselines.known()},
        "collapsed": any(result.collapsed for result in results),
        "verdict": _verdict(
            mean,
            _leaks(trial) or _merged(results[0]),
            *map(baselines.val, LINEAR_CODES),
        ),
        "equal_pca": equal(mean),
        **_codes([result.codes for result in results if result.codes is not None]),
    }


def _codes(measured: list[LatentCodes]) -> dict[str, float]:
    names = {"active": "active", "rank": "rank", "code_mse": "mse"}
    names |= {name: name for name in ("mse_8bit", "mse_4bit")}
    found = {}
    for column, name in names.items():
        values = [value for codes in measured if (value := getattr(codes, name)) is not None]
        if values:
            found[column] = float(sum(values) / len(values))
    return found


def _reason(trial: TrialRecord) -> str:
    return trial.reason or next((seed.reason for seed in trial.seeds if seed.reason), "")


def _leaks(trial: TrialRecord) -> bool:
    return trial.plan is not None and trial.plan.reads_past_latent


def _merged(result: RunResult) -> bool:
    """Whether the exact luminance reaches the prediction beside the net."""
    return result.test.color is not None and result.test.color.clipped is not None


def _verdict(mse: float, leaks: bool, *linear: float | None) -> str:
    known = [code for code in linear if code is not None]
    if not known:
        return ""
    if min(known) < mse:  # though the decoder may read more than the latent
        return BETTER
    return LEAKS if leaks else NOT_BETTER


def equal_pca(curves: Curves | None, mse: float) -> float | None:
    """How many PCA components reach ``mse`` on validation, between points on log axes.

    None without a curve; the curve's ends where ``mse`` is beyond them.

    Example:
        >>> curves = Curves(pca=((16, 0.04, 0.04), (64, 0.01, 0.01)))
        >>> round(equal_pca(curves, 0.02))
        32
    """
    return _equal_pca_by(curves)(mse)


def beyond_pca(curves: Curves, mse: float) -> int:
    """Whether an error lies past the curve of PCA: −1 over its first point, 1 under all, else 0."""
    if mse >= curves.pca[0].val:
        return -1
    return int(mse < min(point.val for point in curves.pca))


def _equal_pca_by(curves: Curves | None) -> Callable[[float], float | None]:
    """:func:`equal_pca` by these curves: their logs are taken once, not for each trial."""
    if curves is None or not curves.pca:
        return lambda mse: None
    sizes = np.log([point.components for point in curves.pca])
    errors = -np.minimum.accumulate(np.log([max(point.val, 1e-12) for point in curves.pca]))
    return lambda mse: float(np.exp(np.interp(-np.log(max(mse, 1e-12)), errors, sizes)))


def front_objectives(study: StudyRecord) -> tuple[str, ...]:
    """What the Pareto front of a report is of.

    The study's objectives if there are several. One alone has no front: an error stands against
    latent size then, and a size against validation MSE.

    Example:
        >>> study = StudyRecord(name="s", settings={"objectives": ["val.psnr"]}, designed=True,
        ...                     space_hash="", trials=(), planned=0)
        >>> front_objectives(study)
        ('latent.size', 'val.psnr')
    """
    names = objective_names(study)
    if len(names) > 1 or unknown_objectives(study):
        return names
    return ("latent.size", names[0]) if OBJECTIVES[names[0]].measured else (names[0], "val.mse")
