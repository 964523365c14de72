"""Lists of layers: from nodes to syntax, every mistake noted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from archsearch.spec.diagnostic import Span
from archsearch.spec.kinds import KINDS, Kind
from archsearch.spec.nearest import did_you_mean, nearest
from archsearch.spec.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from archsearch.spec.parse_values import Scope, check_literal, literal_of, parse_written
from archsearch.spec.source import Source
from archsearch.spec.syntax import Body, LayerSyntax, Written

__all__ = ["IDENTIFIER", "RESERVED", "parse_body", "parse_fields"]

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
RESERVED = frozenset(
    [
        "latent",
        "params",
        "macs",
        "encoder_depth",
        "train",
        "task",
        "data",
        "input",
        "defaults",
        "encoder",
        "decoder",
    ]
)
_BESIDE = ("name", "when")


class _LayerParser:
    """One list of layers."""

    def __init__(self, source: Source, scope: Scope, allow_kinds: Mapping[str, Kind]) -> None:
        self.source = source
        self.scope = scope
        self.kinds = allow_kinds

    def body(self, node: Node, path: str) -> Body:
        if not isinstance(node, ListNode):
            self.source.problem(
                "wrong-type",
                node.span,
                f"`{path}` must be a list of layers",
                help="write each layer on a line of its own: `- conv: {channels: 8}`",
            )
            return ()
        if not node.items:
            self.source.problem(
                "empty-section", node.span, f"`{path}` has no layers", help="add at least one"
            )
        return tuple(self.layer(item, f"{path}[{i}]") for i, item in enumerate(node.items))

    def layer(self, node: Node, path: str) -> LayerSyntax:
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.text in self.kinds:
            self.source.problem(
                "wrong-type",
                node.span,
                f"`{node.text}` needs a colon behind it",
                help=f"write `- {node.text}:` or `- {self.kinds[node.text].example}`",
            )
            return self.broken(path, node.span)
        if not isinstance(node, MapNode):
            self.source.problem(
                "wrong-type",
                node.span,
                "a layer is a kind with its fields",
                help="for example `- conv: {channels: 8}`",
            )
            return self.broken(path, node.span)
        return self.mapping(node, path)

    def broken(self, path: str, span: Span) -> LayerSyntax:
        return LayerSyntax(None, path, span, {}, suspect=True)

    def mapping(self, node: MapNode, path: str) -> LayerSyntax:
        kinds = [entry for entry in node if entry.key in self.kinds]
        unknown = [e for e in node if e.key not in self.kinds and e.key not in _BESIDE]
        if not kinds:
            self.no_kind(node, unknown)
            return self.broken(path, node.span)
        for extra in kinds[1:]:
            self.source.problem(
                "two-kinds",
                extra.key_node.span,
                f"a layer has one kind, and this has {kinds[0].key} and {extra.key}",
                help=f"begin a new line with `- {extra.key}:`",
            )
        for entry in unknown:
            self.misplaced(entry, kinds[0])
        suspect = len(kinds) > 1 or bool(unknown)
        return self.of_kind(node, kinds[0], path, suspect=suspect)

    def no_kind(self, node: MapNode, unknown: list[Entry]) -> None:
        for entry in unknown[:1]:
            self.source.problem(
                "unknown-kind",
                entry.key_node.span,
                f"there is no layer kind `{entry.key}`",
                help=did_you_mean(entry.key, self.kinds),
            )
        if not unknown:
            self.source.problem(
                "missing-kind",
                node.span,
                "this layer has no kind",
                help="add one of " + ", ".join(self.kinds),
            )

    def misplaced(self, entry: Entry, kind: Entry) -> None:
        help = f"beside a kind stand only {' and '.join(f'`{word}:`' for word in _BESIDE)}"
        if self.kinds[kind.key].field(entry.key) is not None:
            help = f"indent it, so that it belongs to `{kind.key}:`"
        self.source.problem(
            "unknown-key", entry.key_node.span, f"`{entry.key}` does not belong here", help=help
        )

    def of_kind(self, node: MapNode, entry: Entry, path: str, *, suspect: bool) -> LayerSyntax:
        kind = self.kinds[entry.key]
        path = f"{path}.{kind.name}"
        before = len(self.source.diagnostics)
        fields: Mapping[str, Written] = {}
        if isinstance(entry.value, MapNode):
            fields = parse_fields(self.source, kind, entry.value, self.scope)
        elif not (isinstance(entry.value, ScalarNode) and entry.value.value is None):
            self.source.problem(
                "wrong-type",
                entry.value.span,
                f"`{kind.name}:` takes fields in braces",
                help=f"for example `{kind.example}`",
            )
        suspect = suspect or len(self.source.diagnostics) > before
        name, name_span = self.name(node)
        return LayerSyntax(
            kind, path, entry.key_node.span, fields, name, name_span, self.when(node), suspect
        )

    def name(self, node: MapNode) -> tuple[str | None, Span | None]:
        entry = node.entry("name")
        if entry is None:
            return None, None
        value = entry.value
        if not isinstance(value, ScalarNode) or not isinstance(value.value, str):
            self.source.problem("wrong-type", value.span, "a layer's name is one word")
            return None, None
        word = value.value
        if not IDENTIFIER.fullmatch(word) or word in RESERVED:
            self.source.problem(
                "bad-name",
                value.span,
                f"`{word}` can't name a layer",
                help="use letters, digits and _; not " + ", ".join(sorted(RESERVED)),
            )
        return word, value.span

    def when(self, node: MapNode) -> Written | None:
        entry = node.entry("when")
        if entry is None:
            return None
        return parse_written(self.source, entry.value, self.scope, "when")


def parse_body(source: Source, node: Node, path: str, scope: Scope) -> Body:
    """Parse a list of layers; what is wrong goes to ``source``."""
    return _LayerParser(source, scope, KINDS).body(node, path)


def parse_fields(source: Source, kind: Kind, node: MapNode, scope: Scope) -> dict[str, Written]:
    """The fields written in ``node``.

    A misspelt key is taken as the one it is nearest to, so that it causes no
    further message.
    """
    names = [item.name for item in kind.fields]
    fields: dict[str, Written] = {}
    for entry in node:
        name = _field_name(source, kind, entry, names, taken=_keys(node))
        written = parse_written(source, entry.value, scope, entry.key)
        field = kind.field(name) if name else None
        if written is None or field is None:
            continue
        if not written.is_literal or check_literal(
            source, field, literal_of(written), written.span, kind.name
        ):
            fields[field.name] = written
    return fields


def _keys(node: MapNode) -> set[str]:
    return {entry.key for entry in node}


def _field_name(
    source: Source, kind: Kind, entry: Entry, names: Iterable[str], taken: set[str]
) -> str | None:
    if kind.field(entry.key) is not None:
        return entry.key
    source.problem(
        "unknown-key",
        entry.key_node.span,
        f"{kind.name} has no field `{entry.key}`",
        help=did_you_mean(entry.key, names),
    )
    near = nearest(entry.key, names)
    return near if near not in taken else None
