"""A page as Markdown, with its figures as PNG files: to be pasted into a paper of one's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from archsearch.report.pages.page import Page
from archsearch.report.sections.blocks import (
    Block,
    Chart,
    Code,
    Drawing,
    Facts,
    Items,
    Mark,
    PictureRows,
    Section,
    Table,
    Terms,
    Text,
)

__all__ = ["markdown"]

_MARKS: dict[Mark, str] = {"good": "✓", "caution": "!", "bad": "✗", "plain": "·"}
_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>|#"})


def markdown(page: Page, figures: Collection[str]) -> str:
    """The page's text.

    Args:
        page: to be written.
        figures: names of those that were drawn.
    """
    parts = [f"# {_safe(page.name)}", _safe(page.description), _safe(page.facts)]
    parts += _section(page.answer, figures)
    for block in page.first:
        parts += _block(block, figures)
    for section in page.sections:
        parts += _section(section, figures)
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, figures: Collection[str]) -> Iterator[str]:
    yield f"## {_safe(section.title)}"
    for block in section.blocks:
        yield from _block(block, figures)
    if section.warnings:
        yield "\n".join(f"- {_safe(warning.message)}" for warning in section.warnings)


def _block(block: Block, figures: Collection[str]) -> Iterator[str]:
    if isinstance(block, Text):
        yield _safe(block.text)
    elif isinstance(block, Items):
        yield "\n".join(f"- {_MARKS[item.mark]} {_safe(item.text)}" for item in block.items)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Chart):
        yield from _figure(block.drawing, figures)
    elif isinstance(block, Drawing):
        yield from _figure(block, figures)
    elif isinstance(block, PictureRows):
        yield from _pictures(block)
    elif isinstance(block, Facts):
        yield "\n".join(f"- {_safe(term)}: {_safe(text)}" for term, text in block.pairs)
    elif isinstance(block, Terms):
        yield "\n".join(f"- **{_safe(term.name)}**: {_safe(term.text)}" for term in block.terms)
    elif isinstance(block, Code):
        yield f"{_safe(block.title)}:"
        yield "\n".join(f"    {line}" for line in block.text.splitlines())


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{_safe(table.title)}**"
    heads = [_safe(column.name) or " " for column in table.columns]
    rows = [[_cell(cell.text, cell.small) for cell in row.cells] for row in table.rows]
    sides = ["---" if column.words else "--:" for column in table.columns]
    yield "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, sides, *rows))
    if table.note:
        yield _safe(table.note)


def _cell(text: str, small: str) -> str:
    return _safe(f"{text} ({small})" if small else text).replace("\n", " ")


def _figure(drawing: Drawing, figures: Collection[str]) -> Iterator[str]:
    if drawing.name in figures:
        yield f"![{_safe(drawing.alt)}](figures/{drawing.name}.png)"
        yield f"*{_safe(drawing.title)}.* {_safe(drawing.caption)}".strip()


def _pictures(block: PictureRows) -> Iterator[str]:
    rows = [
        f"| {_cell(row.label, row.small)} "
        f"| ![{_safe(row.label)}](figures/{block.name}-{place}.png) |"
        for place, row in enumerate(block.rows)
    ]
    yield "\n".join(["| | |", "|---|---|", *rows])
    yield f"*{_safe(block.title)}.* {_safe(block.caption)}"


def _safe(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    return " ".join(text.translate(_SPECIAL).split())
