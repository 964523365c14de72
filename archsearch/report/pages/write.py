"""Writing a report: the page, the tables for programs, and the figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archsearch.files import write_bytes, write_text
from archsearch.records import StudyRecord, epochs_frame, trial_counts, trials_frame
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.color import color_section, study_variants
from archsearch.report.figures import Drawing, draw, drawings
from archsearch.report.formatting import change
from archsearch.report.pages.study import page_html
from archsearch.report.pages.summary import summarize
from archsearch.report.path_redaction import without_paths
from archsearch.report.sentences.headline import answer
from archsearch.report.statistics.multiple import is_shown

__all__ = ["ReportFiles", "write_figures", "write_report"]


@dataclass(frozen=True)
class ReportFiles:
    """What was written, and what it says.

    Attributes:
        index: the page.
        trials: the table, one row a trial and seed.
        epochs: the table of every epoch, one row a trial, seed and epoch.
        summary_file: the numbers for programs.
        figures: PNG and SVG files.
        summary: what ``summary_file`` holds.
        answer: the page's opening sentences.
        complete: how many trials, or trained runs, are complete.
    """

    index: Path
    trials: Path
    epochs: Path
    summary_file: Path
    figures: tuple[Path, ...]
    summary: dict[str, object]
    answer: tuple[str, ...]
    complete: int


def write_report(study: StudyRecord, out: Path, *, seed: int = 0) -> ReportFiles:
    """Write the report of ``study`` into the folder ``out``, the page last.

    Nothing is trained; earlier files of the same names are replaced. Paths of the machine
    are shortened in all of them.

    Args:
        study: the record to report, finished or not.
        out: a folder, made if missing.
        seed: of resamples and permutations; equal seeds, equal numbers.
    """
    study = without_paths(study)
    findings = find(study, seed=seed)
    drawn = list(draw(findings))
    color = color_section(
        study_variants(study), note=study.source_note, effects=_effects_in_words(findings)
    )
    colored = list(drawings(color.figures)) if color else []
    figures = write_figures([*drawn, *colored], out)
    summary = summarize(findings, [path.relative_to(out).as_posix() for path in figures])
    summary |= {"color": color.summary} if color else {}
    trials, epochs = out / "trials.csv", out / "epochs.csv"
    numbers, index = out / "summary.json", out / "index.html"
    write_text(trials, trials_frame(study).to_csv(index=False, lineterminator="\n"))
    write_text(epochs, epochs_frame(study).to_csv(index=False, lineterminator="\n"))
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(numbers, text + "\n")
    write_text(index, page_html(findings, drawn, color, colored))
    said = tuple(answer(findings))
    complete = trial_counts(study)["complete"]
    return ReportFiles(index, trials, epochs, numbers, tuple(figures), summary, said, complete)


def _effects_in_words(findings: Findings) -> dict[str, str]:
    """What the additive model has of each searched name, for ideas that are searched over."""
    unknown = "can't be said"
    chosen = "" if findings.study.designed else " of trials that a search chose"
    return {
        test.factor: f"Validation MSE with the other choices held equal{chosen}: "
        + "; ".join(f"{one.contrast} {change(one.adjusted, unknown)}" for one in test.effects)
        + (". It is" if is_shown(test.p_holm) else ". It isn’t")
        + f" shown to change it, corrected for {findings.secondary.looks} comparisons."
        for test in findings.secondary.effects
        if any(one.adjusted.value is not None for one in test.effects)
    }


def write_figures(drawn: Sequence[Drawing], out: Path) -> list[Path]:
    """Write each drawing as PNG and SVG under ``out``; the files, in order."""
    written = []
    for drawing in drawn:
        png, svg = (out / "figures" / f"{drawing.name}.{kind}" for kind in ("png", "svg"))
        write_bytes(png, drawing.png)
        write_text(svg, drawing.svg)
        written += [png, svg]
    return written
