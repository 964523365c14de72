"""The section on the searched choices, put together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from archsearch.records import StudyRecord
from archsearch.report.sections.blocks import Block, Drawing, Section, Text
from archsearch.report.sections.choices.computed import Choices
from archsearch.report.sections.choices.confounded import confounded_choices
from archsearch.report.sections.choices.effects_figure import effects_figure
from archsearch.report.sections.choices.factors_figure import factors_figure
from archsearch.report.sections.choices.importances_figure import importances_figure
from archsearch.report.sections.choices.sentences import (
    effects_title,
    importances_title,
    only_uncorrected,
    sentences,
    untried_sentence,
)
from archsearch.report.sections.choices.tables import effects_table, pairs_table
from archsearch.report.sections.untried import never_drawn
from archsearch.report.statistics.sample import Sample

__all__ = ["section"]


def section(
    found: Choices, study: StudyRecord, sample: Sample, *, looks: int, word: str
) -> Section | None:
    """Sentences, effects, errors by choice and importances; None where nothing was searched.

    Args:
        found: the numbers, corrected.
        study: whose nets were trained.
        sample: the runs that the numbers are of.
        looks: how many comparisons they are corrected for.
        word: what runs with the mark ``collapsed`` are called; "" without any.
    """
    if sample.runs.empty:
        return None
    said = [
        *sentences(found, looks=looks, designed=study.designed, word=word),
        untried_sentence(never_drawn(study)),
    ]
    told = [Text(text) for text in said if text]
    shown = _shown(found, study, sample, looks) if found.factors else ()
    blocks = (*told, *shown)
    if not blocks:
        return None
    warnings = tuple(confounded_choices(found, sample.architectures()))
    title = "The searched choices" if "space" in study.settings else "What sets the nets apart"
    return Section("choices", title, blocks, warnings)


def _shown(found: Choices, study: StudyRecord, sample: Sample, looks: int) -> Iterator[Block]:
    tests = found.all.effects
    yield Drawing(
        "effects",
        effects_title(tests),
        "The change of validation error with each choice, points with 95 % intervals.",
        "Bars: 95 % intervals, uncorrected."
        + " *: not shown once corrected." * any(map(only_uncorrected, tests)),
        partial(effects_figure, tests),
    )
    tables = (effects_table(tests, looks), pairs_table(found.all.paired))
    yield from (table for table in tables if table is not None)
    yield Drawing(
        "factors",
        "Error by choice, the others varying too",
        "A panel for each choice: validation error of every net against the chosen value.",
        "Diamonds: geometric means; bars: 95 % intervals.",
        partial(factors_figure, study, sample),
    )
    if found.importances.shares:
        yield Drawing(
            "importances",
            importances_title(found),
            "A bar for each choice: its share of the explained variance, beside a random column’s.",
            "A description, not a test: even of pure noise some column explains most.",
            partial(importances_figure, found.importances),
        )
