"""Everything a page says of one study, or of some runs, as numbers: made once, then written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import pandas as pd

from archsearch.records import StudyRecord, pareto_front
from archsearch.report.outcome import collapsed_word
from archsearch.report.sections import (
    choices,
    colors,
    correlations,
    groups,
    noise,
    ranges,
    training,
)
from archsearch.report.sections.choices import Choices
from archsearch.report.sections.colors import Colors
from archsearch.report.sections.correction import Look, correct
from archsearch.report.sections.correlations import SizeCorrelations
from archsearch.report.sections.noise import Noise
from archsearch.report.sections.ranges import Ranges
from archsearch.report.statistics.correlation import Correlations
from archsearch.report.statistics.epochs import AtEpoch
from archsearch.report.statistics.factors import searched_factors
from archsearch.report.statistics.groups import Grouping
from archsearch.report.statistics.sample import Sample, headline_sample, reads_past_latent
from archsearch.report.subject import Subject
from archsearch.report.trial_table import front_objectives, trial_table
from archsearch.report.verdict import Answer, answer_of, slope_within_trunks

__all__ = ["Findings", "TrialRow", "find", "shown_trials"]


@dataclass(frozen=True)
class Findings:
    """What was found in one subject.

    Attributes:
        subject: what it was found in.
        sample: the runs that statistics may use.
        code_sample: of them, those whose latent is their only code; latent size is judged by these.
        trials: one row a trial, :func:`archsearch.report.trial_table.trial_table`.
        answer: what ``code_sample`` says of latent size and error.
        answer_without_collapsed: the same without collapsed runs.
        without_collapsed_p: the corrected p of that; None where there are no such runs.
        correlations: of sizes and error.
        ranges: without parts of the latent sizes.
        groups: within groups.
        epochs: the correlation after every epoch.
        choices: what the searched choices do, over ``sample``.
        noise: of the seed, over ``sample``.
        front: numbers of the trials on the Pareto front of
            :func:`archsearch.report.trial_table.front_objectives`.
        looks: the tests that all ``p_holm`` are corrected for.
        colors: how good they are; None where no net predicts them.
    """

    subject: Subject
    sample: Sample
    code_sample: Sample
    trials: pd.DataFrame
    answer: Answer
    answer_without_collapsed: Answer
    without_collapsed_p: float | None
    correlations: SizeCorrelations
    ranges: Ranges
    groups: tuple[Grouping, ...]
    epochs: tuple[AtEpoch, ...]
    choices: Choices
    noise: Noise
    front: tuple[int, ...]
    looks: int = 0
    colors: Colors | None = None

    @property
    def study(self) -> StudyRecord:
        """The record."""
        return self.subject.study

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The rows whose trials are in the sample, errors over the sample's seeds."""
        return _shown(self.trials, self.sample)

    @cached_property
    def ranked(self) -> list[int]:
        """Numbers of the complete trials by mean error, without those that can't be the best.

        Trials that collapsed or read past their latents can't; where there are no others, the
        ones that only collapsed are ranked, or all. A net that was proposed again counts once.
        """
        again = [t.number for t in self.study.trials if t.duplicate_of is not None]
        rows = self.trials[~self.trials["number"].isin(again)]
        complete = rows[(rows["state"] == "complete") & rows["val_mse"].notna()]
        coded = complete[~reads_past_latent(complete)]
        for told in (coded[~coded["collapsed"]], coded, complete):
            if len(told):
                return [int(number) for number in told.sort_values("val_mse")["number"]]
        return []

    @property
    def best(self) -> int | None:
        """Of :attr:`ranked` the first."""
        return next(iter(self.ranked), None)

    @property
    def collapsed_word(self) -> str:
        """What the runs with the mark ``collapsed`` are called; "" where there are none."""
        collapsed = self.sample.collapsed
        return collapsed_word(collapsed["variance_share"]) if len(collapsed) else ""

    def trial(self, number: int) -> TrialRow:
        """The row of one trial, typed."""
        return self._rows[number]

    @cached_property
    def _rows(self) -> dict[int, TrialRow]:
        named = self.trials.rename(columns=str).to_dict("records")
        return {int(row["number"]): TrialRow(cast("dict[str, object]", row)) for row in named}


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


def find(subject: Subject, *, seed: int = 0) -> Findings:
    """Compute everything; ``seed`` is of resamples and permutations."""
    study = subject.study
    sample = headline_sample(study, balanced=subject.kind == "study")
    coded = sample.through_latent()
    table = coded.architectures()
    sizes = correlations.compute(coded, seed=seed)
    answer = _answer(study, sizes.sizes, table)
    spare = answer
    if len(coded.collapsed):
        kept = coded.without_collapsed().architectures()
        spare = _answer(study, sizes.without_collapsed, kept)
    chosen = choices.compute(study, sample, seed=seed)
    factors = searched_factors(study, table)
    found = Findings(
        subject=subject,
        sample=sample,
        code_sample=coded,
        trials=trial_table(study, _counted(sample)),
        answer=answer,
        answer_without_collapsed=spare,
        without_collapsed_p=spare.estimate.p if len(coded.collapsed) else None,
        correlations=sizes,
        ranges=ranges.compute(table, seed=seed),
        groups=groups.compute(table, factors, seed=seed),
        epochs=training.compute(study, coded, seed=seed),
        choices=chosen,
        noise=noise.compute(sample),
        front=tuple(trial.number for trial in pareto_front(study, front_objectives(study))),
        colors=colors.compute(study, subject.pictures, subject.called),
    )
    found, looks = correct(found, _corrected)
    return replace(found, looks=looks)


def shown_trials(study: StudyRecord) -> pd.DataFrame:
    """What :attr:`Findings.shown` is for a study, without any of the statistics."""
    sample = headline_sample(study)
    return _shown(trial_table(study, _counted(sample)), sample)


def _shown(trials: pd.DataFrame, sample: Sample) -> pd.DataFrame:
    runs = sample.runs
    rows = trials[trials["number"].isin(runs["number"])].set_index("number")
    grouped = runs.groupby("number")["val_mse"]
    return rows.assign(val_mse=grouped.mean(), low=grouped.min(), high=grouped.max()).reset_index()


def _counted(sample: Sample) -> dict[int, set[int]]:
    """The seeds of each trial that statistics use."""
    grouped = sample.runs.groupby("number")["seed"]
    return {int(str(number)): set(map(int, seeds)) for number, seeds in grouped}


def _answer(study: StudyRecord, found: Correlations, architectures: pd.DataFrame) -> Answer:
    rho = found.measures["latent_size"]["spearman"]
    return answer_of(rho, *slope_within_trunks(architectures), designed=study.designed)


def _corrected(found: Findings, look: Look) -> Findings:
    return replace(
        found,
        without_collapsed_p=look(found.without_collapsed_p),
        correlations=correlations.corrected(found.correlations, look),
        groups=groups.corrected(found.groups, look),
        ranges=ranges.corrected(found.ranges, look),
        choices=choices.corrected(found.choices, look),
    )
