"""From a study's record to a report: numbers, words, figures, one HTML file.

Loads neither torch nor, before a report is written, pandas and matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archsearch.report.pages.comparison import write_comparison
    from archsearch.report.pages.runs import write_runs_report
    from archsearch.report.pages.study import write_report
    from archsearch.report.pages.write import ReportFiles

__all__ = ["ReportFiles", "write_comparison", "write_report", "write_runs_report"]

_MODULES = {
    "ReportFiles": "pages.write",
    "write_comparison": "pages.comparison",
    "write_report": "pages.study",
    "write_runs_report": "pages.runs",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        module = import_module(f"archsearch.report.{_MODULES[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
