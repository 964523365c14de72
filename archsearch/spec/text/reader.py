"""YAML text → nodes, safely.

The parser's event stream is checked for size before anything is built from
it: nesting beyond 64 crashes recursive composers, and aliases can make a
small file expand without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.misread_keys import as_meant, tuple_of
from archsearch.spec.text.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from archsearch.spec.text.scalars import core_value
from archsearch.spec.text.source import Source
from archsearch.spec.text.syntax_errors import note_syntax_error

__all__ = ["read_yaml"]

DEEPEST: Final = 64
MOST_NODES: Final = 10_000
_LONGEST_CUT: Final = 1_000  # characters looked through for a closing bracket

_LOADER = yaml.CSafeLoader if getattr(yaml, "__with_libyaml__", False) else yaml.SafeLoader
_OWN_LIMIT: Final = "exceeded maximum nesting depth"
"""What libyaml 0.2.6 says of 1,000 levels, before it gives the events of the line."""
_CORE = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    _CORE + name for name in ("str", "int", "float", "bool", "null", "map", "seq")
)
_NOT_PRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _StopReadingError(Exception):
    """The problem is noted; nothing after it can be read."""


@dataclass(frozen=True, slots=True)
class _Built:
    """A node with its expanded size, for the alias limits."""

    node: Node
    nodes: int
    depth: int


def read_yaml(source: Source) -> MapNode | None:
    """Read the file's one document, a mapping at the top.

    Problems go to ``source``; what can be used in spite of them is returned,
    None when nothing can.
    """
    if odd := _NOT_PRINTABLE.search(source.text):
        _odd_character(source, odd.start())
        return None
    composer = _Composer(source)
    try:
        root = composer.document()
    except _StopReadingError:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        if mark is None or mark.line + 1 not in composer.repaired:
            note_syntax_error(source, error)
        return None
    if root is None or (isinstance(root, ScalarNode) and root.value is None):
        source.problem("yaml-empty", None, "the file is empty", help="see the examples in specs/")
        return None
    if not isinstance(root, MapNode):
        source.problem(
            "wrong-type",
            root.span,
            "the file must be a mapping of keys",
            label="this is not `key: value`",
            help="begin with a line such as `name: my-net`",
        )
        return None
    return root


def _events(text: str) -> Iterator[Event]:
    """The parser's events; where libyaml's own limit of levels ends them, PyYAML's parser goes on.

    That one has no such limit and reads no further than it must, so that
    :data:`DEEPEST` is what answers, at the place where it is passed.
    """
    given = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            yield event
            given += 1
    except yaml.MarkedYAMLError as error:
        if error.problem != _OWN_LIMIT:
            raise
        yield from islice(yaml.parse(text, Loader=yaml.SafeLoader), given, None)


class _Composer:
    """Builds nodes from events, one pass, bounded."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.events = _events(source.text)
        self.anchors: dict[str, _Built | None] = {}
        self.nodes = 0
        self.repaired: set[int] = set()

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    self.stop(
                        "yaml-documents",
                        event,
                        "a second document begins here",
                        "one file holds one spec: split the file at `---`",
                    )
                root = self.node(next(self.events), 1).node
            elif isinstance(event, StreamEndEvent):
                break
        return root

    def node(self, event: Event, depth: int) -> _Built:
        if depth > DEEPEST:
            self.stop(
                "yaml-too-deep",
                event,
                f"nested deeper than {DEEPEST} levels",
                "a spec needs about ten; is a bracket or dash repeated?",
            )
        self.count(event, 1)
        if isinstance(event, AliasEvent):
            return self.alias(event, depth)
        assert isinstance(event, NodeEvent)  # noqa: S101 — the parser gives nothing else here
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        built = self.contents(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = built
        return built

    def contents(self, event: Event, depth: int) -> _Built:
        self.check_tag(event)
        if isinstance(event, ScalarEvent):
            return _Built(self.scalar(event), 1, 1)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(event, depth)
        assert isinstance(event, MappingStartEvent)  # noqa: S101
        return self.mapping(event, depth)

    def sequence(self, start: SequenceStartEvent, depth: int) -> _Built:
        items: list[_Built] = []
        end: Event = start
        repaired: Span | None = None
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                end = event
                break
            item = self.node(event, depth + 1)
            if _within(repaired, item.node.span):
                continue
            if start.flow_style:
                item, repaired = self.repair(item, repaired)
            items.append(item)
        node = ListNode(tuple(item.node for item in items), self.between(start, end))
        return _total(node, items)

    def mapping(self, start: MappingStartEvent, depth: int) -> _Built:
        entries: dict[str, Entry] = {}
        parts: list[_Built] = []
        end: Event = start
        repaired: Span | None = None
        sound = True
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                end = event
                break
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if _within(repaired, key.node.span):
                continue
            if start.flow_style:
                value, repaired = self.repair(value, repaired)
            parts += [key, value]
            sound = self.add_entry(entries, key.node, value.node) and sound
        span = self.between(start, end)
        return _total(MapNode(tuple(entries.values()), span, not sound), parts)

    def repair(self, built: _Built, before: Span | None) -> tuple[_Built, Span | None]:
        """An expression that flow style has cut at a comma, made whole again."""
        node = built.node
        if not isinstance(node, ScalarNode) or not _is_open(node.text):
            return built, before
        line = self.source.lines[node.span.line - 1]
        start = node.span.column - 1
        whole = _whole(line[start:]) if line.startswith(node.text, start) else None
        if whole is None:
            return built, before
        length = len(whole)
        span = Span(node.span.line, start + 1, start + length + 1)
        self.source.problem(
            "needs-quotes",
            span,
            f"flow style cuts this off at `{node.text[:40]}`",
            label="between { } or [ ], a comma or ` #` ends a value",
            help=f"write {listed}: a list has brackets"
            if (listed := tuple_of(whole))
            else f"put it in quotes: '{whole}'"
            if '"' in whole
            else f'put it in quotes: "{whole}"',
        )
        self.repaired.add(span.line)
        return _Built(_repaired(whole, span), 1, 1), span

    def add_entry(self, entries: dict[str, Entry], key: Node, value: Node) -> bool:
        """Add an entry; False where it has to be left out and isn't there yet."""
        if isinstance(key, ScalarNode) and (meant := as_meant(self.source, key, value)):
            key, value = meant
        if not isinstance(key, ScalarNode):
            self.source.problem(
                "wrong-type",
                key.span,
                "a key must be a plain word or number",
                help="if this was meant to be text or `$(…)`, put it in quotes",
            )
        elif key.text == "<<":
            self.source.problem(
                "yaml-merge-key",
                key.span,
                "merge keys (`<<`) are not supported",
                help="use `defaults`, `params` or `blocks` for what layers share",
            )
        elif key.text in entries:
            first = entries[key.text].key_node.span
            self.source.problem(
                "duplicate-key",
                key.span,
                f"the key `{key.text}` appears twice",
                label=f"first on line {first.line}",
                help="remove one of the two",
            )
        else:
            entries[key.text] = Entry(key.text, key, value)
        return isinstance(key, ScalarNode) and key.text in entries

    def scalar(self, event: ScalarEvent) -> ScalarNode:
        text: str = event.value
        plain = event.implicit[0] and event.tag is None
        value = core_value(text) if plain else text
        if event.tag not in (None, "!", _CORE + "str"):
            value = core_value(text)
        return ScalarNode(value, text, self.span(event))

    def alias(self, event: AliasEvent, depth: int) -> _Built:
        if event.anchor not in self.anchors:
            self.stop(
                "yaml-alias",
                event,
                f"nothing is anchored as `&{event.anchor}`",
                "define the anchor above its use; a text that begins with * needs quotes",
            )
        built = self.anchors[event.anchor]
        if built is None:
            self.stop(
                "yaml-alias",
                event,
                f"`*{event.anchor}` contains itself",
                "a spec is a finite list of layers: write the part out",
            )
        self.count(event, built.nodes)
        if depth + built.depth > DEEPEST:
            self.stop(
                "yaml-too-deep",
                event,
                f"aliases nest deeper than {DEEPEST} levels",
                "write the part out, or use `repeat`",
            )
        return built

    def count(self, event: Event, more: int) -> None:
        self.nodes += more
        if self.nodes > MOST_NODES:
            self.stop(
                "yaml-too-many-nodes",
                event,
                f"the file expands to more than {MOST_NODES:,} values",
                "use `repeat` and `blocks` for repeated layers",
            )

    def check_tag(self, event: Event) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _KNOWN_TAGS and tag != "!":
            shown = tag.replace(_CORE, "!!")
            self.stop(
                "yaml-tag",
                event,
                f"the tag `{shown}` means nothing here",
                "remove it; values need no tags",
            )

    def stop(self, code: str, event: Event, message: str, help: str) -> NoReturn:
        self.source.problem(code, self.span(event), message, help=help)
        raise _StopReadingError

    def between(self, start: Event, end: Event) -> Span:
        """A collection's place: in flow style up to its closing bracket."""
        if not getattr(start, "flow_style", False):
            return self.span(start)
        return self.span(start, end)

    def span(self, event: Event, last: Event | None = None) -> Span:
        """Where an event stands, up to the end of ``last``."""
        start, end = event.start_mark, (last or event).end_mark
        if start is None or end is None:
            return Span(1, 1, 2)
        line = start.line + 1
        if end.line == start.line:
            return Span(line, start.column + 1, end.column + 1)
        text = self.source.lines[start.line] if start.line < len(self.source.lines) else ""
        return Span(line, start.column + 1, max(start.column + 2, len(text.rstrip()) + 1))


def _within(repaired: Span | None, span: Span) -> bool:
    """Whether ``span`` is a rest of an expression that was made whole."""
    return (
        repaired is not None
        and span.line == repaired.line
        and repaired.column <= span.column < repaired.end
    )


def _is_open(text: str) -> bool:
    """Whether a bracket is opened that the text doesn't close."""
    return "(" in text and text.count("(") > text.count(")")


def _whole(rest: str) -> str | None:
    """``rest`` of a line up to where its value was meant to end, or None."""
    depth = 0
    for place, char in enumerate(rest[:_LONGEST_CUT]):
        depth += (char == "(") - (char == ")")
        if depth == 0 and char == ")":
            more = re.match(r"[^,\]}]*", rest[place + 1 :])
            return (rest[: place + 1] + (more[0] if more else "")).rstrip()
    return None


def _total(node: Node, parts: list[_Built]) -> _Built:
    return _Built(
        node,
        1 + sum(part.nodes for part in parts),
        1 + max((part.depth for part in parts), default=0),
    )


def _odd_character(source: Source, position: int) -> None:
    before = source.text[:position]
    lines = Source(source.file, before).lines
    column = len(lines[-1]) + 1
    code = ord(source.text[position])
    source.problem(
        "yaml-syntax",
        Span(len(lines), column, column + 1),
        f"the character U+{code:04X} is not allowed in YAML",
        help="remove it; is this really a text file?",
    )


def _repaired(whole: str, span: Span) -> Node:
    """The value that was cut off; a Python tuple as the list that it is meant for."""
    listed = tuple_of(whole)
    if not listed:
        return ScalarNode(whole, whole, span)
    parts = listed.strip("[]").split(", ")
    return ListNode(tuple(ScalarNode(int(part), part, span) for part in parts), span)
