"""The flat list of layers, and what holds while it is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from archsearch.spec.kinds import Join, Kind, LayerType
from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.plan.model import Section
from archsearch.spec.resolution.lookup import Environment
from archsearch.spec.syntax.tree import Written
from archsearch.spec.text.diagnostic import Span

__all__ = ["FlatLayer", "Frame"]


@dataclass(slots=True, eq=False)
class FlatLayer:
    """One layer of the flat list, its values known as far as they can be.

    Attributes:
        kind: the kind's record; None for joins and for what can't be told.
        join: the join's record.
        values: resolved fields; required ones may be missing after mistakes.
        fields: where the values are written, for messages.
        reads: the tensors that it reads (see ``LayerPlan.reads``); None for one that isn't known.
        branches: of a join, the first and last layer of each of its lists of layers.
        branch_of: the join in whose branch it is the first.
        beside: whether it is part of a shortcut, beside the layers that see every row.
    """

    section: Section
    path: str
    span: Span
    kind: Kind | None = None
    join: Join | None = None
    values: dict[str, FieldValue] = dataclasses.field(default_factory=dict)
    fields: Mapping[str, Written] = dataclasses.field(default_factory=dict)
    bad: frozenset[str] = frozenset()
    doubtful: bool = False
    name: str | None = None
    reads: tuple[int | None, ...] = ()
    branches: tuple[tuple[int, int] | None, ...] = ()
    branch_of: FlatLayer | None = None
    beside: bool = False

    @property
    def begin(self) -> int:
        """The tensor that it takes: the first that it reads."""
        return self.reads[0] or 0

    @property
    def type(self) -> LayerType | None:
        """The record of the kind, or of the join; None where it can't be told."""
        return self.kind or self.join

    @property
    def word(self) -> str:
        """The kind or join as written; "" where it can't be told."""
        return self.type.name if self.type else ""


@dataclass(slots=True)
class Frame:
    """What holds while a body is unfolded.

    Attributes:
        section: encoder or decoder.
        environment: the names that expressions read.
        prefix: what stands before the names of layers.
        blocks: those that are being used.
        beside: whether this is a shortcut.
    """

    section: Section
    environment: Environment
    prefix: str = ""
    blocks: tuple[str, ...] = ()
    beside: bool = False
