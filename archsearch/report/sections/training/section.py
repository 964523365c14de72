"""The section on training over time, put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from archsearch.printable import count
from archsearch.records import RunResult, SeedRecord, StudyRecord, TrialRecord
from archsearch.report.formatting import decimal
from archsearch.report.outcome import ends_of, outcomes
from archsearch.report.sections.blocks import Block, Drawing, ReportWarning, Section
from archsearch.report.sections.training.curves_figure import (
    MOST_LINES,
    has_names,
    learning_figure,
)
from archsearch.report.sections.training.stability_figure import stability_figure
from archsearch.report.statistics.epochs import AtEpoch
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.sample import Sample, runs_of

__all__ = ["section"]


def section(
    study: StudyRecord,
    sample: Sample,
    epochs: tuple[AtEpoch, ...],
    *,
    names: Mapping[int, str] | None = None,
) -> Section | None:
    """Learning curves, the answer over epochs, and what became of the trainings.

    Args:
        study: whose nets were trained.
        sample: the runs that the numbers are of.
        epochs: the correlation after every epoch.
        names: what the nets are called, by number; without, runs are counted.
    """
    runs = list(runs_of(study, sample))
    if not runs:
        return None
    blocks = tuple(_figures(study, runs, epochs, names or {}))
    return Section("training", "Training over time", blocks, tuple(_warnings(runs, names or {})))


_Run = tuple[TrialRecord, SeedRecord, RunResult]


def _figures(
    study: StudyRecord, runs: list[_Run], epochs: tuple[AtEpoch, ...], names: Mapping[int, str]
) -> Iterator[Block]:
    nets = sum(bool(trial.results) for trial in study.trials)
    named = "Validation and training error over epochs, a color a net."
    sized = "Validation error over epochs, a line a net, colored by latent size."
    yield Drawing(
        "learning",
        _curves_title([result for _, _, result in runs]),
        named if has_names(study, names) else sized,
        " ".join(_notes(nets, [result for _, _, result in runs])),
        partial(learning_figure, study, names),
    )
    known = [at for at in epochs if at.spearman.value is not None]
    if len(known) > 1:
        yield Drawing(
            "stability",
            _stability_title(known, designed=study.designed),
            f"Rank correlation of error with latent size, {_at(known[0])} and {_at(known[-1])}, "
            "and the slope.",
            "Bands: 95 % intervals.",
            partial(stability_figure, known),
        )


def _notes(nets: int, results: list[RunResult]) -> Iterator[str]:
    if nets > MOST_LINES:
        yield f"{MOST_LINES} of {nets:,} nets, from the best to the worst."
    if any(result.planned_epochs is not None for result in results):
        yield "A dot ends the line of a net that stopped early."


def _curves_title(results: list[RunResult]) -> str:
    ends = ends_of(results)
    failed = sum(end.failed for end in ends)
    if not ends:
        return "Error over epochs"
    if failed:
        return f"{failed} of {count(len(ends), 'run')} {_have(failed)} converged"
    return "No training ended while its error still fell fast, or had risen"


def _have(number: int) -> str:
    return "hasn’t" if number == 1 else "haven’t"


def _stability_title(known: list[AtEpoch], *, designed: bool) -> str:
    """From which epoch on the correlation stays within the last one's interval."""
    last = known[-1]
    since = next(
        at.epoch
        for place, at in enumerate(known)
        if all(_inside(later.spearman, last.spearman) for later in known[place:])
    )
    whose = "correlation" if designed else "correlation among the search’s trials"
    if since == known[0].epoch:
        return f"The {whose} lies within the last epoch’s interval at every epoch"
    if since == last.epoch:
        return f"The {whose} hasn’t settled: only the last epoch lies within its interval"
    return f"From epoch {since} on the {whose} lies within the last epoch’s interval"


def _at(at: AtEpoch) -> str:
    return f"{decimal(at.spearman.value or 0)} after epoch {at.epoch}"


def _inside(estimate: Estimate, of: Estimate) -> bool:
    if estimate.value is None or of.low is None or of.high is None:
        return False
    return of.low <= estimate.value <= of.high


def _warnings(runs: list[_Run], names: Mapping[int, str]) -> Iterator[ReportWarning]:
    results = [result for _, _, result in runs]
    called = [_called(trial, seed, names) for trial, seed, _ in runs] if names else None
    for code, message in outcomes(results, called):
        both = code in {"collapsed-runs", "marked-runs"}
        yield ReportWarning(code, message + " Numbers are given with and without." * both)
    stopped = [result for result in results if result.planned_epochs is not None]
    if stopped:
        yield ReportWarning("stopped-early", _stopped(stopped, len(results)))
    epochs = [result.planned_epochs or result.epochs for result in results]
    if min(epochs) < max(epochs):
        yield ReportWarning(
            "unequal-epochs",
            f"Runs differ in epochs ({min(epochs)} to {max(epochs)}): budgets are unequal.",
        )


def _stopped(stopped: list[RunResult], of: int) -> str:
    ends = sorted(result.epochs for result in stopped)
    planned = sorted({result.planned_epochs or result.epochs for result in stopped})
    kept = any(result.weights_epoch is not None for result in stopped)
    return (
        f"{len(stopped)} of {count(of, 'run')} stopped early, after {_range(ends)} of "
        f"{_range(planned)} epochs: the validation error no longer fell. "
        + ("Each keeps the weights of its best epoch." if kept else "The last weights are kept.")
    )


def _range(numbers: list[int]) -> str:
    return f"{numbers[0]}" if numbers[0] == numbers[-1] else f"{numbers[0]} to {numbers[-1]}"


def _called(trial: TrialRecord, seed: SeedRecord, names: Mapping[int, str]) -> str:
    name = names.get(trial.number, str(trial.number))
    return name if len(trial.seeds) == 1 else f"{name} (seed {seed.seed})"
