"""What a layer's fields come to: assigned, written, in ``defaults``, or the table's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from archsearch.spec.expressions.expression import Expression, ExpressionError, ExpressionValue
from archsearch.spec.kinds import Kind
from archsearch.spec.kinds.fields import ABSENT, Field, FieldValue, Raw, SameAs
from archsearch.spec.resolution.cache import Settled
from archsearch.spec.resolution.diagnostics import DiagnosticCollector
from archsearch.spec.syntax.parse_values import shown, yes_or_no
from archsearch.spec.syntax.tree import (
    Family,
    LayerOptions,
    LayerSyntax,
    Part,
    Template,
    Written,
)
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.nodes import Scalar

__all__ = ["Environment", "Lookup"]

Environment = Mapping[str, ExpressionValue]


class Lookup:
    """Values of one candidate of a family.

    Args:
        family: the parsed spec.
        assigned: params by name and fields by canonical path, in place of the
            file's values.
        diagnostics: where problems go.
        settled: for each layer, the fields that are the same in every
            candidate like this one; filled as layers are met.
        environment: the values of the family's params.
    """

    def __init__(
        self,
        family: Family,
        assigned: Mapping[str, Raw],
        diagnostics: DiagnosticCollector,
        settled: dict[LayerSyntax, Settled],
        environment: Environment,
    ) -> None:
        self.family = family
        self.assigned = assigned
        self.diagnostics = diagnostics
        self.settled = settled
        self.environment = environment
        self.touched = {key.rpartition(".")[0] for key in assigned}
        self._defaults: dict[tuple[Kind, str], FieldValue] = {}

    def fields_of(
        self, item: LayerSyntax, kind: Kind, environment: Environment
    ) -> tuple[dict[str, FieldValue], frozenset[str]]:
        """All fields of a layer, and the names of those that can't be told."""
        settled = self.settled.get(item)
        if settled is None:
            settled = self.settled[item] = self.settle(item, kind)
        values, bad = dict(settled.values), item.bad
        for field in settled.open:
            value = self.lookup(item, kind, field, values, environment)
            if value is not None:
                values[field.name] = value
            elif field.default is not ABSENT:
                bad |= {field.name}
        return values, bad

    def settle(self, item: LayerSyntax, kind: Kind) -> Settled:
        """Which of a layer's fields have one value in every candidate like this."""
        values: dict[str, FieldValue] = {}
        open: list[Field] = []
        for field in kind.fields:
            value = self.settled_value(item, kind, field, values)
            if value is not None:
                values[field.name] = value
            elif field.name not in item.bad:
                open.append(field)
        return Settled(values, tuple(open))

    def settled_value(
        self, item: LayerSyntax, kind: Kind, field: Field, values: Mapping[str, FieldValue]
    ) -> FieldValue | None:
        """The field's literal value, unless something is assigned in its place."""
        if field.name in item.bad or f"{item.path}.{field.name}" in self.assigned:
            return None
        written = item.fields.get(field.name)
        if written is None:
            if not self.in_defaults(kind, field):
                return _of_table(field, values)
            if f"defaults.{kind.name}.{field.name}" in self.assigned:
                return None
            written = self.family.defaults[kind.name][field.name]
        if written is None or not written.is_literal:
            return None
        return self.diagnostics.literal(written, field)

    def lookup(
        self,
        item: LayerSyntax,
        kind: Kind,
        field: Field,
        values: Mapping[str, FieldValue],
        environment: Environment,
    ) -> FieldValue | None:
        """The layer's value, or that of ``defaults``, or the table's."""
        written = item.fields.get(field.name)
        key = f"{item.path}.{field.name}" if item.path in self.touched else ""
        if written is not None or key in self.assigned:
            return self.field(key, written, field, environment, kind.name, item.span)
        value = self.default(kind, field, values)
        if field.required and not item.doubtful and not self.in_defaults(kind, field):
            self.diagnostics.problem(
                "missing-key",
                item.span,
                f"{kind.name} needs `{field.name}`",
                help=f"for example `{kind.example}`",
            )
        return value

    def default(
        self, kind: Kind, field: Field, values: Mapping[str, FieldValue]
    ) -> FieldValue | None:
        """What ``defaults`` says of a field, or else the table."""
        place = (kind, field.name)
        value = self._defaults.get(place)
        if value is not None:
            return value
        if not self.in_defaults(kind, field):
            return _of_table(field, values)
        written = self.family.defaults.get(kind.name, {}).get(field.name)
        key = f"defaults.{kind.name}.{field.name}"
        value = self.field(key, written, field, self.environment, kind.name)
        if value is not None:
            self._defaults[place] = value
        return value

    def in_defaults(self, kind: Kind, field: Field) -> bool:
        """Whether ``defaults`` says something of a field, by the file or by what is assigned."""
        if field.name in self.family.defaults.get(kind.name, {}):
            return True
        section = f"defaults.{kind.name}"
        return section in self.touched and f"{section}.{field.name}" in self.assigned

    def with_defaults(
        self, kind: Kind, given: Mapping[str, FieldValue]
    ) -> tuple[dict[str, FieldValue], frozenset[str]]:
        """All fields of a layer that the file doesn't write, and those that can't be told."""
        values, bad = dict(given), set()
        for field in kind.fields:
            if field.name in values:
                continue
            value = self.default(kind, field, values)
            if value is not None:
                values[field.name] = value
            elif field.default is not ABSENT:
                bad.add(field.name)
        return values, frozenset(bad)

    def field(
        self,
        key: str,
        written: Written | None,
        field: Field,
        environment: Environment,
        where: str,
        span: Span | None = None,
    ) -> FieldValue | None:
        """A field's value, assigned or written, checked; problems give None."""
        if key in self.assigned:
            raw = self.assigned[key]
        elif written is not None:
            if written.is_literal:
                return self.diagnostics.literal(written, field)
            computed = self.value(written, environment, field.name)
            if computed is None:
                return None
            raw = computed
        else:
            return None
        value = field.type.read(raw)
        if value is None:
            self.diagnostics.problem(
                "expression-value",
                written.span if written else span,
                f"`{field.name}` of {where} would be {shown(raw)}",
                label=_values_of(written, environment) if written else "",
                help=f"`{field.name}` takes {field.type.expects}",
            )
        return value

    def value(self, written: Written, environment: Environment, what: str) -> Raw:
        """What a written value amounts to; None after a problem."""
        try:
            if not written.is_list and written.word is None:  # by far the most
                return _evaluated(cast(Part, written.parts[0]), environment)
            return written.map(lambda part: _evaluated(part, environment))
        except ExpressionError as error:
            if error.code != "unknown-name":  # the parser has told that
                self.diagnostics.problem(
                    "expression-value",
                    written.span,
                    f"`{what}`: {error.message}",
                    label=_values_of(written, environment),
                    help=error.help,
                )
            return None

    def text(self, template: Template, environment: Environment) -> str | None:
        """A text with its expressions filled in."""
        if template.literal is not None:
            return template.literal
        try:
            return "".join(str(_evaluated(part, environment)) for part in template.parts)
        except ExpressionError as error:
            if error.code != "unknown-name":
                self.diagnostics.problem(
                    "expression-value", template.span, f"the name: {error.message}", help=error.help
                )
            return None

    def present(self, options: LayerOptions, environment: Environment) -> bool | None:
        """Whether ``when`` lets a layer stand; None where that can't be told."""
        when = options.when
        if when is None:
            return None if options.unclear else True
        value = self.value(when, environment, "when")
        if value is None or isinstance(value, bool):
            return value
        self.diagnostics.problem(
            "expression-value",
            when.span,
            f"`when` must be true or false, and this is {shown(value)}",
            help=yes_or_no(value) or "write a comparison, such as $(depth > 1)",
        )
        return None


def _of_table(field: Field, values: Mapping[str, FieldValue]) -> FieldValue | None:
    """What the kind's table says where a layer and ``defaults`` say nothing."""
    if isinstance(field.default, SameAs):
        return values.get(field.default.field)
    if field.required or field.default is ABSENT:
        return None
    return cast(FieldValue, field.default)


def _values_of(written: Written, environment: Environment) -> str:
    """``width = 8, i = 2``: what the names in an expression stand for."""
    names = dict.fromkeys(name for part in written.expressions() for name, _ in part.names)
    known = [f"{name} = {shown(environment[name])}" for name in names if name in environment]
    return ", ".join(known[:5])


def _evaluated(part: Scalar | Expression, environment: Environment) -> Scalar:
    return part.evaluate(environment) if isinstance(part, Expression) else part
