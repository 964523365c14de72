"""A spec file: its top-level keys, from nodes to a family."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from archsearch.spec.codes import WARNINGS
from archsearch.spec.kinds import KINDS
from archsearch.spec.kinds.fields import REQUIRED, ChannelCount, Field, Whole
from archsearch.spec.syntax.allowed import read_allowed
from archsearch.spec.syntax.parse_blocks import (
    block_params,
    parse_blocks,
    parse_mirror,
    parse_params,
    warn_unused,
)
from archsearch.spec.syntax.parse_layers import (
    LayerParser,
    is_layer_word,
    parse_fields,
    refuse_ambiguous_kinds,
)
from archsearch.spec.syntax.parse_values import (
    Scope,
    parse_field,
    shown,
)
from archsearch.spec.syntax.tree import (
    BlockSyntax,
    Body,
    Family,
    InputSyntax,
    MirrorSyntax,
    Written,
)
from archsearch.spec.text.nearest import did_you_mean, nearest
from archsearch.spec.text.nodes import Entry, ListNode, MapNode, Node, ScalarNode
from archsearch.spec.text.reader import read_yaml
from archsearch.spec.text.source import Source, read_source

__all__ = [
    "INPUT_FIELDS",
    "REQUIRED_KEYS",
    "TOP_LEVEL",
    "no_defaults",
    "parse_nodes",
    "parse_spec",
    "read_spec",
]

TOP_LEVEL: Mapping[str, str] = {
    "name": "What the model is called; by default the file's name.",
    "description": "What it is for, in a sentence.",
    "input": "One picture: channels, height and width.",
    "params": "Names with literal default values, for `$name`: what makes a spec a family.",
    "defaults": "Values for the fields that a kind's layers leave out.",
    "blocks": "Named lists of layers with params of their own, for `block`.",
    "encoder": "The layers from the picture to the latent.",
    "decoder": "The layers from the latent to what the task wants; or `mirror`.",
    "allow": "Codes of warnings that are meant, and so are not told.",
}
"""The keys of a spec, with what each is for."""
INPUT_FIELDS = (
    Field("channels", ChannelCount(), REQUIRED, "Channels fed; auto: what the task feeds."),
    Field("height", Whole(1), REQUIRED, "Rows of a picture."),
    Field("width", Whole(1), REQUIRED, "Columns of a picture."),
)
REQUIRED_KEYS = {
    "input": "input: {channels: auto, height: 32, width: 32}",
    "encoder": "encoder: [conv: {channels: 8, stride: 2}]",
    "decoder": "decoder: mirror",
}
"""Those that must be there, with an example of each."""
_HALVES = "put the layers up to the latent under `encoder:`, the others under `decoder:`"
_MAPPINGS = {
    "params": "params: {width: 8}",
    "defaults": "defaults: {conv: {kernel: 3}}",
    "blocks": "blocks: {double: {params: {c: 8}, layers: [conv: {channels: $c}]}}",
    "input": REQUIRED_KEYS["input"],
}


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
        unknown = (entry for entry in root if entry.key not in TOP_LEVEL)
        self.whole = any(self.is_whole(entry) for entry in unknown)
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
                help=_HALVES if self.is_whole(entry) else did_you_mean(entry.key, TOP_LEVEL),
            )
            if near and near not in present:
                aliases[near] = entry.key
        return aliases

    def is_whole(self, entry: Entry) -> bool:
        """Whether a list of layers stands for encoder and decoder."""
        halves = any(self.root.entry(key) for key in ("encoder", "decoder"))
        return isinstance(entry.value, ListNode) and not halves

    def value(self, key: str) -> Node | None:
        entry = self.root.entry(self.aliases.get(key, key))
        if entry is None:
            return None
        if isinstance(entry.value, ScalarNode) and entry.value.value is None:
            self.source.problem(
                "null-value",
                entry.key_node.span,
                f"`{key}` has no value",
                help=f"for example `{REQUIRED_KEYS[key]}`"
                if key in REQUIRED_KEYS
                else "write one, or remove the key",
            )
            return None
        return entry.value

    def family(self, fallback_name: str) -> Family | None:
        refuse_ambiguous_kinds()
        self.check_required()
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
        if not encoder or decoder is None or decoder == ():
            return None
        return Family(
            self.source, name, description, input, encoder, decoder, params, defaults, blocks, allow
        )

    def check_required(self) -> None:
        for key, example in REQUIRED_KEYS.items():
            missing = self.root.entry(self.aliases.get(key, key)) is None
            if key != "input" and self.whole:
                continue  # told at the list of all layers
            if missing and not self.root.damaged:
                self.source.problem(
                    "missing-key",
                    None,
                    f"the key `{key}` is missing",
                    help=f"add it, for example `{example}`",
                )

    def decoder(self, parser: LayerParser) -> Body | MirrorSyntax | None:
        entry = self.root.entry(self.aliases.get("decoder", "decoder"))
        if entry is None:
            return None
        if isinstance(entry.value, ScalarNode) and entry.value.text not in ("", "mirror"):
            self.source.problem(
                "wrong-type",
                entry.value.span,
                f"the decoder can't be `{shown(entry.value.text)}`",
                help="write a list of layers, or `decoder: mirror`",
            )
            return None
        mirrored = parse_mirror(self.source, entry, self.scope)
        return mirrored or self.section(parser, "decoder")

    def warn_unused_blocks(self, blocks: Mapping[str, BlockSyntax], used: set[str]) -> None:
        for block in blocks.values():
            if block.name not in used and not self.source.has_errors:
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
            self.source.problem(
                "wrong-type",
                node.span,
                f"`{key}` must be a text",
                help=f"for example `{key}: my-net`; put quotes around what has brackets or `: `",
            )
            return None
        return node.text

    def mapping(self, key: str) -> MapNode | None:
        node = self.value(key)
        if node is None or isinstance(node, MapNode):
            return node
        self.source.problem(
            "wrong-type",
            node.span,
            f"`{key}` must be a mapping of keys",
            help=_input_of(node) if key == "input" else f"for example `{_MAPPINGS[key]}`",
        )
        return None

    def input(self) -> InputSyntax:
        node = self.mapping("input")
        if node is None:
            return InputSyntax(None, None, None)
        known = [field.name for field in INPUT_FIELDS]
        for entry in node:
            if entry.key not in known:
                self.source.problem(
                    "unknown-key",
                    entry.key_node.span,
                    f"`input` has no field `{entry.key}`",
                    help=did_you_mean(entry.key, known),
                )
        channels, height, width = (self.input_field(node, field) for field in INPUT_FIELDS)
        return InputSyntax(channels, height, width)

    def input_field(self, node: MapNode, field: Field) -> Written | None:
        known = [item.name for item in INPUT_FIELDS]
        misspelt = [e for e in node if e.key not in known and nearest(e.key, known) == field.name]
        entry = node.entry(field.name) or (misspelt[0] if misspelt else None)
        if entry is None:
            if not node.damaged:
                self.source.problem(
                    "missing-key",
                    node.span,
                    f"`input` lacks `{field.name}`",
                    help=f"add `{field.name}:`, {field.type.expects}",
                )
            return None
        return parse_field(self.source, entry.value, self.scope, field, "input")

    def defaults(self) -> dict[str, Mapping[str, Written | None]]:
        node = self.mapping("defaults")
        found: dict[str, Mapping[str, Written | None]] = {}
        for entry in node or ():
            kind = KINDS.get(entry.key)
            if kind is None or kind.scalar:
                code, message, help = no_defaults(entry.key)
                self.source.problem(code, entry.key_node.span, message, help=help)
            elif not isinstance(entry.value, MapNode):
                self.source.problem(
                    "wrong-type",
                    entry.value.span,
                    f"`defaults.{entry.key}` takes fields",
                    help=f"for example `{kind.example}`",
                )
            else:
                read = parse_fields(self.source, kind, entry.value, self.scope)
                found[kind.name] = {**read.fields, **dict.fromkeys(read.bad)}
        return found

    def allow(self) -> frozenset[str]:
        node = self.value("allow")
        if node is None:
            return frozenset()
        return read_allowed(self.source, node, WARNINGS)


def _input_of(node: Node) -> str:
    """What to write for a shape in a list, as torch has it."""
    items = node.items if isinstance(node, ListNode) else ()
    texts = [item.text for item in items if isinstance(item, ScalarNode)]
    if len(texts) < 3 or len(texts) < len(items):
        return f"for example `{_MAPPINGS['input']}`"
    channels, height, width = texts[-3:]
    return f"write `input: {{channels: {channels}, height: {height}, width: {width}}}`"


def no_defaults(word: str) -> tuple[str, str, str]:
    """Why ``defaults`` can't have ``word``, which is no kind with fields: code, message, help."""
    known = [kind.name for kind in KINDS.values() if not kind.scalar]
    if is_layer_word(word):
        help = f"kinds with fields have: {', '.join(known)}"
        return "unknown-key", f"`{word}` has no defaults", help
    return "unknown-kind", f"there is no layer kind `{word}`", did_you_mean(word, known)
