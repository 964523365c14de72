"""Studies whose method chose trials by their errors: what is found there is named as such."""

from __future__ import annotations

from archsearch.records import StudyRecord
from archsearch.report.sections.blocks import ReportWarning
from archsearch.report.sections.provenance import search_method

__all__ = ["adaptive_search", "among_chosen"]


def among_chosen(title: str, *, designed: bool) -> str:
    """A section's title, with what its trials are where a search chose them.

    Example:
        >>> among_chosen("Noise", designed=False)
        'Noise, among trials that a search chose'
    """
    return title if designed else f"{title}, among trials that a search chose"


def adaptive_search(study: StudyRecord) -> list[ReportWarning]:
    """The warning that correlations are biased, where they are."""
    if study.designed:
        return []
    message = (
        f"The method {search_method(study)} chose trials by earlier results, which biases "
        "correlations: they don’t give the answer."
    )
    return [ReportWarning("adaptive-search", message)]
