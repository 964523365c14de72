"""Joins as they stand in a file: the layer they name, their fields, and their own layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archsearch.spec.kinds import JOINS, Join
from archsearch.spec.syntax.parse_containers import Container, ContainerEntry, Key
from archsearch.spec.syntax.parse_values import parse_field, parse_template
from archsearch.spec.syntax.tree import Body, JoinSyntax, LayerOptions, Template, Written
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.nodes import ListNode

__all__ = ["JOIN_CONTAINERS", "named_join"]

_WITH = Key("with", "layer", "The earlier layer's name.")
_LAYERS_ON_IT = Key("layers", "maybe-layers", "Layers that run on it first.", required=False)


def _parse(at: ContainerEntry) -> JoinSyntax:
    """What ``concat`` and ``add`` have in braces."""
    named = at.required("with")
    layer = (
        None if named is None else parse_template(at.parser.source, named, at.parser.scope, "with")
    )
    return _with_fields(at, layer, (_own(at, "layers") or (),), lost=layer is None)


def _residual(at: ContainerEntry) -> JoinSyntax:
    shortcut = _own(at, "shortcut")
    return _with_fields(at, None, (at.layers(), *(() if shortcut is None else (shortcut,))))


def _parallel(at: ContainerEntry) -> JoinSyntax:
    found, branches = at.required("branches"), []
    if isinstance(found, ListNode) and found.items:
        for i, item in enumerate(found.items):
            path = f"{at.path}.branches[{i}]"
            branches.append(at.parser.body(item, path, maybe_empty=True))
    elif found is not None:
        at.problem("wrong-type", found.span, "`branches` takes a list of lists of layers")
    return _with_fields(at, None, tuple(branches), lost=not branches)


def _own(at: ContainerEntry, key: str) -> Body | None:
    """Optional layers, perhaps none."""
    entry = at.entry_of(key)
    if entry is None:
        return None
    return at.parser.body(entry.value, f"{at.path}.{key}", maybe_empty=True)


def _with_fields(
    at: ContainerEntry, layer: Template | None, bodies: tuple[Body, ...], *, lost: bool = False
) -> JoinSyntax:
    join, source = JOINS[at.container.name], at.parser.source
    doubtful = not at.check_keys(join.name)
    fields: dict[str, Written] = {}
    bad = set()
    for field in join.fields:
        entry = at.node.entry(field.name)
        if entry is None:
            continue
        written = parse_field(source, entry.value, at.parser.scope, field, join.name)
        if written is None:
            bad.add(field.name)
        else:
            fields[field.name] = written
    options = replace(at.options, lost=True) if lost else at.options
    return JoinSyntax(
        join, at.path, at.span, layer, bodies, fields, frozenset(bad), options, doubtful
    )


def named_join(
    word: str, path: str, span: Span, layer: Template | None, options: LayerOptions
) -> JoinSyntax:
    """A join that is written as the name of a layer alone."""
    return JoinSyntax(JOINS[word], path, span, layer, (), options=options)


def _container(
    join: Join, keys: tuple[Key, ...], parse: Callable[[ContainerEntry], JoinSyntax]
) -> Container:
    fields = (Key(f.name, "field", f.doc, required=False, field=f) for f in join.fields)
    return Container(
        join.name,
        join.doc,
        (*keys, *fields),
        parse,
        join.shape,
        join.example,
        names_layer=join.names_layer,
    )


JOIN_CONTAINERS = (
    _container(JOINS["concat"], (_WITH, _LAYERS_ON_IT), _parse),
    _container(JOINS["add"], (_WITH, _LAYERS_ON_IT), _parse),
    _container(
        JOINS["residual"],
        (
            Key("layers", "layers", "The layers, in order."),
            Key("shortcut", "maybe-layers", "Layers of the shortcut.", required=False),
        ),
        _residual,
    ),
    _container(
        JOINS["parallel"],
        (Key("branches", "lists", "A list of layers for each branch; it may be empty."),),
        _parallel,
    ),
)
"""The joins that may have layers of their own."""
