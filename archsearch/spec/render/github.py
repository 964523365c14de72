"""Diagnostics as annotations on a pull request.

Source: GitHub's workflow commands, ``::error file=…,line=…,col=…::message``.
"""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.spec.diagnostic import Diagnostic

__all__ = ["github"]


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """A workflow command a diagnostic."""
    return "".join(_command(item) for item in diagnostics)


def _command(item: Diagnostic) -> str:
    parts = [item.message, item.label, f"help: {item.help}" if item.help else ""]
    message = _escaped("\n".join(part for part in parts if part))
    place = f"file={_property(item.file)},line={item.line},col={item.column}"
    return f"::{item.severity} {place},title={_property(item.code)}::{message}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
