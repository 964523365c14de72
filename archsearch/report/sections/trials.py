"""Every trial: how many ended how, the table by rising error, and specs to train again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from archsearch.printable import count
from archsearch.records import PlanRecord, StudyRecord, known_baselines, trial_counts
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import (
    Block,
    Code,
    Facts,
    ReportWarning,
    Row,
    Section,
    Table,
    Text,
)
from archsearch.report.sections.trial_columns import Trial, columns, same_for_all
from archsearch.report.statistics.sample import Sample
from archsearch.report.subject import Subject

__all__ = ["MOST_SPECS", "section"]

_MOST_ROWS = 200
MOST_SPECS = 20
"""Nets whose whole spec stands on a page."""
_MOST_RECORDS = 5
_MOST_REASONS = 2


def section(
    subject: Subject, sample: Sample, trials: pd.DataFrame, *, ranked: Sequence[int]
) -> Section | None:
    """How trials ended, a table of the best 200, and the specs of the best 20.

    Args:
        subject: whose trials they are.
        sample: the runs that statistics use; its seeds are named where trials are unfinished.
        trials: :func:`archsearch.report.trial_table.trial_table`.
        ranked: numbers of the nets that may be the best, the best first.

    Returns:
        The section; None where there is nothing to account for.
    """
    study, noun = subject.study, subject.noun
    shown = _best(study, trials)
    facts = (*_ends(study, trials), *_levels(study, trials))
    blocks: list[Block] = [Facts(facts)] if facts else []
    if shown:
        blocks += [_table(subject, trials, shown), *_specs(subject, ranked)]
    warnings = tuple(_warnings(study, sample, noun))
    made = Section("trials", f"All {noun}s", tuple(blocks), warnings)
    return made if blocks or warnings else None


def _best(study: StudyRecord, trials: pd.DataFrame) -> list[Trial]:
    """By rising error, those without one last."""
    by_number = {trial.number: trial for trial in study.trials}
    ordered = trials.sort_values(["val_mse", "number"], na_position="last").head(_MOST_ROWS)
    rows = [{str(name): value for name, value in row.items()} for row in ordered.to_dict("records")]
    return [Trial(by_number[int(str(row["number"]))], row) for row in rows]


def _ends(study: StudyRecord, trials: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Each state with its number of trials, and the commonest reasons."""
    for state, number in trial_counts(study).items():
        if number:
            told = trials.loc[(trials["state"] == state) & (trials["reason"] != ""), "reason"]
            yield state, f"{number:,}" + _reasons(number, dict(told.value_counts()))


def _reasons(number: int, counts: dict[str, int]) -> str:
    if not counts:
        return ""
    told = [reason if n == number else f"{n:,} × {reason}" for reason, n in counts.items()]
    more = len(told) - _MOST_REASONS
    told[_MOST_REASONS:] = [count(more, "other reason")] if more > 0 else []
    return f" ({'; '.join(told)})"


def _levels(study: StudyRecord, trials: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Baselines that are the same for every trial."""
    for baseline in known_baselines(result.baselines for result in study.results):
        level = same_for_all(baseline, trials)
        if level is not None:
            told = f" ({baseline.words})" if baseline.words else ""
            yield baseline.label, f"validation MSE {error(level)}{told}"


def _table(subject: Subject, trials: pd.DataFrame, shown: list[Trial]) -> Table:
    made = columns(subject, trials)
    rows = (Row(tuple(cell(trial) for _, cell in made), trial.record.number) for trial in shown)
    told = f"The best {len(shown)} of {len(trials):,}. " if len(trials) > len(shown) else ""
    spread = "± is half the range over seeds. " if (trials["seeds"] > 1).any() else ""
    return Table(
        "trials",
        "",
        tuple(column for column, _ in made),
        tuple(rows),
        f"{told}{spread}{_csv(subject)} has every run.",
        sortable=True,
    )


def _csv(subject: Subject) -> str:
    return "trials.csv" if subject.kind == "study" else "runs.csv"


def _specs(subject: Subject, ranked: Sequence[int]) -> Iterator[Block]:
    """The family's text once, and the whole spec of the best."""
    family = subject.study.model_text
    if family:
        yield Code("The family’s spec", family)
    by_number = {trial.number: trial for trial in subject.study.trials}
    best = [by_number[number] for number in ranked[:MOST_SPECS]]
    if best:
        others = "; others are the family’s with their values" if family else ""
        yield Text(f"Specs of the best, with their layers{others}:")
    for trial in best:
        if trial.plan is not None:
            yield Code(subject.heading(trial.number), _spec(trial.plan), trial.number)


def _spec(plan: PlanRecord) -> str:
    """The spec, with the layers as comments: a copy of it is a file that trains."""
    rows = [["layer", "kind", "output", "parameters", "MACs", "sizes"]]
    rows += [
        [
            f"{layer.index} {layer.section}",
            layer.kind,
            "×".join(map(str, layer.output)),
            f"{layer.params:,}",
            f"{layer.macs:,}",
            layer.formula,
        ]
        for layer in plan.layers
    ]
    told = [[" ".join(text.split()) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*told, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in told)
    return "\n".join([plan.spec.rstrip("\n"), "", *(f"# {line}" for line in lines)])


def _warnings(study: StudyRecord, sample: Sample, noun: str) -> Iterator[ReportWarning]:
    """What isn't in the numbers, the weightiest first."""
    counts = trial_counts(study)
    if study.unreadable:
        yield _unreadable(study)
    if study.note:
        yield ReportWarning("fewer-trials", f"Fewer {noun}s than were asked for: {study.note}.")
    left = counts["waiting"] + counts["running"]
    if left:
        seeds = ("seed " if len(sample.seeds) == 1 else "seeds ") + ", ".join(
            map(str, sample.seeds)
        )
        used = f"; numbers use what every one has: {seeds}" if sample.seeds else ""
        told = f"{count(left, noun)} of {study.planned:,} not finished{used}."
        yield ReportWarning("unfinished", told)
    if counts["failed"]:
        told = (
            f"{count(counts['failed'], noun)} failed and left no error to count: if failures "
            "depend on size, the correlation is biased."
        )
        yield ReportWarning("failed-trials", told)
    if counts["pruned"]:
        told = f"{count(counts['pruned'], noun)} pruned early: left out of correlations."
        yield ReportWarning("pruned-trials", told)


def _unreadable(study: StudyRecord) -> ReportWarning:
    n, named = len(study.unreadable), [f"{each.name} ({each.reason})" for each in study.unreadable]
    more = f" and {n - _MOST_RECORDS} more" if n > _MOST_RECORDS else ""
    verbs = "can’t be read and is" if n == 1 else "can’t be read and are"
    return ReportWarning(
        "unreadable-records",
        f"{count(n, 'stored record')} {verbs} left out: {'; '.join(named[:_MOST_RECORDS])}{more}.",
    )
