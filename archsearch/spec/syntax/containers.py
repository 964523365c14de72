"""The layers that hold layers: what each is called, takes and does, and how it is parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from archsearch.spec.kinds import JOINS
from archsearch.spec.syntax.parse_containers import (
    BodyParser,
    Container,
    ContainerEntry,
    Key,
    block,
    choose,
    repeat,
)
from archsearch.spec.syntax.parse_joins import JOIN_CONTAINERS, named_join
from archsearch.spec.syntax.parse_values import parse_template
from archsearch.spec.syntax.tree import ContainerSyntax, JoinSyntax, LayerOptions
from archsearch.spec.text.nodes import Entry, MapNode

__all__ = ["CONTAINERS", "JOIN_WORDS", "parse_container", "parse_join"]


JOIN_WORDS = tuple(name for name, join in JOINS.items() if join.names_layer)
"""The joins that take the name of a layer."""

_LAYERS = Key("layers", "layers", "The layers, in order.")

CONTAINERS: Mapping[str, Container] = {
    container.name: container
    for container in (
        *JOIN_CONTAINERS,
        Container(
            "repeat",
            "The layers, repeated `times` times; `as` names a counter from 0 that they can use.",
            (
                Key("times", "times", "Number of repetitions; 0 leaves the layers out."),
                Key("as", "word", "Name of the counter, which starts at 0.", required=False),
                _LAYERS,
            ),
            repeat,
            "that of the layers, one after the other",
            "repeat: {times: 2, as: i, layers: [conv: {channels: $(8 * 2 ** i)}]}",
        ),
        Container(
            "choose",
            "One of several lists of layers: the one whose key equals `by`, in value and type.",
            (
                Key("by", "value", "The value that chooses."),
                Key("of", "branches", "A list of layers for each value."),
            ),
            choose,
            "that of the chosen layers",
            "choose: {by: $down, of: {pool: [pool: {}], stride: [conv: {channels: 8, stride: 2}]}}",
        ),
        Container(
            "block",
            "The layers of a block from `blocks`, with values for its params.",
            (Key("use", "word", "The block's name; the other keys are its params."),),
            block,
            "that of the block's layers",
            "block: {use: double, c: 16}",
            takes_params=True,
        ),
    )
}


def parse_container(
    parser: BodyParser, entry: Entry, path: str, options: LayerOptions
) -> ContainerSyntax:
    """Parse the container at ``entry``; problems go to the parser's source."""
    container, node = CONTAINERS[entry.key], entry.value
    if isinstance(node, MapNode):
        return container.parse(ContainerEntry(container, parser, entry, node, path, options))
    parser.source.problem(
        "wrong-type",
        node.span,
        f"`{entry.key}:` takes fields in braces or below it",
        help=f"for example `{container.example}`",
    )
    lost = replace(options, lost=True)
    return JoinSyntax(JOINS["residual"], path, entry.key_node.span, bodies=((),), options=lost)


def parse_join(
    parser: BodyParser, entry: Entry, path: str, options: LayerOptions
) -> ContainerSyntax:
    """Parse a join that takes the name of a layer, alone or among its keys."""
    if isinstance(entry.value, MapNode) and entry.key in CONTAINERS:
        return parse_container(parser, entry, path, options)
    layer = parse_template(parser.source, entry.value, parser.scope, entry.key)
    return named_join(entry.key, path, entry.key_node.span, layer, options)
