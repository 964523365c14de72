"""The page: one HTML file that needs nothing beside it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from archsearch.records import RunResult, StudyRecord, trial_counts
from archsearch.report.captions import CAPTIONS
from archsearch.report.choices import choices
from archsearch.report.detail_tables import detail_tables
from archsearch.report.figures import Drawing
from archsearch.report.findings import Findings
from archsearch.report.inline import inline_svg
from archsearch.report.tables import (
    MOST_ARCHITECTURES,
    MOST_ROWS,
    architectures,
    correlation_tables,
    trial_columns,
    trial_rows,
)
from archsearch.report.words import answer

__all__ = ["page_html"]

_FOLDER = Path(__file__).parent


def page_html(findings: Findings, drawings: Sequence[Drawing]) -> str:
    """The whole page; every text a user gave is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    study = findings.study
    script = (_FOLDER / "page.js").read_text(encoding="utf-8")
    return environment.get_template("page.html.j2").render(
        name=study.name,
        description=str(study.settings.get("description") or ""),
        counts=[(state, number) for state, number in trial_counts(study).items() if number],
        answer=answer(findings),
        choices=choices(findings.details),
        detail_tables=detail_tables(findings.details),
        adaptive=not study.designed,
        cautions=findings.cautions,
        # Markup marks what is already HTML: our own files, and matplotlib's SVG,
        # which escapes its texts.
        css=Markup((_FOLDER / "page.css").read_text(encoding="utf-8")),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=_source_hash(script),
        figures=[
            {
                "name": drawing.name,
                "title": CAPTIONS[drawing.name].title,
                "text": CAPTIONS[drawing.name].text,
                "svg": Markup(inline_svg(drawing.svg, drawing.name)),  # noqa: S704
            }
            for drawing in drawings
        ],
        correlations=correlation_tables(findings),
        trial_columns=trial_columns(findings),
        trials=trial_rows(findings),
        trials_note=_trials_note(study),
        architectures=architectures(findings),
        architectures_note=_architectures_note(study),
        facts=_facts(findings),
        settings=json.dumps(study.settings, indent=2, ensure_ascii=False),
    )


def _source_hash(script: str) -> str:
    """What the content policy knows the page's own script by; no other runs."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


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
    results = [seed.result for trial in study.trials for seed in trial.seeds if seed.result]
    facts = {
        "command": study.command,
        "wall-clock": _duration(study.seconds),
        "trials": f"{study.slots} slots; space {study.space_hash}",
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
