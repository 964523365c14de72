"""Estimates as cells of a table; estimates and named tuples as JSON."""

from __future__ import annotations

from archsearch.report.formatting import decimal, interval, p_told
from archsearch.report.sections.blocks import Cell
from archsearch.report.statistics.intervals import Estimate, nothing

__all__ = ["correlation_cell", "estimate_json", "named_json"]


def correlation_cell(estimate: Estimate | None, *, with_p: bool = False) -> Cell:
    """A value with its 95 % interval under it, and its p if wanted; a dash where there is none.

    Example:
        >>> correlation_cell(Estimate(-0.5, -0.8, -0.1, 24, 0.01))
        Cell(text='−0.50', small='−0.80 to −0.10', sort=None)
    """
    if estimate is None or estimate.value is None:
        return Cell("–")
    small = interval(estimate) + (f"; {p_told(estimate.p)}" if with_p else "")
    return Cell(decimal(estimate.value), small)


def estimate_json(estimate: Estimate | None, n: int = 0) -> dict[str, float | int | None]:
    """An estimate as a JSON object; all None but n where there is none."""
    return (estimate or nothing(n))._asdict()


def named_json(record: object) -> dict[str, object] | None:
    """A named tuple's fields, NumPy's numbers as Python's; None for None."""
    fields = getattr(record, "_asdict", None)
    if fields is None:
        return None
    return {
        name: value.item() if hasattr(value, "item") else value for name, value in fields().items()
    }
