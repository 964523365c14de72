"""A diagnostic is data: what is wrong, where, why, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from archsearch.errors import InputError

__all__ = ["Diagnostic", "DiagnosticsError", "Severity", "Span"]

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one source line; line and columns count from 1.

    ``end`` is the column after the last character; a span over several lines
    ends with its first.
    """

    line: int
    column: int
    end: int

    @property
    def width(self) -> int:
        """Characters covered, at least one."""
        return max(1, self.end - self.column)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem at one place.

    Attributes:
        code: stable kebab-case name, see ``archsearch explain``.
        severity: errors stop; warnings do so under ``--strict``.
        message: what is wrong, in one sentence, with the actual value.
        file: the path as the user gave it.
        span: the place, or None when the whole file is meant.
        label: said at the caret: the cause, numbers filled in.
        help: what is allowed and how to fix it.
        line_text: the source line that ``span`` is on.
    """

    code: str
    severity: Severity
    message: str
    file: str
    span: Span | None = None
    label: str = ""
    help: str = ""
    line_text: str = ""

    @property
    def line(self) -> int:
        """Line of the place, 1 for a whole file."""
        return self.span.line if self.span else 1

    @property
    def column(self) -> int:
        """Column of the place, 1 for a whole file."""
        return self.span.column if self.span else 1

    @property
    def end_column(self) -> int:
        """The column after the place's last character, on its line; 1 for a whole file."""
        return self.span.column + self.span.width if self.span else 1

    def as_error(self) -> Diagnostic:
        """The same with severity error, for ``--strict``."""
        return replace(self, severity="error")

    def as_json(self) -> dict[str, str | int]:
        """The stable keys that ``check --format json`` prints."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": self.line,
            "end_column": self.end_column,
            "message": self.message if not self.label else f"{self.message}: {self.label}",
            "help": self.help,
        }


class DiagnosticsError(InputError):
    """A file with errors in it; ``diagnostics`` holds all of them, warnings too."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        errors = [item for item in self.diagnostics if item.severity == "error"]
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(
            f"{first.file}:{first.line}:{first.column}: {first.code}: {first.message}{more}",
            help=first.help,
        )
