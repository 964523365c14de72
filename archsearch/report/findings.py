"""Everything a report says, as numbers: made once, then written as words, figures, JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pandas as pd

from archsearch.records import StudyRecord, trial_counts
from archsearch.report.caution import Caution, cautions
from archsearch.report.correlation import Correlations, Estimate, correlations
from archsearch.report.sample import Sample, headline_sample
from archsearch.report.yardsticks import pareto, trial_table

__all__ = ["Findings", "TrialRow", "find", "summarize"]


@dataclass(frozen=True)
class Findings:
    """What a study found.

    Attributes:
        study: the record it was found in.
        sample: the runs that the statistics are of.
        trials: one row a trial, :func:`archsearch.report.yardsticks.trial_table`.
        found: correlations over all architectures of the sample.
        without_collapsed: the same without collapsed runs.
        front: numbers of the trials on the Pareto front of latent size and error.
        best: number of the complete trial with the lowest validation MSE.
        cautions: what limits the conclusions.
    """

    study: StudyRecord
    sample: Sample
    trials: pd.DataFrame
    found: Correlations
    without_collapsed: Correlations
    front: tuple[int, ...]
    best: int | None
    cautions: tuple[Caution, ...]

    @property
    def complete(self) -> pd.DataFrame:
        """The rows of complete trials."""
        return self.trials[self.trials["state"] == "complete"]

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
    found = _correlate(sample.architectures(), seed)
    complete = trials[(trials["state"] == "complete") & trials["val_mse"].notna()]
    front = complete.iloc[pareto(complete["latent_size"], complete["val_mse"])]
    ranked = complete.sort_values("val_mse")["number"].tolist()
    return Findings(
        study=study,
        sample=sample,
        trials=trials,
        found=found,
        without_collapsed=_correlate(sample.architectures(collapsed=False), seed),
        front=tuple(map(int, front["number"])),
        best=ranked[0] if ranked else None,
        cautions=tuple(cautions(study, sample, found)),
    )


def _correlate(architectures: pd.DataFrame, seed: int) -> Correlations:
    return correlations(
        architectures["val_mse"].to_numpy(),
        {
            "latent_size": architectures["latent_size"].to_numpy(),
            "params": architectures["params"].to_numpy(),
            "macs": architectures["macs"].to_numpy(),
        },
        (architectures["latent_height"] * architectures["latent_width"]).to_numpy(),
        seed=seed,
    )


def summarize(findings: Findings, figures: list[str]) -> dict[str, object]:
    """What ``summary.json`` says; None stands for what can't be computed.

    For an adaptive method ``correlations`` and ``slope_loglog`` are empty of
    numbers, and ``correlations_adaptive`` has those of the chosen trials.
    """
    study, designed = findings.study, findings.study.designed
    found, spare = findings.found, findings.without_collapsed
    slope = found.slopes["latent_size"] if designed else None
    summary: dict[str, object] = {
        "version": 1,
        "study": study.name,
        "trials": trial_counts(study),
        "correlations": _measures(found, known=designed),
        "correlations_without_collapsed": _measures(spare, known=designed),
        "slope_loglog": _estimate(slope, found.n),
        "best": _trial(findings, findings.best),
        "pareto": [_trial(findings, number) for number in findings.front],
        "warnings": [caution._asdict() for caution in findings.cautions],
        "figures": figures,
    }
    if not designed:
        summary["correlations_adaptive"] = _measures(found, known=True)
    return summary


def _measures(found: Correlations, *, known: bool) -> dict[str, object]:
    return {
        size: {
            name: _estimate(estimate if known else None, found.n)
            for name, estimate in measures.items()
        }
        for size, measures in found.measures.items()
    }


def _estimate(estimate: Estimate | None, n: int) -> dict[str, float | int | None]:
    return (estimate or Estimate(None, None, None, n, None))._asdict()


def _trial(findings: Findings, number: int | None) -> dict[str, object] | None:
    if number is None:
        return None
    row = findings.trial(number)
    return {
        "number": number,
        **{name: row.whole(name) for name in ("latent_size", "params", "macs", "seeds")},
        "val_mse": row.real("val_mse"),
        "test_mse": row.real("test_mse"),
        "verdict": row.text("verdict") or None,
    }
