"""Class by class: which pictures are colored worst."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archsearch.records import ClassScores
from archsearch.report.sections.blocks import Cell, Column, Row, Table
from archsearch.report.sections.colors.cells import cell, decimals, mse
from archsearch.report.sections.colors.measures import Spread, apart, spread
from archsearch.report.sections.colors.variants import Variant

__all__ = ["ClassRow", "class_rows", "class_table"]

MOST_CLASSES = 30
_MOST_NAMED = 3


class ClassRow(NamedTuple):
    """One class over the seeds of one variant."""

    name: str
    pictures: int
    delta_e: Spread | None
    mse: Spread
    desaturation: Spread | None


def class_rows(variant: Variant) -> list[ClassRow]:
    """The variant's classes over its seeds, the largest ΔE first."""
    by_name: dict[str, list[ClassScores]] = {}
    for result in variant.results:
        for scores in result.classes:
            by_name.setdefault(scores.name, []).append(scores)
    rows = [
        ClassRow(
            name,
            scores[0].pictures,
            _spread([one.delta_e for one in scores]),
            spread([one.mse for one in scores]),
            _spread([one.desaturation for one in scores]),
        )
        for name, scores in by_name.items()
    ]
    return sorted(rows, key=lambda row: (-(row.delta_e.mean if row.delta_e else 0), -row.mse.mean))


def class_table(best: Sequence[Variant]) -> Table | None:
    """ΔE, MSE and saturation of each class, for the best variant of each task.

    None where pictures have no classes.
    """
    having = [variant for variant in best if any(result.classes for result in variant.results)]
    if not having:
        return None
    first = class_rows(having[0])
    found = [{row.name: row for row in class_rows(variant)} for variant in having]
    columns = [Column("class", words=True), Column("pictures", "of the test split")]
    for variant in having:
        columns += [
            Column(f"{head}, {variant.called}" if len(having) > 1 else head, f"of {variant.name}")
            for head in ("ΔE", "MSE", "saturation")
        ]
    rows = tuple(_row(row.name, found) for row in first[:MOST_CLASSES])
    many = len(first) > MOST_CLASSES
    note = f"The {MOST_CLASSES} hardest of {len(first)}." if many else ""
    return Table("classes", _title(having[0], first), tuple(columns), rows, note, sortable=True)


def _title(variant: Variant, rows: Sequence[ClassRow]) -> str:
    """The classes that are harder than the easiest one, never surer than the seeds."""
    easiest = rows[-1]
    harder = [row for row in rows if _harder(row, easiest)]
    if not harder:
        return f"Class by class: none is shown to be harder for {variant.called}"
    named = ", ".join(row.name for row in harder[:_MOST_NAMED])
    return f"Class by class: {named} harder than {easiest.name} for {variant.called}"


def _harder(row: ClassRow, easiest: ClassRow) -> bool:
    one, other = row.delta_e, easiest.delta_e
    return one is not None and other is not None and one.mean > other.mean and apart(one, other)


def _row(name: str, found: Sequence[dict[str, ClassRow]]) -> Row:
    pictures = next(rows[name].pictures for rows in found if name in rows)
    cells = [Cell(name), Cell(f"{pictures:,}", sort=pictures)]
    for rows in found:
        row = rows.get(name)
        cells.append(cell(row and row.delta_e, decimals))
        cells.append(cell(row and row.mse, mse))
        cells.append(cell(row and row.desaturation, decimals))
    return Row(tuple(cells))


def _spread(values: Sequence[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    return spread(known) if known else None
