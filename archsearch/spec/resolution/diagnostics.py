"""Problems found while one candidate is resolved, one a place and code."""

from __future__ import annotations

from archsearch.spec.kinds.fields import Field, FieldValue
from archsearch.spec.syntax.parse_values import literal_of
from archsearch.spec.syntax.tree import Written
from archsearch.spec.text.diagnostic import Diagnostic, Severity, Span
from archsearch.spec.text.source import Source, in_order

__all__ = ["DiagnosticCollector"]


class DiagnosticCollector:
    """Collects what is wrong with one candidate of a family.

    Starts with what the parser found, and keeps the first of several problems
    with one code at one place: a repeat would tell the same mistake again.

    Args:
        source: the family's file.
        literals: literal values already read, shared by all candidates.
    """

    def __init__(self, source: Source, literals: dict[Written, FieldValue | None]) -> None:
        self.source = source
        self.literals = literals
        self.found = list(source.diagnostics)
        self.places: set[tuple[str, Span | None]] = set()

    def problem(
        self,
        code: str,
        span: Span | None,
        message: str,
        *,
        label: str = "",
        help: str = "",
        severity: Severity = "error",
    ) -> None:
        """Note a problem at ``span``."""
        if (code, span) in self.places:
            return
        self.places.add((code, span))
        self.found.append(self.source.diagnostic(code, span, message, label, help, severity))

    def literal(self, written: Written, field: Field) -> FieldValue | None:
        """The value of a literal that the parser has already allowed."""
        if written not in self.literals:
            self.literals[written] = field.type.read(literal_of(written))
        return self.literals[written]

    def has_errors(self) -> bool:
        """Whether anything found is an error."""
        return any(item.severity == "error" for item in self.found)

    def shown(self, allowed: frozenset[str]) -> tuple[Diagnostic, ...]:
        """All but the warnings that the file allows, in the file's order."""
        kept = [d for d in self.found if d.severity == "error" or d.code not in allowed]
        return tuple(in_order(kept)) if kept else ()
