"""A page as data: what stands open, what is folded; and its blocks with drawn figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from archsearch.report.pages.drawn import Drawn, draw
from archsearch.report.sections.blocks import Block, Chart, Drawing, PictureRows, Section

__all__ = ["Page", "drawn_figures", "without_empty"]


@dataclass(frozen=True)
class Page:
    """One page, before it is written as HTML or Markdown.

    Attributes:
        kind: what it is, e.g. ``archsearch report``.
        name: its title.
        description: the user's; may be empty.
        facts: one line on how much was done.
        answer: the opening section.
        first: the figures that stand side by side under it.
        sections: what follows, open ones first.
    """

    kind: str
    name: str
    description: str
    facts: str
    answer: Section
    first: tuple[Chart | PictureRows | Drawing, ...]
    sections: tuple[Section, ...]


def drawn_figures(page: Page) -> dict[str, Drawn]:
    """Every figure of the page that has data, by name."""
    found = (draw(drawing) for drawing in _drawings(page))
    return {each.drawing.name: each for each in found if each is not None}


def _drawings(page: Page) -> Iterator[Drawing]:
    for block in (*page.first, *(block for part in page.sections for block in part.blocks)):
        if isinstance(block, Chart):
            yield block.drawing
        elif isinstance(block, Drawing):
            yield block


def without_empty(page: Page, drawn: Mapping[str, Drawn]) -> Page:
    """The page without figures that have no data, and without sections that have nothing left."""
    sections = (_without_empty(section, drawn) for section in page.sections)
    return replace(
        page,
        first=tuple(block for block in page.first if _is_shown(block, drawn)),
        sections=tuple(each for each in sections if each is not None),
    )


def _without_empty(section: Section, drawn: Mapping[str, Drawn]) -> Section | None:
    blocks = tuple(block for block in section.blocks if _is_shown(block, drawn))
    return replace(section, blocks=blocks) if blocks or section.warnings else None


def _is_shown(block: Block, drawn: Mapping[str, Drawn]) -> bool:
    return not isinstance(block, Drawing) or block.name in drawn
