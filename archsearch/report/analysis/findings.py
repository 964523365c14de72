"""Everything a report says, as numbers: made once, then written as words, figures, JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import pandas as pd

from archsearch.records import StudyRecord, pareto_front
from archsearch.report.analysis.post_hoc import corrected
from archsearch.report.analysis.secondary import SecondaryAnalyses, secondary_analyses
from archsearch.report.analysis.trial_table import front_objectives, trial_table
from archsearch.report.analysis.verdict import Answer, answer_of, slope_within_trunks
from archsearch.report.analysis.warnings import ReportWarning, report_warnings
from archsearch.report.statistics.correlation import SIZES, Correlations, correlations
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.rank import spearman_with_p
from archsearch.report.statistics.sample import Sample, headline_sample

__all__ = ["Findings", "TrialRow", "find"]


@dataclass(frozen=True)
class Findings:
    """What a study found.

    Attributes:
        study: the record it was found in.
        sample: the runs that the statistics are of.
        trials: one row a trial, :func:`archsearch.report.analysis.trial_table.trial_table`.
        found: correlations over all architectures of the sample.
        without_collapsed: the same without collapsed runs.
        answer: what these say of latent size and error.
        answer_without_collapsed: the same without collapsed runs.
        front: numbers of the trials on the Pareto front of
            :func:`archsearch.report.analysis.trial_table.front_objectives`.
        best: number of the complete trial with the lowest validation MSE.
        warnings: what limits the conclusions.
        secondary: all statistics beyond the headline.
        by_task: Spearman's ρ of latent size and error within each task; empty where all
            runs have the same.
    """

    study: StudyRecord
    sample: Sample
    trials: pd.DataFrame
    found: Correlations
    without_collapsed: Correlations
    answer: Answer
    answer_without_collapsed: Answer
    front: tuple[int, ...]
    best: int | None
    warnings: tuple[ReportWarning, ...]
    secondary: SecondaryAnalyses
    by_task: Mapping[str, Estimate] = field(default_factory=dict)

    @property
    def shown(self) -> pd.DataFrame:
        """The rows whose trials are in the sample, errors over the sample's seeds."""
        runs = self.sample.runs
        rows = self.trials[self.trials["number"].isin(runs["number"])].set_index("number")
        grouped = runs.groupby("number")["val_mse"]
        return rows.assign(
            val_mse=grouped.mean(), low=grouped.min(), high=grouped.max()
        ).reset_index()

    def trial(self, number: int) -> TrialRow:
        """The row of one trial, typed."""
        row = self.trials[self.trials["number"] == number].iloc[0]
        return TrialRow({str(name): value for name, value in row.items()})


@dataclass(frozen=True)
class TrialRow:
    """One row of the trial table, read with a type."""

    cells: dict[str, object]

    def real(self, name: str) -> float:
        """A cell as a float."""
        return float(cast(float, self.cells[name]))

    def whole(self, name: str) -> int:
        """A cell as a whole number."""
        return int(self.real(name))

    def text(self, name: str) -> str:
        """A cell as text."""
        return str(self.cells[name])


def find(study: StudyRecord, *, seed: int = 0) -> Findings:
    """Compute everything; ``seed`` is of resamples and permutations."""
    sample = headline_sample(study)
    trials = trial_table(study)
    architectures = sample.architectures()
    found, answer = _answered(study, architectures, seed)
    without = (found, answer)
    single = {"partial": found.measures["latent_size"]["partial_spearman"]}
    if len(sample.collapsed):
        without = _answered(study, sample.without_collapsed().architectures(), seed)
        single["without_collapsed"] = without[1].estimate
    secondary = corrected(secondary_analyses(study, sample, seed=seed), single)
    complete = trials[(trials["state"] == "complete") & trials["val_mse"].notna()]
    ranked = complete.sort_values("val_mse")["number"].tolist()
    return Findings(
        study=study,
        sample=sample,
        trials=trials,
        found=found,
        without_collapsed=without[0],
        answer=answer,
        answer_without_collapsed=without[1],
        front=tuple(trial.number for trial in pareto_front(study, front_objectives(study))),
        best=ranked[0] if ranked else None,
        warnings=tuple(report_warnings(study, sample, found, secondary)),
        secondary=secondary,
        by_task=_by_task(sample, seed),
    )


def _by_task(sample: Sample, seed: int) -> dict[str, Estimate]:
    """One architecture may stand under several tasks: each counts it by itself."""
    tasks = sorted(sample.runs["task"].dropna().unique().tolist())
    if len(tasks) < 2:
        return {}
    found = {}
    for task in tasks:
        runs = sample.runs[sample.runs["task"] == task]
        table = Sample(runs, sample.seeds).architectures()
        latent, error = table["latent_size"].to_numpy(), table["val_mse"].to_numpy()
        found[str(task)] = spearman_with_p(latent, error, seed=seed)
    return found


def _answered(
    study: StudyRecord, architectures: pd.DataFrame, seed: int
) -> tuple[Correlations, Answer]:
    """All correlations over some architectures, and what they answer."""
    found = _correlate(architectures, seed)
    rho = found.measures["latent_size"]["spearman"]
    return found, answer_of(rho, *slope_within_trunks(architectures), designed=study.designed)


def _correlate(architectures: pd.DataFrame, seed: int) -> Correlations:
    known = [size for size in SIZES if architectures[size].notna().all()]
    return correlations(
        architectures["val_mse"].to_numpy(),
        {size: architectures[size].to_numpy() for size in known},
        architectures["latent_area"].to_numpy(),
        seed=seed,
    )
