"""One line a diagnostic, as linters print them."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.printable import printable
from archsearch.spec.text.diagnostic import Diagnostic

__all__ = ["concise"]


def concise(diagnostics: Sequence[Diagnostic]) -> str:
    """``file:line:column: severity[code]: message``, a line each."""
    return "".join(
        printable(
            f"{item.file}:{item.line}:{item.column}: {item.severity}[{item.code}]: {item.message}"
        )
        + "\n"
        for item in diagnostics
    )
