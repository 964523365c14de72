"""The page of several studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archsearch.printable import count
from archsearch.records import StudyRecord, epochs_frame, trial_counts, trials_frame
from archsearch.report.comparison import answer, sections
from archsearch.report.comparison.compare import Comparison, compare
from archsearch.report.comparison.figures import figures
from archsearch.report.findings import find
from archsearch.report.pages.page import Page
from archsearch.report.pages.study import page_of
from archsearch.report.pages.summary import summarize
from archsearch.report.pages.write import ReportFiles, write_page
from archsearch.report.sections import glossary
from archsearch.report.sections.blocks import ReportWarning, Text
from archsearch.report.sections.estimates import estimate_json
from archsearch.report.subject import of_study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["comparison_page", "write_comparison"]


def write_comparison(studies: Sequence[StudyRecord], out: Path, *, seed: int = 0) -> ReportFiles:
    """Write the page that holds several studies beside each other into ``out``.

    ``trials.csv`` and ``epochs.csv`` have a column ``study`` before all others.

    Args:
        studies: two or more, in the order shown.
        out: a folder, made if missing.
        seed: of resamples and permutations.
    """
    comparison = compare([find(of_study(study), seed=seed) for study in studies])
    alone = tuple(map(page_of, comparison.findings))
    page = comparison_page(comparison, alone)
    shown = [findings.study for findings in comparison.findings]
    return write_page(
        page,
        out,
        summary=_summary(comparison, page, alone),
        trials=_joined(trials_frame, shown, comparison.names),
        epochs=_joined(epochs_frame, shown, comparison.names),
        complete=sum(trial_counts(study)["complete"] for study in studies),
    )


def comparison_page(comparison: Comparison, alone: Sequence[Page]) -> Page:
    """The page, before it is written.

    Args:
        comparison: its numbers.
        alone: each study's own page, whose opening and warnings are told.
    """
    names = comparison.names
    answers = {name: _opening(page) for name, page in zip(names, alone, strict=True)}
    own = {name: _warnings(page) for name, page in zip(names, alone, strict=True)}
    made = (
        sections.studies(comparison),
        sections.limits(comparison),
        sections.differences(comparison),
        sections.studies_alone(answers, list(sections.shared_warnings(own))),
        glossary.section(),
    )
    return Page(
        kind="archsearch comparison",
        name=" · ".join(names),
        description="",
        facts=_facts(comparison),
        answer=answer.section(comparison),
        first=figures(comparison),
        sections=tuple(each for each in made if each is not None),
    )


def _facts(comparison: Comparison) -> str:
    architectures = sum(len(one.sample.architectures()) for one in comparison.findings)
    return f"{len(comparison.names)} studies · {count(architectures, 'architecture')}"


def _opening(page: Page) -> list[str]:
    return [block.text for block in page.answer.blocks if isinstance(block, Text)]


def _warnings(page: Page) -> list[ReportWarning]:
    return [warning for section in page.sections for warning in section.warnings]


def _joined(
    frame: Callable[[StudyRecord], pd.DataFrame],
    studies: Sequence[StudyRecord],
    names: Sequence[str],
) -> str:
    """Tables of the studies below each other, with a column of their names."""
    import pandas as pd

    tables = [frame(study).astype(object) for study in studies]
    for name, table in zip(names, tables, strict=True):
        table.insert(0, "study", name)
    text: str = pd.concat(tables).to_csv(index=False, lineterminator="\n")
    return text


def _summary(comparison: Comparison, page: Page, alone: Sequence[Page]) -> dict[str, object]:
    pairs = zip(comparison.findings, alone, strict=True)
    return {
        "version": 1,
        "studies": [summarize(findings, own.sections) for findings, own in pairs],
        "differences": [
            {
                "first": each.first,
                "second": each.second,
                "spearman": estimate_json(each.estimate),
                "p_holm": each.p_holm,
            }
            for each in comparison.differences
        ],
        "warnings": [warning._asdict() for warning in _warnings(page)],
    }
