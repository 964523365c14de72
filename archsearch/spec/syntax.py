"""A spec as written: layers, values and expressions with their places.

Made once from a file; sizes are not known yet. ``parse_*`` modules make it,
``resolve`` turns it into plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archsearch.spec.diagnostic import Span
from archsearch.spec.expression import Expression
from archsearch.spec.kinds import Kind
from archsearch.spec.nodes import Scalar
from archsearch.spec.source import Source

__all__ = ["Body", "Family", "InputSyntax", "LayerSyntax", "Param", "Written"]

Part = Scalar | Expression


@dataclass(frozen=True, slots=True)
class Written:
    """A value as the file gives it: one part, or a list of parts."""

    parts: tuple[Part, ...]
    is_list: bool
    span: Span

    @property
    def is_literal(self) -> bool:
        """Whether nothing in it is computed."""
        return not any(isinstance(part, Expression) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Param:
    """A name with its default value."""

    name: str
    value: bool | int | float | str
    span: Span


@dataclass(frozen=True, slots=True)
class LayerSyntax:
    """One layer of a simple kind.

    ``suspect`` marks a layer with a mistake in it, so that conclusions drawn
    from its shape are kept back.
    """

    kind: Kind | None
    path: str
    span: Span
    fields: Mapping[str, Written]
    name: str | None = None
    name_span: Span | None = None
    when: Written | None = None
    suspect: bool = False


Body = tuple[LayerSyntax, ...]


@dataclass(frozen=True, slots=True)
class InputSyntax:
    """What one picture looks like; ``channels`` may be ``auto``."""

    channels: Written
    height: Written
    width: Written


@dataclass(frozen=True)
class Family:
    """A whole spec file, parsed: one model for each choice of its params.

    ``source`` keeps the text for messages, and warnings found while parsing.
    """

    source: Source
    name: str
    description: str
    input: InputSyntax
    encoder: Body
    decoder: Body
    params: Mapping[str, Param] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Written]] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()
