"""Paths to values in a spec: ``encoder[4].conv.channels``, ``early.conv.kernel``.

A path follows the file as written; layers count from 0. ``encoder.last`` is
the last layer of a list, and a simple layer's kind may be left out
(``decoder.last.activation``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archsearch.spec.kinds import KINDS, Kind
from archsearch.spec.kinds.conv import CONV
from archsearch.spec.kinds.fields import Field
from archsearch.spec.syntax.parse_blocks import LAST_FIELDS, UP
from archsearch.spec.syntax.parse_containers import TIMES
from archsearch.spec.syntax.parse_spec import INPUT_FIELDS, no_defaults
from archsearch.spec.syntax.tree import (
    BlockUse,
    Body,
    Choose,
    Family,
    Item,
    JoinSyntax,
    LayerSyntax,
    MirrorSyntax,
    Repeat,
)
from archsearch.spec.text.nearest import did_you_mean, nearest

__all__ = ["PathError", "Target", "find_target"]


class PathError(Exception):
    """A path that leads nowhere; ``help`` says where it could."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@dataclass(frozen=True, slots=True)
class Target:
    """What a path leads to: a param (``field`` None) or a field of layers.

    ``key`` is the canonical form that ``resolve`` takes.
    """

    key: str
    field: Field | None


_LAST = re.compile(r"^(encoder|decoder)\.last(?=\.)")


def find_target(family: Family, path: str) -> Target:
    """Find what ``path`` means in ``family``.

    Raises:
        PathError: nothing is there.
    """
    if path in family.params:
        return Target(path, None)
    if path.startswith("input."):
        return _in_input(path.removeprefix("input."))
    if path.startswith("defaults."):
        return _in_defaults(path.removeprefix("defaults."))
    if isinstance(family.decoder, MirrorSyntax) and path.startswith("decoder."):
        return _in_mirror(path.removeprefix("decoder."))
    whole = _with_name(family, _without_last(family, path))
    for item in family.items():
        target = _in_item(family, item, whole)
        if target is not None:
            return target
    raise PathError(f"nothing is at `{path}`", _where(family, path))


def _without_last(family: Family, path: str) -> str:
    match = _LAST.match(path)
    if match is None:
        return path
    body = family.encoder if match[1] == "encoder" else family.decoder
    layers: Body = () if isinstance(body, MirrorSyntax) else body
    return f"{match[1]}[{len(layers) - 1}]{path[match.end() :]}"


def _with_name(family: Family, path: str) -> str:
    """A path by a layer's name, as one by its place."""
    for item in family.items():
        name = item.options.name.literal if item.options.name else None
        if name is not None and path.startswith(f"{name}."):
            place, _, _ = item.path.rpartition(".")
            return place + path[len(name) :]
    return path


def _in_item(family: Family, item: Item, path: str) -> Target | None:
    place, _, word = item.path.rpartition(".")
    if not path.startswith(place + "."):
        return None
    rest = path[len(place) + 1 :]
    if isinstance(item, LayerSyntax):
        return _in_layer(item, word, rest)
    if isinstance(item, Repeat) and rest == "repeat.times":
        return Target(path, TIMES)
    if isinstance(item, Choose) and rest == "choose.by":
        return Target(path, None)
    if isinstance(item, BlockUse) and rest.startswith("block."):
        return _in_block(family, item, path, rest.removeprefix("block."))
    return _in_join(item, path, rest) if isinstance(item, JoinSyntax) else None


def _in_join(item: JoinSyntax, path: str, rest: str) -> Target | None:
    fields = {f"{item.join.name}.{field.name}": field for field in item.join.fields}
    return Target(path, fields[rest]) if rest in fields else None


def _in_block(family: Family, item: BlockUse, path: str, name: str) -> Target | None:
    block = family.blocks.get(item.block or "")
    if block is None or "." in name or "[" in name:
        return None
    if name not in block.params:
        raise PathError(
            f"the block `{block.name}` has no param `{name}`", did_you_mean(name, block.params)
        )
    return Target(path, None)


def _in_layer(layer: LayerSyntax, word: str, rest: str) -> Target | None:
    kind = layer.kind
    if kind is None:
        return None
    if kind.scalar:
        field = kind.fields[0]
        return Target(f"{layer.path}.{field.name}", field) if rest == word else None
    written, _, name = rest.rpartition(".")
    if "." in written or "[" in written:
        return None
    if written not in ("", kind.name):
        raise PathError(f"`{rest}`: that layer is a {kind.name}", f"write {kind.name}.{name}")
    return Target(f"{layer.path}.{name}", _field(kind, name))


def _in_defaults(rest: str) -> Target:
    name, _, field = rest.partition(".")
    kind = KINDS.get(name)
    if kind is None or kind.scalar:
        _, message, help = no_defaults(name)
        raise PathError(message, help)
    return Target(f"defaults.{name}.{field}", _field(kind, field))


def _in_input(name: str) -> Target:
    field = next((field for field in INPUT_FIELDS if field.name == name), None)
    if field is None:
        known = [field.name for field in INPUT_FIELDS]
        raise PathError(f"`input` has no field `{name}`", did_you_mean(name, known))
    return Target(f"input.{name}", field)


def _in_mirror(rest: str) -> Target:
    if rest == "up":
        return Target("decoder.up", UP)
    name = rest.removeprefix("last.")
    if rest.startswith("last.") and name in LAST_FIELDS:
        return Target(f"decoder.last.{name}", CONV.field(name))
    raise PathError(
        f"nothing is at `decoder.{rest}`",
        "a mirrored decoder has decoder.up and decoder.last." + ", ".join(LAST_FIELDS),
    )


def _field(kind: Kind, name: str) -> Field:
    field = kind.field(name)
    if field is None:
        names = [item.name for item in kind.fields]
        raise PathError(f"{kind.name} has no field `{name}`", did_you_mean(name, names))
    return field


def _where(family: Family, path: str) -> str:
    names = [item.options.name.literal for item in family.items() if item.options.name]
    known = [*family.params, *(n for n in names if n), "input", "encoder", "decoder", "defaults"]
    first = re.split(r"[.\[]", path)[0]
    form = "write a param, or a path like encoder[0].conv.channels or defaults.conv.kernel"
    near = nearest(first, known)
    return f"did you mean `{near}`?" if near and first not in known else form
