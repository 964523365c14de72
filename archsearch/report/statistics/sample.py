"""Which runs the headline may speak of, and what they come to per architecture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from archsearch.config import PLANNED
from archsearch.records import RunResult, SeedRecord, StudyRecord, TrialRecord, trials_frame

__all__ = ["FLOOR", "Sample", "headline_sample", "reads_past_latent", "runs_of"]

FLOOR = 1e-7
"""Errors below this stand on a marked floor of a log axis."""

_USABLE = ("complete", "running", "waiting")


@dataclass(frozen=True)
class Sample:
    """The runs that may enter a statistic, balanced over seeds.

    Attributes:
        runs: rows of :func:`archsearch.records.trials_frame`, one a trial and seed.
        seeds: the seeds that every trial in it has; the lowest where there is none such.
    """

    runs: pd.DataFrame
    seeds: tuple[int, ...]

    @property
    def collapsed(self) -> pd.DataFrame:
        """The runs with the mark ``collapsed``."""
        return self.runs[self._marks]

    def without_collapsed(self) -> Sample:
        """The others."""
        return replace(self, runs=self.runs[~self._marks])

    def through_latent(self) -> Sample:
        """The runs whose decoders read no more than the latent: its size is that of their code."""
        return replace(self, runs=self.runs[~reads_past_latent(self.runs)])

    @property
    def _marks(self) -> pd.Series[bool]:
        return self.runs["collapsed"].astype(bool)

    def architectures(self) -> pd.DataFrame:
        """One row for each distinct architecture, its runs averaged.

        Returns:
            Indexed by plan key: number (the first trial's), each quantity of the plan
            (bottleneck_size is missing in old records), val_mse (mean, at least
            :data:`FLOOR`), its std over runs, and trunk.
        """
        first = dict.fromkeys(_PLAN_COLUMNS, "first")
        grouped = self.runs.groupby("key", sort=False)
        table = grouped.agg(first).astype("float64")
        table["val_mse"] = grouped["val_mse"].mean().clip(lower=FLOOR)
        table["std"] = grouped["val_mse"].std()
        table["trunk"] = grouped["trunk"].first()
        return table


def reads_past_latent(rows: pd.DataFrame) -> pd.Series[bool]:
    """Of each row with latent_size and effective_size, whether its decoder reads more."""
    return rows["effective_size"] > rows["latent_size"]


_PLAN_COLUMNS = ("number", *(each.column for each in PLANNED))


def headline_sample(study: StudyRecord, *, balanced: bool = True) -> Sample:
    """The runs of trials that weren't pruned, didn't fail and aren't duplicates.

    A study that was stopped early is taken on the seeds that every trial has,
    so that no candidate is measured more closely than another.

    Args:
        study: to be judged.
        balanced: whether only the seeds count that every trial has; otherwise all runs do.
    """
    trials = [trial for trial in study.trials if _usable(trial)]
    seeds = _common_seeds(trials)
    counted = [trial for trial in trials if seeds <= _finished(trial)] if balanced else trials
    frame = trials_frame(study)
    runs = frame[frame["number"].isin([trial.number for trial in counted])]
    runs = runs[(runs["seed"].isin(sorted(seeds)) | (not balanced)) & runs["val_mse"].notna()]
    return Sample(runs.reset_index(drop=True), tuple(sorted(seeds)))


def runs_of(
    study: StudyRecord, sample: Sample
) -> Iterator[tuple[TrialRecord, SeedRecord, RunResult]]:
    """The records of a sample's runs, in the order of the study."""
    wanted = set(zip(sample.runs["number"], sample.runs["seed"], strict=True))
    for trial in study.trials:
        for seed in trial.seeds:
            if seed.result and (trial.number, seed.seed) in wanted:
                yield trial, seed, seed.result


def _usable(trial: TrialRecord) -> bool:
    return (
        trial.state in _USABLE
        and trial.plan is not None
        and trial.duplicate_of is None
        and bool(_finished(trial))
    )


def _finished(trial: TrialRecord) -> set[int]:
    return {seed.seed for seed in trial.seeds if seed.result is not None}


def _common_seeds(trials: list[TrialRecord]) -> set[int]:
    if not trials:
        return set()
    common = set.intersection(*(_finished(trial) for trial in trials))
    return common or {min(min(_finished(trial)) for trial in trials)}
