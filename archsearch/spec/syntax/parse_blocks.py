"""``blocks:`` and ``decoder: mirror``: parts of a spec beside its layer lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from archsearch.spec.expressions.names import bad_name
from archsearch.spec.kinds.conv import CONV
from archsearch.spec.kinds.fields import Field, Word
from archsearch.spec.syntax.parse_layers import LayerParser, parse_fields
from archsearch.spec.syntax.parse_values import Scope, parse_field
from archsearch.spec.syntax.tree import BlockSyntax, MirrorSyntax, Param, Written
from archsearch.spec.text.nearest import did_you_mean, nearest
from archsearch.spec.text.nodes import Entry, MapNode, Node, ScalarNode
from archsearch.spec.text.source import Source

__all__ = [
    "LAST_FIELDS",
    "UP",
    "block_params",
    "parse_blocks",
    "parse_mirror",
    "parse_params",
    "warn_unused",
]

UP = Field(
    "up",
    Word(("upsample", "conv_transpose", "pixel_shuffle")),
    "upsample",
    "What makes a picture larger where the encoder made it smaller.",
)
LAST_FIELDS = ("activation", "norm", "bias", "kernel")
_MIRROR_KEYS = ("mirror", "up", "last")


def parse_params(source: Source, node: MapNode | None, taken: frozenset[str]) -> dict[str, Param]:
    """Names with literal default values."""
    found: dict[str, Param] = {}
    for entry in node or ():
        value = entry.value
        reason = bad_name(entry.key, taken | {"input"})
        if reason:
            source.problem(
                "bad-name", entry.key_node.span, f"`{entry.key}` can't name a param", help=reason
            )
        if not isinstance(value, ScalarNode) or value.value is None or "$" in value.text:
            source.problem(
                "wrong-type",
                value.span,
                f"the param `{entry.key}` needs a literal default",
                help="write a number, a text, true or false; compute with $(…) where it is used",
            )
            found[entry.key] = Param(entry.key, None, entry.key_node.span)
        else:
            found[entry.key] = Param(entry.key, value.value, entry.key_node.span)
    return found


def block_params(node: MapNode | None) -> dict[str, tuple[str, ...]]:
    """The names of all blocks with those of their params, for checking uses."""
    found = {}
    for entry in node or ():
        params = entry.value.entry("params") if isinstance(entry.value, MapNode) else None
        inner = params.value if params else None
        names = tuple(e.key for e in inner) if isinstance(inner, MapNode) else ()
        found[entry.key] = names
    return found


def parse_blocks(parser: LayerParser, node: MapNode | None) -> dict[str, BlockSyntax]:
    """Parse all blocks; an unused one is warned of by the caller."""
    found: dict[str, BlockSyntax] = {}
    for entry in node or ():
        if reason := bad_name(entry.key):
            parser.source.problem(
                "bad-name", entry.key_node.span, f"`{entry.key}` can't name a block", help=reason
            )
        if isinstance(entry.value, MapNode):
            found[entry.key] = _block(parser, entry, entry.value)
        else:
            parser.source.problem(
                "wrong-type",
                entry.value.span,
                f"the block `{entry.key}` must be a mapping",
                help="for example `{params: {c: 8}, layers: [conv: {channels: $c}]}`",
            )
    return found


def _block(parser: LayerParser, entry: Entry, node: MapNode) -> BlockSyntax:
    source = parser.source
    for inner in node:
        if inner.key not in ("params", "layers"):
            source.problem(
                "unknown-key",
                inner.key_node.span,
                f"a block has no key `{inner.key}`",
                help=did_you_mean(inner.key, ("params", "layers")),
            )
    params_entry, layers = node.entry("params"), node.entry("layers")
    params_node = params_entry.value if params_entry else None
    if params_node is not None and not isinstance(params_node, MapNode):
        source.problem(
            "wrong-type",
            params_node.span,
            f"the params of `{entry.key}` must be a mapping of keys",
            help="for example `params: {c: 8}`",
        )
        params_node = None
    params = parse_params(source, params_node, parser.scope.names())
    scope = Scope(params, parser.scope)
    path = f"blocks.{entry.key}.layers"
    body = parser.within(scope).body(layers.value, path) if layers else ()
    if layers is not None:
        warn_unused(source, params, scope)
    elif not node.damaged and not any(nearest(e.key, ["layers"]) for e in node):
        source.problem(
            "missing-key",
            entry.key_node.span,
            f"the block `{entry.key}` has no `layers`",
            help="add them: `layers: [conv: {channels: 8}]`",
        )
    return BlockSyntax(entry.key, entry.key_node.span, params, body)


def warn_unused(source: Source, params: Mapping[str, Param], scope: Scope) -> None:
    """Warn of params that nothing reads."""
    for param in params.values():
        unread = param.name not in scope.used and not bad_name(param.name)
        if unread and not _may_be_used(source, param.name):
            source.problem(
                "unused-param",
                param.span,
                f"nothing uses the param `{param.name}`",
                help=f"write ${param.name} where it belongs, or remove it",
                severity="warning",
            )


def _may_be_used(source: Source, name: str) -> bool:
    """Whether a part that couldn't be read might read ``name``."""
    if not source.has_errors:
        return False
    return name in _mentioned(source.text)


@lru_cache(maxsize=2)
def _mentioned(text: str) -> frozenset[str]:
    """Every word after a `$` on its line."""
    behind = (line.partition("$")[2] for line in text.splitlines())
    return frozenset(word for part in behind for word in re.findall(r"\w+", part))


def parse_mirror(source: Source, entry: Entry, scope: Scope) -> MirrorSyntax | None:
    """``mirror`` or ``{mirror: encoder, up: …, last: {…}}``; None for other decoders."""
    node = entry.value
    if isinstance(node, ScalarNode) and node.text == "mirror":
        return MirrorSyntax(node.span, None, {})
    if not isinstance(node, MapNode):
        return None
    for inner in node:
        if inner.key not in _MIRROR_KEYS:
            source.problem(
                "unknown-key",
                inner.key_node.span,
                f"a mirrored decoder has no key `{inner.key}`",
                help=did_you_mean(inner.key, _MIRROR_KEYS),
            )
    of = node.entry("mirror")
    if of is None or not isinstance(of.value, ScalarNode) or of.value.text != "encoder":
        place = of.value.span if of else node.span
        source.problem(
            "wrong-type",
            place,
            "a decoder is a list of layers, or mirrors the encoder",
            help="write `decoder: mirror` or `decoder: {mirror: encoder, up: upsample}`",
        )
    return MirrorSyntax(
        of.key_node.span if of else node.span, _up(source, node, scope), _last(source, node, scope)
    )


def _up(source: Source, node: MapNode, scope: Scope) -> Written | None:
    entry = node.entry("up")
    return None if entry is None else parse_field(source, entry.value, scope, UP, "mirror")


def _last(source: Source, node: MapNode, scope: Scope) -> Mapping[str, Written]:
    entry = node.entry("last")
    if entry is None:
        return {}
    inner: Node = entry.value
    if not isinstance(inner, MapNode):
        source.problem(
            "wrong-type",
            inner.span,
            "`last` takes fields of the last layer",
            help="for example `last: {activation: sigmoid}`",
        )
        return {}
    for field in inner:
        if CONV.field(field.key) and field.key not in LAST_FIELDS:
            source.problem(
                "unknown-key",
                field.key_node.span,
                f"the mirror itself sets `{field.key}`",
                help="`last` takes " + ", ".join(LAST_FIELDS),
            )
    fields = parse_fields(source, CONV, inner, scope).fields
    return {name: written for name, written in fields.items() if name in LAST_FIELDS}
