"""Layers that hold layers: repeat, choose, residual and the use of a block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from archsearch.spec.expressions.names import bad_name
from archsearch.spec.kinds.fields import Field, Whole
from archsearch.spec.syntax.parse_values import Scope, check_literal, literal_of, parse_written
from archsearch.spec.syntax.tree import (
    BlockUse,
    Body,
    Choose,
    Container,
    Naming,
    Repeat,
    ResidualSyntax,
    Written,
)
from archsearch.spec.text.nearest import did_you_mean, nearest
from archsearch.spec.text.nodes import Entry, MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from archsearch.spec.syntax.parse_layers import LayerParser

__all__ = ["CONTAINER_WORDS", "TIMES", "parse_container"]

CONTAINER_WORDS = ("residual", "repeat", "choose", "block")
TIMES = Field("times", Whole(0), 1, "How often.")


class _Reader(Protocol):
    def __call__(
        self, parser: LayerParser, entry: Entry, node: MapNode, path: str, beside: Naming
    ) -> Container: ...


def parse_container(parser: LayerParser, entry: Entry, path: str, beside: Naming) -> Container:
    """Parse the container at ``entry``; problems go to the parser's source."""
    node = entry.value
    if not isinstance(node, MapNode):
        parser.source.problem(
            "wrong-type",
            node.span,
            f"`{entry.key}:` takes fields in braces or below it",
            help=_EXAMPLES[entry.key],
        )
        return ResidualSyntax(path, entry.key_node.span, (), replace(beside, lost=True))
    return _READERS[entry.key](parser, entry, node, path, beside)


_EXAMPLES = {
    "repeat": "for example `repeat: {times: $depth, as: i, layers: […]}`",
    "choose": "for example `choose: {by: $down, of: {pool: […], stride: […]}}`",
    "residual": "for example `residual: {layers: […]}`",
    "block": "for example `block: {use: double, c: 16}`",
}


def _check_keys(parser: LayerParser, node: MapNode, word: str, allowed: Iterable[str]) -> None:
    known = list(allowed)
    for entry in node:
        if entry.key not in known:
            parser.source.problem(
                "unknown-key",
                entry.key_node.span,
                f"{word} has no field `{entry.key}`",
                help=did_you_mean(entry.key, known),
            )


def _required(parser: LayerParser, entry: Entry, node: MapNode, key: str) -> Node | None:
    found = node.entry(key)
    if found is not None:
        return found.value
    if not node.damaged and not any(nearest(e.key, [key]) for e in node):
        parser.source.problem(
            "missing-key",
            entry.key_node.span,
            f"{entry.key} needs `{key}`",
            help=_EXAMPLES[entry.key],
        )
    return None


def _value(parser: LayerParser, entry: Entry, node: MapNode, key: str) -> Written | None:
    found = _required(parser, entry, node, key)
    return None if found is None else parse_written(parser.source, found, parser.scope, key)


def _times(parser: LayerParser, entry: Entry, node: MapNode) -> Written | None:
    written = _value(parser, entry, node, "times")
    if written is None or not written.is_literal:
        return written
    fine = check_literal(parser.source, TIMES, literal_of(written), written.span, "repeat")
    return written if fine else None


def _by(parser: LayerParser, entry: Entry, node: MapNode) -> Written | None:
    written = _value(parser, entry, node, "by")
    if written is None or not written.is_list:
        return written
    parser.source.problem(
        "wrong-type", written.span, "`by` takes one value, not a list", help=_EXAMPLES["choose"]
    )
    return None


def _layers(parser: LayerParser, entry: Entry, node: MapNode, path: str) -> Body:
    found = _required(parser, entry, node, "layers")
    return () if found is None else parser.body(found, f"{path}.layers")


def _repeat(
    parser: LayerParser, entry: Entry, node: MapNode, path: str, beside: Naming
) -> Container:
    _check_keys(parser, node, "repeat", ("times", "as", "layers"))
    variable = _loop_variable(parser, node)
    inner = parser.within(Scope([variable] if variable else [], parser.scope))
    return Repeat(
        path,
        entry.key_node.span,
        _times(parser, entry, node),
        variable,
        _layers(inner, entry, node, path),
        beside,
    )


def _loop_variable(parser: LayerParser, node: MapNode) -> str | None:
    entry = node.entry("as")
    if entry is None:
        return None
    value = entry.value
    if not isinstance(value, ScalarNode) or not isinstance(value.value, str):
        parser.source.problem(
            "wrong-type", value.span, "`as` takes one word", help="for example `as: i`"
        )
        return None
    reason = bad_name(value.value, taken=parser.scope.names())
    if reason:
        parser.source.problem(
            "bad-name", value.span, f"`{value.value}` can't be the loop's name", help=reason
        )
        if parser.scope.use(value.value):
            return None
    return value.value


def _choose(
    parser: LayerParser, entry: Entry, node: MapNode, path: str, beside: Naming
) -> Container:
    _check_keys(parser, node, "choose", ("by", "of"))
    by = _by(parser, entry, node)
    of = _required(parser, entry, node, "of")
    branches = []
    if isinstance(of, MapNode) and of.entries:
        for branch in of:
            body = parser.body(branch.value, f"{path}.of.{branch.key}")
            branches.append((branch.key_node.value, body))
    elif of is not None:
        parser.source.problem(
            "wrong-type",
            of.span,
            "`of` takes a list of layers for each value",
            help=_EXAMPLES["choose"],
        )
    return Choose(path, entry.key_node.span, by, tuple(branches), beside)


def _residual(
    parser: LayerParser, entry: Entry, node: MapNode, path: str, beside: Naming
) -> Container:
    _check_keys(parser, node, "residual", ("layers",))
    return ResidualSyntax(path, entry.key_node.span, _layers(parser, entry, node, path), beside)


def _block(
    parser: LayerParser, entry: Entry, node: MapNode, path: str, beside: Naming
) -> Container:
    use = _required(parser, entry, node, "use")
    name = use.text if isinstance(use, ScalarNode) else None
    if use is not None and name not in parser.blocks:
        declare = f"declare it: `blocks: {{{name}: {{layers: […]}}}}`"
        help = did_you_mean(str(name), parser.blocks) if parser.blocks else declare
        parser.source.problem("unknown-block", use.span, f"there is no block `{name}`", help=help)
        name = nearest(str(name), parser.blocks)
    if name is None:
        return BlockUse(path, entry.key_node.span, None, {}, beside)
    parser.used_blocks.add(name)
    _check_keys(parser, node, f"block `{name}`", ("use", *parser.blocks[name]))
    arguments = {
        e.key: parse_written(parser.source, e.value, parser.scope, e.key)
        for e in node
        if e.key in parser.blocks[name]
    }
    return BlockUse(path, entry.key_node.span, name, arguments, beside)


_READERS: dict[str, _Reader] = {
    "repeat": _repeat,
    "choose": _choose,
    "residual": _residual,
    "block": _block,
}
