"""Diagnostics as annotations on a pull request.

Source: GitHub's workflow commands, ``::error file=…,line=…,col=…::message``.
"""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.printable import printable
from archsearch.spec.text.diagnostic import Diagnostic

__all__ = ["github"]


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """A workflow command a diagnostic."""
    return "".join(_command(item) for item in diagnostics)


def _command(item: Diagnostic) -> str:
    parts = [item.message, item.label, f"help: {item.help}" if item.help else ""]
    message = "%0A".join(_escaped(part) for part in parts if part)
    place = f"file={_property(item.file)},line={item.line},col={item.column}"
    return f"::{item.severity} {place},title={_property(item.code)}::{message}\n"


def _escaped(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
