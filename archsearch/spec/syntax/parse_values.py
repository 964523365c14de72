"""Values in a spec: literals, lists, ``$name``, ``$(…)`` and texts that embed them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from archsearch.spec.expressions.expression import Expression, ExpressionError, parse_expression
from archsearch.spec.kinds.fields import Atom, Field, FieldType, Flag, Numbered, Raw
from archsearch.spec.syntax.other_words import called_with, read_as_meant, word_for
from archsearch.spec.syntax.tree import Part, Template, Written
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.misread_keys import tuple_of
from archsearch.spec.text.nearest import nearest
from archsearch.spec.text.nodes import ListNode, MapNode, Node, ScalarNode
from archsearch.spec.text.scalars import core_value
from archsearch.spec.text.source import Source

__all__ = [
    "Scope",
    "literal_of",
    "mended",
    "parse_field",
    "parse_template",
    "parse_written",
    "shown",
    "yes_or_no",
]

_NAME = re.compile(r"\$([A-Za-z_][A-Za-z_0-9]*)")
_EMBEDDED = re.compile(r"\$([A-Za-z_][A-Za-z_0-9]*)|\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_SEE = "see `archsearch explain bad-expression`"


class Scope:
    """The names an expression may read; those read are remembered, also outwards."""

    def __init__(self, names: Iterable[str] = (), outer: Scope | None = None) -> None:
        self.own = frozenset(names)
        self.outer = outer
        self.used: set[str] = set()

    def names(self) -> frozenset[str]:
        """All names that can be read here."""
        return self.own | (self.outer.names() if self.outer else frozenset())

    def use(self, name: str) -> bool:
        """Note that ``name`` is read; False where there is none."""
        if name in self.own:
            self.used.add(name)
            return True
        return self.outer.use(name) if self.outer else False


def parse_written(
    source: Source, node: Node, scope: Scope, what: str, type: FieldType | None = None
) -> Written | None:
    """Read a value; problems go to ``source`` and give None.

    Args:
        source: where problems go.
        node: the value's node.
        scope: names that expressions may read.
        what: the key, for messages.
        type: what the value is for; some types take lists of lists, or a word with a number.
    """
    if isinstance(node, MapNode):
        if words := getattr(type, "numbered", ()):
            return _numbered(source, node, scope, what, words)
        source.problem(
            "wrong-type",
            node.span,
            f"`{what}` takes a value, not a mapping of keys",
            help="if this is text or `$(…)` with a brace or `: ` in it, put it in quotes",
        )
        return None
    if isinstance(node, ListNode):
        written = [parse_written(source, item, scope, what) for item in node.items]
        known = [item for item in written if item is not None]
        flat = [item for item in known if not item.is_list]
        if len(known) == len(node.items) and getattr(type, "nested", False):
            parts = (item if item.is_list else item.parts[0] for item in known)
            return Written(tuple(parts), True, node.span)
        if len(flat) < len(node.items):
            if len(known) == len(node.items):
                source.problem(
                    "wrong-type",
                    node.span,
                    f"`{what}` takes no list of lists",
                    help="remove the inner brackets: one list is [height, width]",
                )
            return None
        return Written(tuple(item.parts[0] for item in flat), True, node.span)
    part = _parse_part(source, node, scope, what)
    return None if part is None else Written((part,), False, node.span)


def _numbered(
    source: Source, node: MapNode, scope: Scope, what: str, words: tuple[str, ...]
) -> Written | None:
    """``{leaky_relu: 0.2}``: one of these words, with one value."""
    if len(node.entries) != 1 or node.entries[0].key not in words:
        if not node.damaged:
            source.problem(
                "wrong-type",
                node.span,
                f"`{what}` takes one word with its number in braces",
                help=f"words that take one: {', '.join(words)}",
            )
        return None
    (entry,) = node.entries
    inner = parse_written(source, entry.value, scope, entry.key)
    if inner is None:
        return None
    if inner.is_list:
        source.problem(
            "wrong-type",
            entry.value.span,
            f"`{entry.key}` takes one value, not a list",
            help="remove the brackets",
        )
        return None
    return Written(inner.parts, False, node.span, entry.key)


def _parse_part(source: Source, node: ScalarNode, scope: Scope, what: str) -> Part:
    if node.value is None:
        source.problem(
            "null-value", node.span, f"`{what}` has no value", help="write one, or remove the key"
        )
        return None
    if not isinstance(node.value, str) or "$" not in node.value:
        return node.value
    text = node.value
    start = node.span.column + _quotes(node)
    if match := _NAME.fullmatch(text):
        return _expression(source, node.span.line, match[1], start + 1, scope)
    if text.startswith("$(") and text.endswith(")"):
        return _expression(source, node.span.line, text[2:-1], start + 2, scope)
    source.problem(
        "bad-expression",
        node.span,
        f"`{shown(text)}` is neither a value nor an expression",
        help="a value is a literal or one whole expression: write $name or $(…)",
    )
    return None


def _quotes(node: ScalarNode) -> int:
    """1 where the scalar is quoted, so that its text begins a column later."""
    return int(node.span.end - node.span.column > len(node.text))


def parse_template(source: Source, node: Node, scope: Scope, what: str) -> Template | None:
    """Read a text that may embed expressions; problems give None."""
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        source.problem(
            "wrong-type",
            node.span,
            f"`{what}` takes one word",
            help=f"write `{what}: {node.items[0].text}`"
            if isinstance(node, ListNode)
            and len(node.items) == 1
            and isinstance(node.items[0], ScalarNode)
            else "use letters, digits and _; $name and $(…) may be embedded",
        )
        return None
    parts: list[str | Expression] = []
    start, done = node.span.column + _quotes(node), 0
    for match in _EMBEDDED.finditer(node.value):
        inner, at = (match[1], match.start(1)) if match[1] else (match[2], match.start(2))
        expression = _expression(source, node.span.line, inner, start + at, scope)
        if expression is None:
            return None
        parts += [node.value[done : match.start()], expression]
        done = match.end()
    parts.append(node.value[done:])
    if any(isinstance(part, str) and "$" in part for part in parts):
        source.problem(
            "bad-expression",
            node.span,
            f"a `$` in `{shown(node.value)}` doesn't begin an expression",
            help="write $name or $(…), each bracket closed: skip_$(i)",
        )
        return None
    return Template(tuple(part for part in parts if part != ""), node.span)


def _expression(
    source: Source, line: int, text: str, column: int, scope: Scope
) -> Expression | None:
    try:
        expression = parse_expression(text)
    except ExpressionError as error:
        place = Span(line, column + error.offset, column + error.offset + error.length)
        source.problem(error.code, place, error.message, help=error.help or _SEE)
        return None
    known = True
    for name, offset in expression.names:
        if not scope.use(name):
            known = False
            place = Span(line, column + offset, column + offset + len(name))
            _unknown_name(source, name, place, scope)
    return expression if known else None


def _unknown_name(source: Source, name: str, place: Span, scope: Scope) -> None:
    names = sorted(scope.names())
    near = nearest(name, names)
    if near is not None:
        scope.use(near)
    declare = f"declare it: `params: {{{name}: 8}}`"
    known = f"; there are: {', '.join(names)}" if names else ""
    source.problem(
        "unknown-name",
        place,
        f"nothing is named `{name}`",
        help=f"did you mean `{near}`?" if near else declare + known,
    )


def literal_of(written: Written) -> Raw:
    """The value of a literal, as fields read it."""
    return written.map(_literal)


def _literal(part: Part) -> Atom:
    if isinstance(part, Expression):
        raise TypeError("nothing in a literal is computed")
    return part


def parse_field(
    source: Source, node: Node, scope: Scope, field: Field, where: str, key: str = ""
) -> Written | None:
    """Read a field's value; problems go to ``source`` and give None.

    Args:
        source: where problems go.
        node: the value's node.
        scope: names that expressions may read.
        field: what may stand there.
        where: what has the field, for messages.
        key: how the file writes the field's name, if otherwise.
    """
    written = parse_written(source, node, scope, key or field.name, field.type)
    if written is None or not written.is_literal:
        return written
    raw = literal_of(written)
    if field.type.read(raw) is not None:
        return written
    source.problem(
        "value-not-allowed",
        written.span,
        f"`{field.name}: {shown(raw)}` is not allowed in {where}",
        help=_param_meant(raw, scope) or mended(field, raw),
    )
    return None


def _param_meant(raw: Raw, scope: Scope) -> str:
    """A param's name without its ``$``: the sentence that says so, else ""."""
    if isinstance(raw, str) and raw.isidentifier() and scope.use(raw):
        return f"write `${raw}` for the value of that name"
    return ""


_YES_AND_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def yes_or_no(raw: object) -> str:
    """What to write for a word that YAML 1.1 took for true or false; "" for any other.

    Example:
        >>> yes_or_no("no")
        'write false: YAML 1.2 reads `no` as a text'
    """
    meant = _YES_AND_NO.get(raw.lower()) if isinstance(raw, str) else None
    return f"write {meant}: YAML 1.2 reads `{raw}` as a text" if meant else ""


def mended(field: Field, raw: Raw) -> str:
    """What to write instead, as near to ``raw`` as can be told."""
    if isinstance(raw, tuple) and len(raw) == 4 and getattr(field.type, "nested", False):
        return "four sides are written [[top, bottom], [left, right]]"
    told = _mended_text(field, raw) if isinstance(raw, str) else ""
    return told or f"`{field.name}` takes {field.type.expects}"


def _mended_text(field: Field, text: str) -> str:
    if told := _python(field, text):
        return told
    if field.type.read(core_value(text)) is not None:
        return f"remove the quotes: `{field.name}: {text}`"
    if isinstance(field.type, Flag) and (told := yes_or_no(text)):
        return told
    if told := read_as_meant(text, lambda value: field.type.read(cast(Raw, value)) is not None):
        return told
    if meant := word_for(text, field.type.words):
        return f"it is called `{meant}` here"
    near = nearest(text, field.type.words)
    return f"did you mean `{near}`?" if near else ""


def _python(field: Field, text: str) -> str:
    """What to write for a tuple, or for a layer of torch's, e.g. ``nn.LeakyReLU(0.2)``."""
    if listed := tuple_of(text):
        return f"write {listed}: a list has brackets"
    called = called_with(text)
    if called is None:
        return ""
    name, number = called
    word = word_for(name, field.type.words) or nearest(name, field.type.words)
    if word is None:
        return ""
    numbered = Numbered(word, core_value(number)) if number else None
    takes = numbered is not None and field.type.read(numbered) is not None
    return f"write `{field.name}: {numbered if takes else word}`"


def shown(raw: Raw) -> str:
    """A value as YAML shows it, shortened; texts that look like numbers in quotes."""
    if isinstance(raw, tuple):
        return "[" + ", ".join(shown(part) for part in raw) + "]"
    if isinstance(raw, Numbered):
        return f"{{{raw.word}: {shown(raw.number)}}}"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        raw = int(raw) if raw.is_integer() and abs(raw) < 1e15 else float(f"{raw:.6g}")
    text = "null" if raw is None else str(raw)
    if isinstance(raw, str) and not isinstance(core_value(raw), str):
        text = f'"{raw}"'
    return text if len(text) <= 40 else text[:39] + "…"
