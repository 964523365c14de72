"""Paths to values in a spec: ``encoder[4].conv.channels``, ``early.conv.kernel``.

A path follows the file as written; layers count from 0. ``encoder.last`` is
the last layer of a list, and the kind may be left out where the layer has
only one anyway (``decoder.last.activation``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archsearch.spec.fields import Field
from archsearch.spec.kinds import KINDS, Kind
from archsearch.spec.nearest import did_you_mean
from archsearch.spec.syntax import Body, Family, LayerSyntax

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


_PLACED = re.compile(r"(encoder|decoder)(?:\[(\d{1,4})\]|\.(last))\.(.+)")


def find_target(family: Family, path: str) -> Target:
    """Find what ``path`` means in ``family``.

    Raises:
        PathError: nothing is there.
    """
    if path in family.params:
        return Target(path, None)
    if match := _PLACED.fullmatch(path):
        body: Body = family.encoder if match[1] == "encoder" else family.decoder
        return _in_layer(_layer_at(body, match[1], match[2]), match[4], path)
    first, _, rest = path.partition(".")
    if first == "defaults" and rest:
        return _in_defaults(rest)
    named = _named_layers(family)
    if rest and first in named:
        return _in_layer(named[first], rest, path)
    raise PathError(f"nothing is at `{path}`", _where(family, path))


def _layer_at(body: Body, section: str, place: str | None) -> LayerSyntax:
    index = len(body) - 1 if place is None else int(place)
    if index >= len(body):
        raise PathError(
            f"`{section}[{index}]` is not there", f"{section} has layers 0 to {len(body) - 1}"
        )
    return body[index]


def _in_layer(layer: LayerSyntax, rest: str, path: str) -> Target:
    kind = layer.kind
    if kind is None:
        raise PathError(f"`{path}`: that layer can't be read", "mend the spec first")
    written, _, name = rest.rpartition(".")
    if written not in ("", kind.name):
        raise PathError(f"`{path}`: that layer is a {kind.name}", f"write {kind.name}.{name}")
    return Target(f"{layer.path}.{name}", _field(kind, name))


def _in_defaults(rest: str) -> Target:
    name, _, field = rest.partition(".")
    if name not in KINDS:
        raise PathError(f"there is no layer kind `{name}`", did_you_mean(name, KINDS))
    return Target(f"defaults.{name}.{field}", _field(KINDS[name], field))


def _field(kind: Kind, name: str) -> Field:
    field = kind.field(name)
    if field is None:
        names = [item.name for item in kind.fields]
        raise PathError(f"{kind.name} has no field `{name}`", did_you_mean(name, names))
    return field


def _named_layers(family: Family) -> dict[str, LayerSyntax]:
    layers = (*family.encoder, *family.decoder)
    return {layer.name: layer for layer in layers if layer.name is not None}


def _where(family: Family, path: str) -> str:
    known = [*family.params, *_named_layers(family), "encoder", "decoder", "defaults"]
    first = re.split(r"[.\[]", path)[0]
    form = "a path is a param, or like encoder[0].conv.channels or defaults.conv.kernel"
    return f"{did_you_mean(first, known)}; {form}" if first not in known else form
