"""The page: one HTML file that needs nothing beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from archsearch.records import RunResult, StudyRecord, trial_counts
from archsearch.report.analysis.findings import Findings
from archsearch.report.color import ColorSection
from archsearch.report.figures import Drawing
from archsearch.report.pages.rendering import figure_cards, render
from archsearch.report.sentences.choices import choices
from archsearch.report.sentences.headline import answer, given_others
from archsearch.report.sentences.robustness import robustness
from archsearch.report.tables.secondary import secondary_tables
from archsearch.report.tables.trials import (
    MOST_ARCHITECTURES,
    MOST_ROWS,
    architectures,
    correlation_tables,
    given_others_tables,
    trial_columns,
    trial_rows,
)

__all__ = ["page_html"]


def page_html(
    findings: Findings,
    drawings: Sequence[Drawing],
    color: ColorSection | None = None,
    colored: Sequence[Drawing] = (),
) -> str:
    """The whole page; every text a user gave is escaped.

    ``color`` is what it says of colors, ``colored`` the figures of that.
    """
    study = findings.study
    return render(
        "page.html.j2",
        name=study.name,
        description=str(study.settings.get("description") or ""),
        counts=[(state, number) for state, number in trial_counts(study).items() if number],
        answer=answer(findings),
        color=color,
        color_figures=figure_cards(colored),
        robustness=robustness(findings.secondary),
        choices=choices(findings.secondary),
        secondary_tables=secondary_tables(findings.secondary),
        adaptive=not study.designed,
        warnings=findings.warnings,
        figures=figure_cards(drawings),
        correlations=correlation_tables(findings),
        given_others=given_others(findings),
        given_others_tables=given_others_tables(findings),
        trial_columns=trial_columns(findings),
        trials=trial_rows(findings),
        trials_note=_trials_note(study),
        architectures=architectures(findings),
        architectures_note=_architectures_note(study),
        facts=_facts(findings),
        settings=json.dumps(study.settings, indent=2, ensure_ascii=False),
    )


def _trials_note(study: StudyRecord) -> str:
    note = "Click a column to sort by it. All numbers of every seed are in trials.csv."
    if len(study.trials) > MOST_ROWS:
        note += f" Here are the {MOST_ROWS:,} trials with the lowest error."
    return note


def _architectures_note(study: StudyRecord) -> str:
    note = "Each trial's spec, to copy into a file and train again, and its layers."
    if len(study.trials) > MOST_ARCHITECTURES:
        note += f" Here are the {MOST_ARCHITECTURES} with the lowest error."
    return note


def _facts(findings: Findings) -> list[tuple[str, str]]:
    study = findings.study
    results = study.results
    facts = {
        "command": study.command,
        "when": _when(study),
        "wall-clock": _duration(study.seconds),
        "trials": f"{study.planned} planned; space {study.space_hash}",
        "seeds in the numbers": ", ".join(map(str, findings.sample.seeds)),
        "pictures": _pictures(study, results),
        "notes on pictures": study.source_note,
        "data fingerprint": _distinct([result.data_fingerprint for result in results]),
        "machine": _distinct([result.environment.machine for result in results]),
        "device": _distinct([result.environment.device for result in results]),
        "threads a run": _distinct([str(result.environment.threads) for result in results]),
        "versions": _distinct([_versions(result) for result in results]),
    }
    return [(term, text) for term, text in facts.items() if text]


def _when(study: StudyRecord) -> str:
    """From the first run's start to the last one's end, by the clock of Greenwich."""
    ended = [
        (seed.ended - (seed.result.seconds if seed.result else 0), seed.ended)
        for trial in study.trials
        for seed in trial.seeds
        if seed.ended is not None
    ]
    if not ended:
        return ""
    moments = (min(start for start, _ in ended), max(end for _, end in ended))
    first, last = (datetime.fromtimestamp(moment, UTC) for moment in moments)
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} to {until} UTC"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _pictures(study: StudyRecord, results: list[RunResult]) -> str:
    data = study.settings.get("data")
    source = str(data.get("source", "")) if isinstance(data, dict) else ""
    if not results:
        return source
    splits = results[0].splits
    return f"{source}: " + ", ".join(f"{number:,} {name}" for name, number in splits.items())


def _versions(result: RunResult) -> str:
    return ", ".join(f"{name} {number}" for name, number in result.environment.versions.items())


def _distinct(texts: list[str]) -> str:
    return "; ".join(dict.fromkeys(texts))
