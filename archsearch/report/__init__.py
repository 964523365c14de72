"""From a study's record to a report: numbers, words, figures, one HTML file.

Loads neither torch nor, before a report is written, pandas and matplotlib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archsearch.report.write import ReportFiles, write_report

__all__ = ["ReportFiles", "write_report"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from archsearch.report import write

        return getattr(write, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
