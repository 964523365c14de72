"""Layers that hold layers: repeat, choose, residual and the use of a block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, Self

from archsearch.spec.expressions.names import bad_name
from archsearch.spec.kinds import KINDS
from archsearch.spec.kinds.fields import Field, Whole
from archsearch.spec.syntax.other_words import field_for
from archsearch.spec.syntax.parse_values import Scope, parse_field, parse_written
from archsearch.spec.syntax.tree import (
    BlockUse,
    Body,
    Choose,
    ContainerSyntax,
    LayerOptions,
    Repeat,
    Written,
)
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.nearest import did_you_mean, nearest
from archsearch.spec.text.nodes import Entry, MapNode, Node, ScalarNode
from archsearch.spec.text.source import Source

__all__ = [
    "TIMES",
    "BodyParser",
    "Container",
    "ContainerEntry",
    "Key",
    "block",
    "choose",
    "repeat",
]

TIMES = Field("times", Whole(0), 1, "How often.")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a container.

    Attributes:
        name: the key.
        form: layers (perhaps empty: ``maybe-layers``), a list of such lists (``lists``), branches,
            times, value, word, layer (a layer's name) or field.
        doc: what it means.
        required: whether it must be there.
        field: of the form ``field``.
    """

    name: str
    form: str
    doc: str
    required: bool = True
    field: Field | None = None


class BodyParser(Protocol):
    """What parses the lists of layers that a container holds."""

    @property
    def source(self) -> Source:
        """Where problems go."""

    @property
    def scope(self) -> Scope:
        """Names that expressions may read here."""

    @property
    def blocks(self) -> Mapping[str, tuple[str, ...]]:
        """The file's blocks with the names of their params."""

    @property
    def used_blocks(self) -> set[str]:
        """Blocks that some layer uses."""

    def within(self, scope: Scope) -> Self:
        """The same with other names to read."""

    def body(self, node: Node, path: str, *, maybe_empty: bool = False) -> Body:
        """Parse a list of layers."""


@dataclass(frozen=True, slots=True)
class Container:
    """A layer that holds layers.

    Attributes:
        name: the word in the file.
        doc: what it does, in a sentence or two.
        keys: what may stand in it.
        parse: gives its syntax.
        shape: what it gives, for people.
        example: one as it stands in a file.
        takes_params: whether further keys may stand in it, the params of what it uses.
        names_layer: whether the name of a layer may stand in place of its keys.
    """

    name: str
    doc: str
    keys: tuple[Key, ...]
    parse: Callable[[ContainerEntry], ContainerSyntax]
    shape: str
    example: str
    takes_params: bool = False
    names_layer: bool = False


@dataclass(frozen=True, slots=True)
class ContainerEntry:
    """A container as it stands in the file.

    Attributes:
        container: which one it is.
        parser: for the layers in it; problems go to its source.
        entry: the word with what stands behind it.
        node: what stands behind it.
        path: where it stands, the word included.
        options: its name and condition.
    """

    container: Container
    parser: BodyParser
    entry: Entry
    node: MapNode
    path: str
    options: LayerOptions

    @property
    def span(self) -> Span:
        """Where its word stands."""
        return self.entry.key_node.span

    def problem(self, code: str, span: Span, message: str, help: str = "") -> None:
        """Note a problem, by default with the example as help."""
        self.parser.source.problem(
            code, span, message, help=help or f"for example `{self.container.example}`"
        )

    def check_keys(self, what: str, more: Iterable[str] = ()) -> bool:
        """Refuse keys that it doesn't have; give whether what was meant by each is clear."""
        known, clear = [*(key.name for key in self.container.keys), *more], True
        for entry in self.node:
            if entry.key not in known:
                meant = field_for(entry.key, known)
                clear = clear and meant is not None
                self.problem(
                    "unknown-key",
                    entry.key_node.span,
                    f"{what} has no field `{entry.key}`",
                    f"it is called `{meant}` here" if meant else self._instead(entry.key, known),
                )
        return clear

    def _instead(self, key: str, known: list[str]) -> str:
        if key in KINDS and "layers" in known:
            return f"list the layers: `layers: [{key}: …]`"
        return did_you_mean(key, known)

    def entry_of(self, key: str) -> Entry | None:
        """What stands under a key, or under its name elsewhere."""
        meant = (e for e in self.node if field_for(e.key, [key]) == key)
        return self.node.entry(key) or next(meant, None)

    def required(self, key: str) -> Node | None:
        """What stands behind ``key``; a problem where it is missing."""
        node, found = self.node, self.entry_of(key)
        if found is not None:
            return found.value
        if not node.damaged and not any(nearest(e.key, [key]) for e in node):
            self.problem("missing-key", self.span, f"{self.container.name} needs `{key}`")
        return None

    def value(self, key: str) -> Written | None:
        """The value behind ``key``."""
        found = self.required(key)
        parser = self.parser
        return None if found is None else parse_written(parser.source, found, parser.scope, key)

    def layers(self) -> Body:
        """The layers behind ``layers``."""
        found = self.required("layers")
        return () if found is None else self.parser.body(found, f"{self.path}.layers")


def repeat(at: ContainerEntry) -> ContainerSyntax:
    """The same layers several times, with a count that they can read."""
    at.check_keys(at.container.name)
    variable = _loop_variable(at)
    scope = Scope([variable] if variable else [], at.parser.scope)
    times = _times(at)
    layers = replace(at, parser=at.parser.within(scope)).layers()
    return Repeat(at.path, at.span, times, variable, layers, at.options)


def _times(at: ContainerEntry) -> Written | None:
    found, source, scope = at.required("times"), at.parser.source, at.parser.scope
    return None if found is None else parse_field(source, found, scope, TIMES, at.container.name)


def _loop_variable(at: ContainerEntry) -> str | None:
    entry = at.node.entry("as")
    if entry is None:
        return None
    value = entry.value
    if not isinstance(value, ScalarNode) or not isinstance(value.value, str):
        at.problem("wrong-type", value.span, "`as` takes one word", "for example `as: i`")
        return None
    reason = bad_name(value.value, taken=at.parser.scope.names())
    if reason:
        at.problem("bad-name", value.span, f"`{value.value}` can't be the loop's name", reason)
        if at.parser.scope.use(value.value):
            return None
    return value.value


def choose(at: ContainerEntry) -> ContainerSyntax:
    """One of several lists of layers."""
    at.check_keys(at.container.name)
    by, of = _by(at), at.required("of")
    branches = []
    if isinstance(of, MapNode) and of.entries:
        for branch in of:
            body = at.parser.body(branch.value, f"{at.path}.of.{branch.key}")
            branches.append((branch.key_node.value, body))
    elif of is not None:
        at.problem("wrong-type", of.span, "`of` takes a list of layers for each value")
    return Choose(at.path, at.span, by, tuple(branches), at.options)


def _by(at: ContainerEntry) -> Written | None:
    written = at.value("by")
    if written is None or not written.is_list:
        return written
    at.problem("wrong-type", written.span, "`by` takes one value, not a list")
    return None


def block(at: ContainerEntry) -> ContainerSyntax:
    """The use of a block, with values for its params."""
    parser, name = at.parser, _block_name(at)
    if name is None:
        return BlockUse(at.path, at.span, None, {}, at.options)
    parser.used_blocks.add(name)
    at.check_keys(f"block `{name}`", parser.blocks[name])
    arguments = {
        e.key: parse_written(parser.source, e.value, parser.scope, e.key)
        for e in at.node
        if e.key in parser.blocks[name]
    }
    return BlockUse(at.path, at.span, name, arguments, at.options)


def _block_name(at: ContainerEntry) -> str | None:
    """The block that is used, or the one that is probably meant."""
    use, blocks = at.required("use"), at.parser.blocks
    name = use.text if isinstance(use, ScalarNode) else None
    if use is None or name in blocks:
        return name
    declare = f"declare it: `blocks: {{{name}: {{layers: […]}}}}`"
    help = did_you_mean(str(name), blocks) if blocks else declare
    at.problem("unknown-block", use.span, f"there is no block `{name}`", help)
    return nearest(str(name), blocks)
