"""Estimates and named tuples as JSON."""

from __future__ import annotations

from archsearch.report.statistics.intervals import Estimate, nothing

__all__ = ["estimate_json", "named_json"]


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
