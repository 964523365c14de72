"""Lists of layers: from nodes to syntax, every mistake noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain

from archsearch.spec.kinds import JOINS, KINDS, Kind
from archsearch.spec.kinds.fields import Field, Flag
from archsearch.spec.syntax.containers import CONTAINERS, JOIN_WORDS, parse_container, parse_join
from archsearch.spec.syntax.other_words import field_for, no_such_field, no_such_kind
from archsearch.spec.syntax.parse_values import (
    Scope,
    parse_field,
    parse_template,
)
from archsearch.spec.syntax.tree import Body, Item, LayerOptions, LayerSyntax, Written
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.nearest import did_you_mean, nearest
from archsearch.spec.text.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from archsearch.spec.text.source import Source

__all__ = [
    "WHEN",
    "LayerParser",
    "ReadFields",
    "is_layer_word",
    "layer_words",
    "parse_fields",
    "refuse_ambiguous_kinds",
]

WHEN = Field("when", Flag(), True, "Whether the layer is there.")
_OPTIONS = ("name", "when")


def layer_words() -> tuple[str, ...]:
    """Every word that makes a layer: kinds, joins and containers."""
    return tuple(dict.fromkeys((*KINDS, *JOIN_WORDS, *CONTAINERS)))


def is_layer_word(word: str) -> bool:
    """Whether ``word`` makes a layer; loads no package to know it."""
    return word in KINDS or word in JOIN_WORDS or word in CONTAINERS


def _as_list(node: Node, path: str) -> str:
    """How layers without dashes, or the fields of one alone, are written as a list."""
    last = path.rpartition(".")[2]
    place = "" if last.endswith("]") else f"{last}: "
    keys = [entry.key for entry in node] if isinstance(node, MapNode) else []
    if keys and all(is_layer_word(word) for word in keys):
        return f"write a list: `{place}[{', '.join(f'{word}: …' for word in keys)}]`"
    if keys and all(KINDS["conv"].field(word) for word in keys):
        return f"these are fields of a conv: write `{place}[conv: {{{keys[0]}: …}}]`"
    return "write each layer on a line of its own: `- conv: {channels: 8}`"


def refuse_ambiguous_kinds() -> None:
    """Refuse kinds from outside whose names mean something else in a list of layers.

    Raises:
        ExtensionError: there is one.
    """
    for word in (*JOIN_WORDS, *CONTAINERS, *_OPTIONS):
        if word in KINDS:
            raise KINDS.name_taken(word, "which has another meaning in specs")


@dataclass(frozen=True, slots=True)
class LayerParser:
    """Parses lists of layers.

    Attributes:
        source: where problems go.
        scope: names that expressions may read here.
        blocks: names of the file's blocks with the names of their params.
        used_blocks: those that some layer uses; added to while parsing.
    """

    source: Source
    scope: Scope
    blocks: Mapping[str, tuple[str, ...]]
    used_blocks: set[str]

    def within(self, scope: Scope) -> LayerParser:
        """The same with other names to read."""
        return replace(self, scope=scope)

    def body(self, node: Node, path: str, *, maybe_empty: bool = False) -> Body:
        """Parse a list of layers; ``path`` is where it stands."""
        if not isinstance(node, ListNode):
            self.source.problem(
                "wrong-type",
                node.span,
                f"`{path}` must be a list of layers",
                help=_as_list(node, path),
            )
            return ()
        if not node.items and not maybe_empty:
            self.source.problem(
                "empty-section", node.span, f"`{path}` has no layers", help="add at least one"
            )
        return tuple(self.layer(item, f"{path}[{i}]") for i, item in enumerate(node.items))

    def layer(self, node: Node, path: str) -> Item:
        """Parse one layer."""
        if isinstance(node, ScalarNode) and isinstance(node.value, str) and node.text in KINDS:
            self.source.problem(
                "wrong-type",
                node.span,
                f"`{node.text}` needs a colon behind it",
                help=f"write `- {node.text}:` or `- {KINDS[node.text].example}`",
            )
            return _broken(path, node.span)
        if not isinstance(node, MapNode):
            text = node.text if isinstance(node, ScalarNode) else ""
            meant = no_such_kind(text) or _as_a_layer(_meant(text))
            self.source.problem(
                "wrong-type",
                node.span,
                "a layer is a kind with its fields",
                help=meant or "for example `- conv: {channels: 8}`",
            )
            return _broken(path, node.span)
        return self._mapping(node, path)

    def _mapping(self, node: MapNode, path: str) -> Item:
        kinds = [entry for entry in node if is_layer_word(entry.key)]
        unknown = [e for e in node if not is_layer_word(e.key) and e.key not in _OPTIONS]
        if not kinds:
            return self._unknown_kind(node, unknown, path)
        for extra in kinds[1:]:
            self.source.problem(
                "two-kinds",
                extra.key_node.span,
                f"a layer has one kind, and this has {kinds[0].key} and {extra.key}",
                help=f"begin a new line with `- {extra.key}:`",
            )
        for entry in unknown:
            self._misplaced(entry, kinds[0])
        item = self._of_kind(node, kinds[0], kinds[0].key, path)
        if (unknown or len(kinds) > 1) and isinstance(item, LayerSyntax):
            return replace(item, doubtful=True)
        return item

    def _unknown_kind(self, node: MapNode, unknown: list[Entry], path: str) -> Item:
        if not unknown:
            self.source.problem(
                "missing-kind",
                node.span,
                "this layer has no kind",
                help="add one of " + ", ".join(layer_words()),
            )
            return _broken(path, node.span, self._options(node))
        entry = unknown[0]
        self.source.problem(
            "unknown-kind",
            entry.key_node.span,
            f"there is no layer kind `{entry.key}`",
            help=_kind_help(entry),
        )
        near = _meant(entry.key) or nearest(entry.key, KINDS)
        near = None if no_such_kind(entry.key) else near
        if near is None or near not in KINDS or not isinstance(entry.value, MapNode):
            return _broken(path, entry.key_node.span, self._options(node))
        return self._of_kind(node, entry, near, path)

    def _misplaced(self, entry: Entry, kind: Entry) -> None:
        help = f"beside a kind stand only {' and '.join(f'`{word}:`' for word in _OPTIONS)}"
        if near := nearest(entry.key, _OPTIONS):
            help = f"did you mean `{near}`?"
        known = KINDS.get(kind.key)
        if known is not None and known.field(entry.key) is not None:
            help = f"indent it, so that it belongs to `{kind.key}:`"
        self.source.problem(
            "unknown-key", entry.key_node.span, f"`{entry.key}` does not belong here", help=help
        )

    def _of_kind(self, node: MapNode, entry: Entry, word: str, path: str) -> Item:
        options = self._options(node)
        if word in JOIN_WORDS:
            return parse_join(self, entry, f"{path}.{word}", options)
        if word in CONTAINERS:
            return parse_container(self, entry, f"{path}.{word}", options)
        return self._simple(entry, KINDS[word], f"{path}.{word}", options)

    def _simple(self, entry: Entry, kind: Kind, path: str, options: LayerOptions) -> LayerSyntax:
        read = ReadFields({}, frozenset(), doubtful=False)
        if kind.scalar:
            read = self._scalar(kind, entry)
        elif isinstance(entry.value, MapNode):
            read = parse_fields(self.source, kind, entry.value, self.scope)
        elif not (isinstance(entry.value, ScalarNode) and entry.value.value is None):
            self.source.problem(
                "wrong-type",
                entry.value.span,
                f"`{kind.name}:` takes fields in braces",
                help=_in_braces(kind, entry.value),
            )
            read = ReadFields({}, frozenset(f.name for f in kind.fields), doubtful=True)
        return LayerSyntax(
            kind, path, entry.key_node.span, read.fields, options, read.bad, read.doubtful
        )

    def _scalar(self, kind: Kind, entry: Entry) -> ReadFields:
        field = kind.fields[0]
        words = getattr(field.type, "numbered", ())
        if isinstance(entry.value, MapNode) and (not words or entry.value.entry(kind.name)):
            self.source.problem(
                "wrong-type",
                entry.value.span,
                f"`{kind.name}` takes one value",
                help=_one_value(kind, entry.value),
            )
            return ReadFields({}, frozenset({field.name}), doubtful=False)
        written = parse_field(self.source, entry.value, self.scope, field, kind.name)
        if written is None:
            return ReadFields({}, frozenset({field.name}), doubtful=False)
        return ReadFields({field.name: written}, frozenset(), doubtful=False)

    def _options(self, node: MapNode) -> LayerOptions:
        name, when = (
            node.entry(word) or next((e for e in node if _misspelt_option(e.key) == word), None)
            for word in _OPTIONS
        )
        named = (
            None if name is None else parse_template(self.source, name.value, self.scope, "name")
        )
        known = (
            None
            if when is None
            else parse_field(self.source, when.value, self.scope, WHEN, "a layer")
        )
        return LayerOptions(
            named,
            known,
            lost=name is not None and named is None,
            unclear=when is not None and known is None,
        )


@dataclass(frozen=True, slots=True)
class ReadFields:
    """A layer's fields as far as they can be read."""

    fields: Mapping[str, Written]
    bad: frozenset[str]
    doubtful: bool


def parse_fields(source: Source, kind: Kind, node: MapNode, scope: Scope) -> ReadFields:
    """The fields written in ``node``.

    A misspelt key is taken as the one it is nearest to, so that it causes no
    further message.
    """
    taken = {entry.key for entry in node}
    fields: dict[str, Written] = {}
    bad: set[str] = set()
    doubtful = node.damaged
    for entry in node:
        field = _field(source, kind, entry, taken)
        if field is None:
            doubtful = doubtful or _changes_unknown(kind, entry.key)
            continue
        written = parse_field(source, entry.value, scope, field, kind.name, entry.key)
        if written is None:
            bad.add(field.name)
        else:
            fields[field.name] = written
    return ReadFields(fields, frozenset(bad), doubtful)


def _field(source: Source, kind: Kind, entry: Entry, taken: set[str]) -> Field | None:
    """The field that ``entry`` gives, or the one it is nearest to, unless that is given too."""
    field = kind.field(entry.key)
    if field is not None:
        return field
    names = [field.name for field in kind.fields]
    instead, meant = no_such_field(entry.key), field_for(entry.key, names)
    near = meant or (None if instead else nearest(entry.key, names))
    told = f"it is called `{meant}` here" if meant else instead or _own_layer(entry)
    source.problem(
        "unknown-key",
        entry.key_node.span,
        f"{kind.name} has no field `{entry.key}`",
        help=told or did_you_mean(entry.key, names),
    )
    return None if near is None or near in taken else kind.field(near)


def _own_layer(entry: Entry) -> str:
    """That a field is a layer elsewhere, e.g. ``dropout`` of a conv; else ""."""
    kind = KINDS.get(entry.key)
    if kind is None or not isinstance(entry.value, ScalarNode):
        return ""
    written = f"{entry.key}: {entry.value.text}"
    layer = written if kind.scalar else kind.example
    return f"it is a layer of its own: write `- {layer}` below this one"


def _changes_unknown(kind: Kind, key: str) -> bool:
    """Whether what a key without a field would change can't be told; then sizes are doubtful."""
    if no_such_field(key):
        return key == "ceil_mode"
    return nearest(key, [field.name for field in kind.fields]) is None


def _misspelt_option(key: str) -> str | None:
    """``name`` or ``when``, where ``key`` is one of them misspelt."""
    return None if is_layer_word(key) else nearest(key, _OPTIONS)


def _kind_help(entry: Entry) -> str:
    word, meant = entry.key, _meant(entry.key)
    if instead := no_such_kind(word):
        return _with_shape(instead, entry.value)
    if meant is None:
        return did_you_mean(word, layer_words())
    plain = isinstance(entry.value, MapNode) or meant not in KINDS or KINDS[meant].scalar
    nothing = isinstance(entry.value, ScalarNode) and entry.value.value is None
    if ": " in meant:
        return f"write `- {meant}` for this layer"
    return f"did you mean `{meant}`?" if plain or nothing else _in_braces(KINDS[meant], entry.value)


def _with_shape(instead: str, node: Node) -> str:
    """The help with the numbers that stand in a list."""
    numbers = (
        [item.text for item in node.items if isinstance(item, ScalarNode)]
        if isinstance(node, ListNode)
        else []
    )
    numbers = numbers[-3:] if all(text.lstrip("-").isdigit() for text in numbers) else []
    shape = f"[{', '.join(numbers)}]"
    return instead.replace("[C, H, W]", shape) if len(numbers) == 3 else instead


def _meant(word: str) -> str | None:
    """What to write for a word that people know from elsewhere; archsearch's kinds come first."""
    types = chain(KINDS.builtin.values(), JOINS.values(), KINDS.values())
    return next((one.synonyms[word.lower()] for one in types if word.lower() in one.synonyms), None)


def _as_a_layer(meant: str | None) -> str:
    """What to write for a layer that stands there as a word alone."""
    if meant is None:
        return ""
    return f"write `- {meant if ': ' in meant else KINDS[meant].example}`"


def _in_braces(kind: Kind, node: Node) -> str:
    """``conv: 8`` is probably ``conv: {channels: 8}``."""
    first = kind.fields[0]
    if isinstance(node, ScalarNode) and first.type.read(node.value) is not None:
        return f"write `{kind.name}: {{{first.name}: {node.text}}}`"
    if isinstance(node, ListNode) and all(isinstance(item, ScalarNode) for item in node.items):
        values = [item for item in node.items if isinstance(item, ScalarNode)]
        name = "shape" if kind.field("shape") else first.name
        field = kind.field(name)
        if field is not None and field.type.read(tuple(item.value for item in values)) is not None:
            shown = ", ".join(item.text for item in values)
            return f"write `{kind.name}: {{{name}: [{shown}]}}`"
        fields = kind.fields[: len(values)]
        if len(values) == 2 and all(
            f.type.read(v.value) is not None for f, v in zip(fields, values, strict=True)
        ):
            named = ", ".join(f"{f.name}: {v.text}" for f, v in zip(fields, values, strict=True))
            return f"name each: `{kind.name}: {{{named}}}`"
    return f"for example `{kind.example}`"


def _one_value(kind: Kind, node: MapNode) -> str:
    """``dropout: {p: 0.2}`` is probably ``dropout: 0.2``."""
    inner = node.entries[0].value if len(node.entries) == 1 else None
    field = kind.fields[0]
    if isinstance(inner, ScalarNode) and field.type.read(inner.value) is not None:
        return f"write `{kind.name}: {inner.text}`"
    return f"for example `{kind.example}`"


def _broken(path: str, span: Span, options: LayerOptions | None = None) -> LayerSyntax:
    return LayerSyntax(None, path, span, {}, options or LayerOptions(), doubtful=True)
