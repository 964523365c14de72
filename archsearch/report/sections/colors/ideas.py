"""Ideas that may improve the colors, and what these data say of each."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.report.formatting import percent
from archsearch.report.sections.blocks import Cell, Column, Row, Table
from archsearch.report.sections.colors.cells import cell, signed
from archsearch.report.sections.colors.remedies import Change, Shift, Tried, over

__all__ = ["ideas_table"]

_EACH = "on the test split; small type: each seed with the idea against each without"
_COLUMNS = (
    Column("idea", words=True),
    Column("tried here?", words=True),
    Column("test MSE", _EACH),
    Column("ΔE", _EACH),
    Column("saturation", _EACH),
)


def ideas_table(found: Sequence[Tried]) -> Table:
    """A row for each idea; one for each task where only groups can be compared."""
    rows = tuple(row for one in found for row in _rows(one))
    return Table("ideas", "What may improve the colors", _COLUMNS, rows)


def _rows(one: Tried) -> list[Row]:
    if one.pairs:
        return [_row(one, _pairs(one), one.pairs)]
    rows = []
    for group in one.groups:
        of = f"of {group.task}, " if group.task else ""
        told = f"{of}mean of {group.having} against {group.without} without; other choices vary too"
        rows.append(_row(one, f"{told}: not yet its effect", (group.change,)))
    return rows or [_row(one, "" if not one.variants else "nothing to compare with", ())]


def _row(one: Tried, how: str, changes: Sequence[Change]) -> Row:
    tried = f"in {one.variants} of {one.of}" if one.variants else "not tried"
    return Row(
        (
            Cell(one.remedy.text, one.remedy.options),
            Cell(tried, how),
            cell(over([change.mse for change in changes]), percent),
            cell(_over([change.delta_e for change in changes]), signed),
            cell(_over([change.desaturation for change in changes]), signed),
        )
    )


def _over(shifts: Sequence[Shift | None]) -> Shift | None:
    return over([shift for shift in shifts if shift is not None])


def _pairs(one: Tried) -> str:
    """What is compared, and where not only the idea differs."""
    first = one.pairs[0]
    more = len(one.pairs) - 1
    told = f"{len(one.pairs)} pairs" if more else f"{first.before.called} → {first.after.called}"
    nets = any(pair.before.choices["net"] != pair.after.choices["net"] for pair in one.pairs)
    return f"{told}; the nets differ in more" if one.remedy.code == "skips" and nets else told
