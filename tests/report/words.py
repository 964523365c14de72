"""What a page says, text by text; and how many words of prose that is, as data and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Literal, NamedTuple

from archsearch.report.pages.page import Page
from archsearch.report.sections.blocks import (
    Block,
    Chart,
    Drawing,
    Items,
    PictureRows,
    Section,
    Table,
    Terms,
    Text,
)

Kind = Literal["sentence", "heading", "title", "caption", "label", "cell", "term", "fact"]
"""What a text is. Cells, facts and labels of pictures are looked up, not read: no prose."""


class Said(NamedTuple):
    """One text of a page: in which section, what it is, and whether it stands open."""

    section: str
    kind: Kind
    text: str
    open: bool = True

    @property
    def prose(self) -> bool:
        """Whether it counts as words to read."""
        return self.kind not in ("cell", "fact", "label")


def said(page: Page) -> list[Said]:
    """Every text of the page, in its order; what scripts and drawn figures hold isn't among it."""
    header = [("heading", page.name), ("sentence", page.description), ("fact", page.facts)]
    first = [told for block in page.first for told in _of_block("first", block, shown=True)]
    sections = [told for section in page.sections for told in _of_section(section)]
    told = [*(Said("header", kind, text) for kind, text in header), *_of_section(page.answer)]
    return [each for each in (*told, *first, *sections) if each.text]


def _of_section(section: Section) -> Iterator[Said]:
    yield Said(section.name, "heading", section.title)
    for block in section.blocks:
        yield from _of_block(section.name, block, shown=section.open)
    for warning in section.warnings:
        yield Said(section.name, "sentence", warning.message, section.open)


def _of_block(name: str, block: Block, *, shown: bool) -> Iterator[Said]:
    for kind, text in _texts(block):
        yield Said(name, kind, text, shown)


def _texts(block: Block) -> Iterator[tuple[Kind, str]]:
    if isinstance(block, Text):
        yield "sentence", block.text
    elif isinstance(block, Items):
        yield from (("sentence", item.text) for item in block.items)
    elif isinstance(block, Table):
        yield "title", block.title
        yield from _cells(block)
        yield "caption", block.note
    elif isinstance(block, Drawing | Chart):
        drawing = block.drawing if isinstance(block, Chart) else block
        yield from (("title", drawing.title), ("caption", drawing.caption))
    elif isinstance(block, PictureRows):
        yield from (("title", block.title), ("caption", block.caption))
        yield from (("label", f"{row.label} {row.small}") for row in block.rows)
    elif isinstance(block, Terms):
        yield from (("term", f"{term.name} {term.text}") for term in block.terms)
    elif hasattr(block, "pairs"):
        yield from (("fact", f"{term}: {text}") for term, text in block.pairs)
    else:
        yield "heading", block.title


def _cells(table: Table) -> Iterator[tuple[Kind, str]]:
    for column in table.columns:
        yield "cell", f"{column.name} {column.help}"
    for row in table.rows:
        yield from (
            ("cell", f"{cell.text} · {cell.small}" if cell.small else cell.text)
            for cell in row.cells
        )


def words(text: str) -> int:
    """How many words and numbers; signs between spaces are none.

    Example:
        >>> words("Yes: by 23 % (15 to 30 %) · done")
        7
    """
    return len([word for word in text.split() if re.search(r"\w", word)])


def prose_words(page: Page, *, folded: bool) -> int:
    """Words of prose on the page, with or without what is folded."""
    told = (each for each in said(page) if each.prose and (folded or each.open))
    return sum(words(each.text) for each in told)


PROSE = {"p", "li", "figcaption", "summary", "h1", "h2", "h3", "dt", "dd"}
NO_PROSE = {"table", "pre", "svg", "button", "script", "style"}
NO_PROSE_CLASSES = {"kind", "facts-line", "files", "picture-label"}
VOID = {"br", "img", "meta", "link", "hr"}


class HtmlProse(HTMLParser):
    """Counts the words of prose of a written page: all, and those that stand open.

    Paragraphs, items, captions, summaries and headings, and the glossary's terms. Not the line of
    facts, lists of facts, tables, labels of pictures, specs, and links to files. What lies in
    ``details`` is folded, but for its summary.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._all: list[str] = []
        self._shown: list[str] = []
        self._inside: list[tuple[str, bool]] = []
        self.feed(text)
        self.total, self.open = words("".join(self._all)), words("".join(self._shown))

    def handle_starttag(self, tag, attrs):
        if tag in PROSE or tag == "br":
            self._all.append(" ")
            self._shown.append(" ")
        if tag not in VOID:
            classes = set((dict(attrs).get("class") or "").split())
            facts = tag == "dl" and "terms" not in classes
            self._inside.append((tag, tag in NO_PROSE or facts or bool(classes & NO_PROSE_CLASSES)))

    def handle_endtag(self, tag):
        while self._inside and self._inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _ in self._inside]
        if any(left for _, left in self._inside) or not PROSE & set(tags):
            return
        self._all.append(data)
        folds = tags.count("details")
        if folds == 0 or (folds == 1 and "summary" in tags):
            self._shown.append(data)
