"""What a page is made of, as plain data: renderers know these, and no findings.

A section holds blocks. Texts are plain; renderers escape them, link terms of the glossary, and
keep numbers together with their units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Block",
    "Cell",
    "Chart",
    "Code",
    "Column",
    "Drawing",
    "Facts",
    "Item",
    "Items",
    "Mark",
    "PictureRow",
    "PictureRows",
    "ReportWarning",
    "Row",
    "Section",
    "Table",
    "Term",
    "Terms",
    "Text",
]

Mark = Literal["good", "caution", "bad", "plain"]
"""How an item stands: as it should, with a caution, against the answer, or neither."""


class ReportWarning(NamedTuple):
    """One thing that limits what can be concluded; ``code`` is stable."""

    code: str
    message: str


@dataclass(frozen=True)
class Text:
    """One paragraph."""

    text: str


class Item(NamedTuple):
    """A short sentence or two with a mark; ``code`` is a warning's."""

    mark: Mark
    text: str
    code: str = ""


@dataclass(frozen=True)
class Items:
    """A list of items."""

    items: tuple[Item, ...]


class Cell(NamedTuple):
    """A text, small print under it, and the number that it sorts by (None: by the text)."""

    text: str
    small: str = ""
    sort: float | None = None


class Column(NamedTuple):
    """A column's head, with a word of help; ``words`` is set in columns of text."""

    name: str
    help: str = ""
    words: bool = False


class Row(NamedTuple):
    """The cells of a row, the first its head.

    ``trial`` is the number of the net that it is of, which links it with the scatter;
    ``mark`` tells rows of another kind, e.g. ``baseline``.
    """

    cells: tuple[Cell, ...]
    trial: int | None = None
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table; ``note`` says how to read it, ``sortable`` lets readers order it."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    sortable: bool = False

    @staticmethod
    def of_texts(
        name: str,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        note: str = "",
    ) -> Table:
        """A table of texts.

        Example:
            >>> Table.of_texts("t", "Sizes", ["net", "size"], [["a", "16"]]).rows[0].cells[1].text
            '16'
        """
        return Table(
            name,
            title,
            tuple(Column(head, words=True) for head in columns),
            tuple(Row(tuple(map(Cell, row))) for row in rows),
            note,
        )


@dataclass(frozen=True)
class Drawing:
    """A figure that is drawn when the page is written.

    Attributes:
        name: of its files, ``figures/NAME.png`` and ``.svg``.
        title: its finding, in a few words.
        alt: what it shows, for those who don't see it.
        caption: how to read it; may be empty.
        draw: gives the figure, or None where there are no data for it.
    """

    name: str
    title: str
    alt: str
    caption: str
    draw: Callable[[], Figure | None]


@dataclass(frozen=True)
class Chart:
    """The scatter of all nets: drawn, and as data for the page's script.

    ``data`` is JSON-ready; ``pages/chart.js`` says what is in it.
    """

    drawing: Drawing
    data: Callable[[], Mapping[str, object]]


class PictureRow(NamedTuple):
    """Pictures side by side as one PNG, and what they are; ``trial`` as in :class:`Row`."""

    label: str
    small: str
    png: bytes
    trial: int | None = None


@dataclass(frozen=True)
class PictureRows:
    """Rows in which a column is one picture; ``name`` starts the names of their files."""

    name: str
    title: str
    caption: str
    rows: tuple[PictureRow, ...]


@dataclass(frozen=True)
class Facts:
    """Terms and what they are here."""

    pairs: tuple[tuple[str, str], ...]


class Term(NamedTuple):
    """A term that a student may not know; ``name`` is also how texts are linked to it."""

    name: str
    text: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """The glossary."""

    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Code:
    """A text to copy, e.g. a spec, folded under its title; ``trial`` as in :class:`Row`."""

    title: str
    text: str
    trial: int | None = None


Block = Text | Items | Table | Drawing | Chart | PictureRows | Facts | Terms | Code


@dataclass(frozen=True)
class Section:
    """One finding on the page.

    Attributes:
        name: its anchor.
        title: its heading.
        blocks: what it says, in order.
        warnings: what limits it.
        open: whether it stands open; others are folded.
    """

    name: str
    title: str
    blocks: tuple[Block, ...]
    warnings: tuple[ReportWarning, ...] = ()
    open: bool = False
