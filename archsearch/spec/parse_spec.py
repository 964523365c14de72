"""A spec file: its top-level keys, from nodes to a family."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from archsearch.spec.fields import REQUIRED, ChannelCount, Field, Whole
from archsearch.spec.kinds import KINDS
from archsearch.spec.nearest import did_you_mean, nearest
from archsearch.spec.nodes import ListNode, MapNode, Node, ScalarNode, plain_data
from archsearch.spec.parse_blocks import (
    block_params,
    parse_blocks,
    parse_mirror,
    parse_params,
    warn_unused,
)
from archsearch.spec.parse_layers import LayerParser, parse_fields
from archsearch.spec.parse_values import Scope, check_literal, literal_of, parse_written
from archsearch.spec.reader import read_yaml
from archsearch.spec.source import Source, read_source
from archsearch.spec.syntax import (
    BlockSyntax,
    Body,
    Family,
    InputSyntax,
    MirrorSyntax,
    Written,
)

__all__ = ["INPUT_FIELDS", "TOP_LEVEL", "parse_nodes", "parse_spec", "read_spec"]

TOP_LEVEL = (
    "name",
    "description",
    "input",
    "params",
    "defaults",
    "blocks",
    "encoder",
    "decoder",
    "allow",
)
INPUT_FIELDS = (
    Field("channels", ChannelCount(), REQUIRED, "Channels fed; auto: what the task feeds."),
    Field("height", Whole(1), REQUIRED, "Rows of a picture."),
    Field("width", Whole(1), REQUIRED, "Columns of a picture."),
)
_WITH_FIELDS = [kind.name for kind in KINDS.values() if not kind.scalar]
_REQUIRED_KEYS = ("input", "encoder", "decoder")


def read_spec(path: Path, shown: str | None = None) -> tuple[Source, Family | None]:
    """Read and parse a file; problems are in the source.

    Raises:
        InputError: the file can't be read at all.
    """
    source = read_source(path, shown)
    return source, parse_spec(source, fallback_name=path.stem)


def parse_spec(source: Source, fallback_name: str = "model") -> Family | None:
    """Parse a spec; None where too little of it is there to go on."""
    root = read_yaml(source)
    return None if root is None else parse_nodes(source, root, fallback_name)


def parse_nodes(source: Source, root: MapNode, fallback_name: str = "model") -> Family | None:
    """The same, from the file's nodes."""
    return _SpecParser(source, root).family(fallback_name)


class _SpecParser:
    def __init__(self, source: Source, root: MapNode) -> None:
        self.source = source
        self.root = root
        self.aliases = self.check_keys()
        self.scope = Scope()

    def check_keys(self) -> dict[str, str]:
        """Note unknown keys; give what a misspelt one stands for."""
        present = {entry.key for entry in self.root}
        aliases: dict[str, str] = {}
        for entry in self.root:
            if entry.key in TOP_LEVEL:
                continue
            near = nearest(entry.key, TOP_LEVEL)
            self.source.problem(
                "unknown-key",
                entry.key_node.span,
                f"a spec has no key `{entry.key}`",
                help=did_you_mean(entry.key, TOP_LEVEL),
            )
            if near and near not in present:
                aliases[near] = entry.key
        return aliases

    def value(self, key: str) -> Node | None:
        entry = self.root.entry(self.aliases.get(key, key))
        if entry is None:
            return None
        if isinstance(entry.value, ScalarNode) and entry.value.value is None:
            self.source.problem(
                "null-value",
                entry.key_node.span,
                f"`{key}` has no value",
                help="write one, or remove the key",
            )
            return None
        return entry.value

    def family(self, fallback_name: str) -> Family | None:
        for key in _REQUIRED_KEYS:
            if self.root.entry(self.aliases.get(key, key)) is None:
                self.source.problem(
                    "missing-key",
                    None,
                    f"the key `{key}` is missing",
                    help="a spec has input, encoder and decoder",
                )
        params = parse_params(self.source, self.mapping("params"), frozenset())
        self.scope = Scope(params)
        blocks_node = self.mapping("blocks")
        parser = LayerParser(self.source, self.scope, block_params(blocks_node), set())
        name = self.text("name") or fallback_name
        description = self.text("description") or ""
        input = self.input()
        defaults = self.defaults()
        blocks = parse_blocks(parser, blocks_node)
        encoder = self.section(parser, "encoder")
        decoder = self.decoder(parser)
        warn_unused(self.source, params, self.scope)
        self.warn_unused_blocks(blocks, parser.used_blocks)
        allow = self.allow()
        if input is None or not encoder or decoder is None or decoder == ():
            return None
        return Family(
            self.source, name, description, input, encoder, decoder, params, defaults, blocks, allow
        )

    def decoder(self, parser: LayerParser) -> Body | MirrorSyntax | None:
        entry = self.root.entry(self.aliases.get("decoder", "decoder"))
        mirrored = None if entry is None else parse_mirror(self.source, entry, self.scope)
        return mirrored or self.section(parser, "decoder")

    def warn_unused_blocks(self, blocks: Mapping[str, BlockSyntax], used: set[str]) -> None:
        for block in blocks.values():
            if block.name not in used:
                self.source.problem(
                    "unused-block",
                    block.span,
                    f"nothing uses the block `{block.name}`",
                    help=f"use it: `- block: {{use: {block.name}}}`, or remove it",
                    severity="warning",
                )

    def section(self, parser: LayerParser, key: str) -> Body:
        node = self.value(key)
        return () if node is None else parser.body(node, key)

    def text(self, key: str) -> str | None:
        node = self.value(key)
        if node is None:
            return None
        if not isinstance(node, ScalarNode):
            self.source.problem("wrong-type", node.span, f"`{key}` must be a text")
            return None
        return node.text

    def mapping(self, key: str) -> MapNode | None:
        node = self.value(key)
        if node is None or isinstance(node, MapNode):
            return node
        self.source.problem("wrong-type", node.span, f"`{key}` must be a mapping of keys")
        return None

    def input(self) -> InputSyntax | None:
        node = self.mapping("input")
        if node is None:
            return None
        known = [field.name for field in INPUT_FIELDS]
        for entry in node:
            if entry.key not in known:
                self.source.problem(
                    "unknown-key",
                    entry.key_node.span,
                    f"`input` has no field `{entry.key}`",
                    help=did_you_mean(entry.key, known),
                )
        values = [self.input_field(node, field) for field in INPUT_FIELDS]
        channels, height, width = values
        if channels is None or height is None or width is None:
            return None
        return InputSyntax(channels, height, width)

    def input_field(self, node: MapNode, field: Field) -> Written | None:
        entry = node.entry(field.name)
        if entry is None:
            near = nearest(field.name, [e.key for e in node if e.key not in ("height", "width")])
            if near is None or near == "channels":
                self.source.problem(
                    "missing-key",
                    node.span,
                    f"`input` lacks `{field.name}`",
                    help=f"add `{field.name}:`, {field.type.expects}",
                )
            return None
        written = parse_written(self.source, entry.value, self.scope, field.name)
        if written is None or not written.is_literal:
            return written
        fine = check_literal(self.source, field, literal_of(written), written.span, "input")
        return written if fine else None

    def defaults(self) -> dict[str, Mapping[str, Written]]:
        node = self.mapping("defaults")
        found: dict[str, Mapping[str, Written]] = {}
        for entry in node or ():
            kind = KINDS.get(entry.key)
            if kind is None or kind.scalar:
                self.source.problem(
                    "unknown-kind",
                    entry.key_node.span,
                    f"there is no layer kind `{entry.key}`",
                    help=did_you_mean(entry.key, _WITH_FIELDS),
                )
            elif not isinstance(entry.value, MapNode):
                self.source.problem(
                    "wrong-type",
                    entry.value.span,
                    f"`defaults.{entry.key}` takes fields",
                    help=f"for example `{kind.example}`",
                )
            else:
                found[kind.name] = parse_fields(self.source, kind, entry.value, self.scope).fields
        return found

    def allow(self) -> frozenset[str]:
        node = self.value("allow")
        if node is None:
            return frozenset()
        codes = plain_data(node)
        if not isinstance(node, ListNode) or not isinstance(codes, list):
            self.source.problem(
                "wrong-type",
                node.span,
                "`allow` must be a list of codes",
                help="for example `allow: [rows-lost]`",
            )
            return frozenset()
        return frozenset(code for code in codes if isinstance(code, str))
