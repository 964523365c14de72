"""What all candidates of a family share, so that each is resolved fast.

Most of a layer is the same in every candidate: only fields that an expression
computes, or that the search assigns, are looked up again. Shape rules are run once
for equal values and shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakKeyDictionary

from archsearch.spec.kinds import ShapeResult
from archsearch.spec.kinds.fields import Field, FieldValue
from archsearch.spec.syntax.tree import Family, LayerSyntax, Written

__all__ = ["ResolutionCache", "Settled", "SizedLayer", "cache_of"]

_MOST_KEY_SETS = 16


class Settled(NamedTuple):
    """A layer's fields: values that no candidate changes, and those to look up."""

    values: Mapping[str, FieldValue]
    open: tuple[Field, ...]


class SizedLayer(NamedTuple):
    """What a layer does to its input, and the fields that this follows from."""

    result: ShapeResult
    values: Mapping[str, FieldValue]


@dataclass(slots=True)
class ResolutionCache:
    """One family's cache.

    Attributes:
        literals: literal values already read.
        shapes: what shape rules gave, by kind, input shape and values, with the values.
        settled: layers by what is assigned, since that settles what varies.
    """

    literals: dict[Written, FieldValue | None] = field(default_factory=dict)
    shapes: dict[tuple[object, ...], SizedLayer] = field(default_factory=dict)
    settled: dict[frozenset[str], dict[LayerSyntax, Settled]] = field(default_factory=dict)

    def settled_for(self, assigned: Mapping[str, object]) -> dict[LayerSyntax, Settled]:
        """The layers as they are settled when these names and paths are assigned."""
        keys = frozenset(assigned)
        found = self.settled.get(keys)
        if found is None:
            if len(self.settled) >= _MOST_KEY_SETS:
                self.settled.clear()
            found = self.settled[keys] = {}
        return found


_CACHES: WeakKeyDictionary[Family, ResolutionCache] = WeakKeyDictionary()


def cache_of(family: Family) -> ResolutionCache:
    """The family's cache, made when first asked for."""
    found = _CACHES.get(family)
    if found is None:
        found = _CACHES[family] = ResolutionCache()
    return found
