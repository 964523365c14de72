"""Writing the page of several studies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from archsearch.files import write_text
from archsearch.records import StudyRecord, epochs_frame, trial_counts, trials_frame
from archsearch.report.analysis.findings import Findings
from archsearch.report.analysis.warnings import search_method
from archsearch.report.figures import Drawing, drawings
from archsearch.report.figures.comparison import compared_figure, correlations_figure
from archsearch.report.formatting import error, p_value, with_interval
from archsearch.report.pages.rendering import figure_cards, render
from archsearch.report.pages.summary import estimate_json, summarize
from archsearch.report.pages.write import ReportFiles, write_figures
from archsearch.report.path_redaction import without_paths
from archsearch.report.sentences.comparison import Comparison, compare, comparison_sentences
from archsearch.report.tables.secondary import TextTable

__all__ = ["write_comparison"]


def write_comparison(studies: Sequence[StudyRecord], out: Path, *, seed: int = 0) -> ReportFiles:
    """Write the page that holds several studies beside each other into ``out``.

    ``trials.csv`` and ``epochs.csv`` have a column ``study`` before all others.

    Args:
        studies: two or more, in the order shown.
        out: a folder, made if missing.
        seed: of resamples and permutations.
    """
    studies = list(map(without_paths, studies))
    comparison = compare(studies, seed=seed)
    drawn = list(
        drawings(
            {
                "compared": lambda: compared_figure(comparison),
                "correlations": lambda: correlations_figure(comparison),
            }
        )
    )
    figures = write_figures(drawn, out)
    summary = _summary(comparison, [path.relative_to(out).as_posix() for path in figures])
    said = comparison_sentences(comparison)
    trials, epochs = out / "trials.csv", out / "epochs.csv"
    for path, frame in ((trials, trials_frame), (epochs, epochs_frame)):
        write_text(path, _joined([frame(study) for study in studies], comparison.names))
    numbers, index = out / "summary.json", out / "index.html"
    write_text(numbers, json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    write_text(index, _page(comparison, said, drawn))
    complete = sum(trial_counts(study)["complete"] for study in studies)
    files = tuple(figures)
    return ReportFiles(index, trials, epochs, numbers, files, summary, tuple(said), complete)


def _joined(frames: Sequence[object], names: Sequence[str]) -> str:
    import pandas as pd

    marked = []
    for name, frame in zip(names, frames, strict=True):
        assert isinstance(frame, pd.DataFrame)  # noqa: S101
        copied = frame.astype(object)
        copied.insert(0, "study", name)
        marked.append(copied)
    text: str = pd.concat(marked).to_csv(index=False, lineterminator="\n")
    return text


def _summary(comparison: Comparison, figures: list[str]) -> dict[str, object]:
    return {
        "version": 1,
        "studies": [summarize(findings, []) for findings in comparison.findings],
        "differences": [
            {
                "first": each.first,
                "second": each.second,
                "spearman": estimate_json(each.estimate),
                "p_holm": each.p_holm,
            }
            for each in comparison.differences
        ],
        "warnings": [warning._asdict() for warning in comparison.warnings],
        "figures": figures,
    }


def _page(comparison: Comparison, said: list[str], drawn: list[Drawing]) -> str:
    return render(
        "comparison.html.j2",
        name=" · ".join(comparison.names),
        kind="archsearch comparison",
        question="Do the studies agree?",
        answer=said,
        warnings=comparison.warnings,
        figures=figure_cards(drawn),
        tables=[_table(comparison), *_differences(comparison)],
        architectures=[],
        color=None,
        color_figures=[],
    )


def _table(comparison: Comparison) -> TextTable:
    columns = ["study", "method", "complete", "architectures", "seeds", "latent sizes"]
    columns += ["Spearman ρ", "slope", "best val MSE", "its test MSE", "pictures"]
    rows = [
        [name, *_row(findings)]
        for name, findings in zip(comparison.names, comparison.findings, strict=True)
    ]
    note = "Spearman ρ and log–log slope of latent size with validation error, 95 % intervals."
    return TextTable("studies", "The studies", columns, rows, note)


def _row(findings: Findings) -> list[str]:
    study, sizes = findings.study, findings.sample.architectures()["latent_size"]
    data = study.settings.get("data")
    best = findings.trial(findings.best) if findings.best is not None else None
    errors = [best.real(name) if best else float("nan") for name in ("val_mse", "test_mse")]
    return [
        search_method(study),
        f"{trial_counts(study)['complete']} of {study.planned}",
        str(len(sizes)),
        ", ".join(map(str, findings.sample.seeds)) or "–",
        f"{sizes.min():,.0f}–{sizes.max():,.0f}" if len(sizes) else "–",
        with_interval(findings.found.measures["latent_size"]["spearman"]),
        with_interval(findings.found.slopes["latent_size"]),
        *(error(value) if isfinite(value) else "–" for value in errors),
        str(data.get("source", "–")) if isinstance(data, dict) else "–",
    ]


def _differences(comparison: Comparison) -> list[TextTable]:
    rows = [
        [
            f"{each.first} − {each.second}",
            with_interval(each.estimate),
            p_value(each.p_holm),
        ]
        for each in comparison.differences
    ]
    note = "Intervals by Zou (2007); p of the same interval, corrected for all pairs (Holm)."
    columns = ["studies", "difference of ρ", "p corrected"]
    return [TextTable("differences", "Differences", columns, rows, note)] if rows else []
