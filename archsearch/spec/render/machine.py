"""Diagnostics for programs."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.printable import printable_json
from archsearch.spec.text.diagnostic import Diagnostic

__all__ = ["as_json"]


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """One object: ``{"version": 1, "ok": …, "diagnostics": […]}``."""
    ok = not any(item.severity == "error" for item in diagnostics)
    found = [item.as_json() for item in diagnostics]
    return printable_json({"version": 1, "ok": ok, "diagnostics": found}) + "\n"
