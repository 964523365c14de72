"""The record that declares a layer kind, or a join: whatever others need to know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal, cast

from archsearch.extensions import Reference
from archsearch.spec.kinds.fields import Field, FieldValue, Role
from archsearch.spec.kinds.mirror import LayerValues
from archsearch.spec.kinds.rule import JoinInput, Op, ShapeResult, Values
from archsearch.spec.shape import Shape

__all__ = ["Join", "Kind", "LayerType", "Mirror", "Surroundings", "TrunkRole"]

Mirror = Callable[[Any, Shape, Shape, str], Iterable[LayerValues]]
"""(op, input, output, ``up``) → the decoder's layers, each a kind's name with its fields. Fields
left out are taken from ``defaults``, or from the kind's table. ``up`` is what the mirror enlarges
with: upsample, conv_transpose or pixel_shuffle."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a layer behind the code.

    Attributes:
        pools: how many poolings behind the code, up to this layer, nothing before it undid.
        needed: channels that the layer after this one needs to give this one's input
            channels back; None where it doesn't rearrange channels.
    """

    pools: int
    needed: int | None


@dataclass(frozen=True, slots=True)
class TrunkRole:
    """What a layer's numbers have to do with the size of the code (see ``plan.trunk``).

    Attributes:
        sets_size: (op, input) → whether its own fields set the output's size.
        unsized: (op, input) → the op without the numbers that follow from the code's size.
        passes_on: (op, input, surroundings) → whether behind the code its channels follow from
            the code's; None: where it sets no size.
    """

    sets_size: Callable[[Any, Shape], bool]
    unsized: Callable[[Any, Shape], Op]
    passes_on: Callable[[Any, Shape, Surroundings], bool] | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerType:
    """What kinds and joins have in common.

    Attributes:
        name: the word in the file.
        fields: its fields, in the order the reference shows them.
        doc: what it does, in a sentence or two.
        shape: what it gives, as a formula for people.
        example: one layer as written in a file.
        module: builds the torch module: (op, input shape) → module; for a join, (op, shapes of
            the tensors that it reads) → module.
        steps: (layer index, op, module) → the module's steps, for the rewrites of
            ``archsearch.nn``; None: the module is run as it is. Joins have none.
        synonyms: words that people write instead, with what they should write.
        weighted: whether it counts in the depth of the encoder.
        resampling: ``down`` makes a picture smaller, and has no weights; ``up`` enlarges it.
        mirror: what stands in a mirrored decoder: a function; ``repeated``: the same layer,
            after the mirror of the layer that it follows; ``dropped``: nothing; None: the
            encoder can't be mirrored.
        trunk: its part in the size of the code; None: told by the roles of its fields.
    """

    name: str
    fields: tuple[Field, ...] = ()
    doc: str
    shape: str
    example: str
    module: Reference
    steps: Reference | None = None
    synonyms: Mapping[str, str] = field(default_factory=dict)
    weighted: bool = False
    resampling: Literal["down", "up"] | None = None
    mirror: Mirror | Literal["repeated", "dropped"] | None = None
    trunk: TrunkRole | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Kind(LayerType):
    """One layer kind.

    Attributes:
        rule: (fields, input shape) → what comes out, problems included.
        scalar: whether it takes one value instead of a mapping; its one field
            has the kind's name.
        takes_vector: whether it may follow a vector.
        for_vector: what to write instead behind a vector; "": lead back to a picture.
        written: (op, input) → the fields that give this op; None: those it was made from.
        fits_picture: (input, picture) → the value of its one field that leads to the picture's
            size, where that is ``{to: input}``; None: it has no such value.
        channels_needed: (fields, channels out) → the channels that must come in, for a kind
            that rearranges channels; None: it sets them, or passes them on.
    """

    group: ClassVar[str] = "kinds"

    rule: Callable[[Values, Shape], ShapeResult]
    scalar: bool = False
    takes_vector: bool = False
    for_vector: str = ""
    written: Callable[[Any, Shape], Mapping[str, FieldValue]] | None = None
    fits_picture: Callable[[Shape, Shape], FieldValue] | None = None
    channels_needed: Callable[[Mapping[str, FieldValue], int], int] | None = None

    def field(self, name: str) -> Field | None:
        """The field called ``name``, or None."""
        return next((item for item in self.fields if item.name == name), None)

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """The role of each field, by name."""
        return {item.name: item.role for item in self.fields}

    def with_role(self, *roles: Role) -> list[str]:
        """Names of the fields with one of these roles, in the order of ``roles``."""
        return [name for role in roles for name, own in self.roles.items() if own == role]

    @cached_property
    def channels_field(self) -> str | None:
        """The field that sets the output's channels, the one that takes ``auto``."""
        return next(iter(self.with_role("channels")), None)


@dataclass(frozen=True, eq=False, kw_only=True)
class Join(LayerType):
    """A layer that reads several tensors.

    Attributes:
        rule: what it reads → what comes out.
        names_layer: whether it takes the name of an earlier layer; otherwise it stands around
            layers, and joins what they give.
        adds_channels: whether more channels come out than went in.
    """

    rule: Callable[[JoinInput], ShapeResult]
    names_layer: bool = True
    adds_channels: bool = False

    @cached_property
    def defaults(self) -> Mapping[str, FieldValue]:
        """The fields' values where a layer has none."""
        return {field.name: cast(FieldValue, field.default) for field in self.fields}
