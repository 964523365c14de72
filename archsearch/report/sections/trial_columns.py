"""The columns of the table of trials: those that have something to say of this study."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import cast

import pandas as pd

from archsearch.config import Baseline
from archsearch.records import Curves, StudyRecord, TrialRecord, Value, known_baselines
from archsearch.report.formatting import error
from archsearch.report.outcome import collapsed_word
from archsearch.report.sections.blocks import Cell, Column
from archsearch.report.statistics.factors import label_of
from archsearch.report.subject import Subject
from archsearch.report.trial_table import BETTER, LEAKS, NOT_BETTER, beyond_pca

__all__ = ["Made", "Trial", "columns", "same_for_all"]

_VERDICTS = {BETTER: "better", NOT_BETTER: "not better", LEAKS: LEAKS}


@dataclass(frozen=True)
class Trial:
    """One trial, and its row of :func:`archsearch.report.trial_table.trial_table`."""

    record: TrialRecord
    row: dict[str, object]

    def real(self, name: str) -> float:
        """A cell of the row as a float."""
        return float(cast(float, self.row[name]))


Made = tuple[Column, Callable[[Trial], Cell]]
"""A column, and what makes its cells."""


def columns(subject: Subject, trials: pd.DataFrame) -> list[Made]:
    """The columns of a table of ``trials``, in order."""
    return [
        (
            Column(subject.noun, "and how it ended, where not as it should", bool(subject.names)),
            partial(_name, subject),
        ),
        (Column("latent", "numbers; of those that the decoder reads, if more"), _latent),
        *_sizes(trials),
        (Column("val MSE", "of validation, mean over seeds"), _validation),
        (Column("test MSE", "mean over seeds"), _error("test_mse")),
        *_linear_codes(subject.study, trials),
        *((Column(name), partial(_value, name)) for name in _searched(subject.study)),
    ]


def same_for_all(baseline: Baseline, trials: pd.DataFrame) -> float | None:
    """The validation MSE of a baseline that has nothing of the nets; None where trials differ."""
    errors = trials[f"{baseline.name}_val"].dropna()
    return None if baseline.size or errors.nunique() != 1 else float(errors.iloc[0])


def _state(trial: Trial) -> str:
    """How it ended, where it isn't as most do."""
    record = trial.record
    told: list[str] = [record.state] if record.state != "complete" else []
    if record.duplicate_of is not None:
        told.append(f"same net as {record.duplicate_of}")
    marked = [result.variance_share for result in record.results if result.collapsed]
    return ", ".join([*told, *([collapsed_word(marked)] if marked else [])])


def _sizes(trials: pd.DataFrame) -> Iterator[Made]:
    known = trials.dropna(subset="bottleneck_size")
    if (known["bottleneck_size"] != known["latent_size"]).any():
        yield Column("bottleneck", "numbers at the net’s narrowest cut"), _whole("bottleneck_size")
    yield Column("parameters"), _whole("params")
    yield Column("MACs", "multiplications a picture"), _whole("macs")
    yield Column("depth", "encoder layers with weights"), _whole("encoder_depth")
    if trials["seeds"].nunique() > 1:
        yield Column("seeds"), _whole("seeds")


def _linear_codes(study: StudyRecord, trials: pd.DataFrame) -> Iterator[Made]:
    """Baselines that differ between trials, and how each trial stands against them."""
    for baseline in known_baselines(result.baselines for result in study.results):
        column = f"{baseline.name}_val"
        if trials[column].notna().any() and same_for_all(baseline, trials) is None:
            told = f": {baseline.words}" if baseline.words else ""
            yield Column(baseline.label, f"validation MSE{told}"), _error(column)
    if trials["equal_pca"].notna().any():
        yield (
            Column("PCA needs", "PCA components that do as well"),
            partial(_equal_pca, study.curves),
        )
    if (trials["verdict"] != "").any():
        help = "better: one of the same size has a lower error"
        yield (
            Column("linear code", help, words=True),
            lambda trial: Cell(_VERDICTS.get(str(trial.row["verdict"]), "")),
        )


def _name(subject: Subject, trial: Trial) -> Cell:
    number = trial.record.number
    return Cell(subject.names.get(number, str(number)), _state(trial), number)


def _latent(trial: Trial) -> Cell:
    plan = trial.record.plan
    if plan is None:
        return Cell("")
    read = f" of {plan.effective_size:,}" if plan.reads_past_latent else ""
    return Cell(f"{plan.latent_size:,}{read}", plan.latent_shape, plan.latent_size)


def _validation(trial: Trial) -> Cell:
    half = (trial.real("high") - trial.real("low")) / 2
    told = f"± {error(half)}" if len(trial.record.results) > 1 else ""
    return _number(trial.real("val_mse"), error)._replace(small=told)


def _equal_pca(curves: Curves | None, trial: Trial) -> Cell:
    """Never read past the ends of the measured curve."""
    value, mse = trial.real("equal_pca"), trial.real("val_mse")
    if curves is None or not curves.pca or not isfinite(value):
        return Cell("")
    sign = {-1: "≤ ", 0: "", 1: "> "}[beyond_pca(curves, mse)]
    return Cell(f"{sign}{value:,.0f}", sort=value)


def _error(name: str) -> Callable[[Trial], Cell]:
    return lambda trial: _number(trial.real(name), error)


def _whole(name: str) -> Callable[[Trial], Cell]:
    return lambda trial: _number(trial.real(name), "{:,.0f}".format)


def _number(value: float, told: Callable[[float], str]) -> Cell:
    return Cell(told(value), sort=value) if isfinite(value) else Cell("")


def _searched(study: StudyRecord) -> list[str]:
    return list(dict.fromkeys(name for trial in study.trials for name in trial.values))


def _value(name: str, trial: Trial) -> Cell:
    value: Value | None = trial.record.values.get(name)
    if value is None:
        return Cell("")
    if isinstance(value, str | tuple):
        return Cell(label_of(value))
    if isinstance(value, bool):
        return Cell(label_of(value), sort=float(value))
    return Cell(f"{value:.6g}", sort=value)
