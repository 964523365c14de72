"""Tables for notebooks: plain HTML in which every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from archsearch.printable import printable

__all__ = ["html_table"]

_LEFT, _RIGHT = "text-align:left", "text-align:right"


def html_table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object] | str],
    *,
    numbers: Iterable[int] = (),
    below: Iterable[str] = (),
) -> str:
    """A table with a caption and lines below it; names in it are shown, never taken for HTML.

    Args:
        caption: above the table.
        head: the columns' names.
        rows: cells of each row; a text alone fills a whole row.
        numbers: places of columns that are set to the right.
        below: lines below the table.

    Example:
        >>> html_table("net", ["layer"], [["<i>"]]).partition("<tbody>")[2]
        '<tr><td style="text-align:left">&lt;i&gt;</td></tr></tbody></table>'
    """
    right = frozenset(numbers)
    styles = [_RIGHT if place in right else _LEFT for place in range(len(head))]
    body = "".join(_row(row, styles) for row in rows)
    last = "".join(f"<p>{_text(line)}</p>" for line in below)
    return (
        f"<p><strong>{_text(caption)}</strong></p>"
        f"<table><thead>{_cells('th', head, styles)}</thead><tbody>{body}</tbody></table>{last}"
    )


def _row(row: Sequence[object] | str, styles: Sequence[str]) -> str:
    if isinstance(row, str):
        return f'<tr><td colspan="{len(styles)}" style="text-align:center">{_text(row)}</td></tr>'
    return _cells("td", row, styles)


def _cells(tag: str, cells: Sequence[object], styles: Sequence[str]) -> str:
    told = zip(cells, styles, strict=True)
    inside = "".join(f'<{tag} style="{style}">{_text(cell)}</{tag}>' for cell, style in told)
    return f"<tr>{inside}</tr>"


def _text(value: object) -> str:
    return escape(printable(str(value)))
