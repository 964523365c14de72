"""What a page says, read from its sections without drawing or writing it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from archsearch.records import StudyRecord
from archsearch.report import findings as computed
from archsearch.report.findings import Findings, find
from archsearch.report.pages.study import page_of
from archsearch.report.sections.blocks import Chart, Drawing, Facts, Items, Section, Table, Text
from archsearch.report.sections.correction import correct
from archsearch.report.subject import of_study
from tests.synthetic import StudyRecipe, synthetic_study


def findings_of(study: StudyRecord) -> Findings:
    return find(of_study(study))


@cache
def synthetic_findings(**recipe: object) -> Findings:
    """What was found in the study that a recipe of these makes; computed once for all tests."""
    return findings_of(synthetic_study(StudyRecipe(**recipe)))


def corrected(findings: Findings) -> Findings:
    """Findings that were changed, with each p corrected anew for all of them."""
    found, looks = correct(findings, computed._corrected)
    return replace(found, looks=looks)


_PAGES: dict[int, tuple[Findings, tuple[Section, ...]]] = {}
"""Sections by the identity of the findings, which are kept so that it stays theirs."""


def sections_of(findings: Findings) -> tuple[Section, ...]:
    """The page's, made once."""
    if id(findings) not in _PAGES:
        _PAGES[id(findings)] = (findings, page_of(findings).sections)
    return _PAGES[id(findings)][1]


def section_of(findings: Findings, name: str) -> Section | None:
    """The page's section of that name, if it has it."""
    named = {section.name: section for section in sections_of(findings)}
    return named.get(name)


def texts(section: Section | None) -> list[str]:
    """Every sentence of a section but its warnings: of texts, items, figures and notes."""
    found: list[str] = []
    for block in section.blocks if section else ():
        if isinstance(block, Text):
            found.append(block.text)
        elif isinstance(block, Items):
            found += [item.text for item in block.items]
        elif isinstance(block, Chart):
            found += [block.drawing.title, block.drawing.caption]
        elif isinstance(block, Drawing):
            found += [block.title, block.caption]
        elif isinstance(block, Table):
            found += [block.title, block.note]
        elif isinstance(block, Facts):
            found += [": ".join(pair) for pair in block.pairs]
    return [text for text in found if text]


def said(findings: Findings, name: str) -> str:
    """All that a section says, in one text."""
    return " ".join(texts(section_of(findings, name)))


def warnings_of(findings: Findings) -> dict[str, str]:
    """Messages by code."""
    found = (warning for section in sections_of(findings) for warning in section.warnings)
    return {warning.code: warning.message for warning in found}


def tables_of(findings: Findings, name: str) -> dict[str, Table]:
    """A section's tables by name."""
    section = section_of(findings, name)
    blocks = section.blocks if section else ()
    return {block.name: block for block in blocks if isinstance(block, Table)}


def drawings_of(findings: Findings, name: str) -> dict[str, Drawing]:
    """A section's figures by name."""
    section = section_of(findings, name)
    blocks = section.blocks if section else ()
    return {block.name: block for block in blocks if isinstance(block, Drawing)}


def column_of(table: Table, name: str) -> list[str]:
    """A column's texts."""
    place = [column.name for column in table.columns].index(name)
    return [row.cells[place].text for row in table.rows]
