"""A spec as written: layers, values and expressions with their places.

Made once from a file; sizes are not known yet. ``parse_*`` modules make it,
``resolve`` turns it into plans. Nodes compare by identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from archsearch.spec.expressions.expression import Expression
from archsearch.spec.kinds import Join, Kind
from archsearch.spec.kinds.fields import Atom, Numbered, Raw
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.nodes import Scalar
from archsearch.spec.text.source import Source

__all__ = [
    "BlockSyntax",
    "BlockUse",
    "Body",
    "Choose",
    "ContainerSyntax",
    "Family",
    "InputSyntax",
    "Item",
    "JoinSyntax",
    "LayerOptions",
    "LayerSyntax",
    "MirrorSyntax",
    "Param",
    "Part",
    "Repeat",
    "Template",
    "Written",
    "items_in",
]

Part = Scalar | Expression


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A value as the file gives it: one part, a list of parts, or a word with one part.

    Attributes:
        parts: scalars and expressions, or the lists that a list holds.
        is_list: whether it is a list.
        span: where it stands.
        word: of a value ``{word: part}``.
        is_literal: whether nothing in it is computed.
    """

    parts: tuple[Part | Written, ...]
    is_list: bool
    span: Span
    word: str | None = None
    is_literal: bool = field(init=False)

    def __post_init__(self) -> None:
        literal = not any(_is_computed(part) for part in self.parts)
        object.__setattr__(self, "is_literal", literal)

    def map(self, value_of: Callable[[Part], Atom]) -> Raw:
        """The value, each part as ``value_of`` reads it."""
        parts = tuple(
            part.map(value_of) if isinstance(part, Written) else value_of(part)
            for part in self.parts
        )
        if self.word is not None:
            return Numbered(self.word, cast(Atom, parts[0]))
        return cast(Raw, parts if self.is_list else parts[0])

    def expressions(self) -> Iterator[Expression]:
        """What is computed in it."""
        for part in self.parts:
            if isinstance(part, Written):
                yield from part.expressions()
            elif isinstance(part, Expression):
                yield part


def _is_computed(part: Part | Written) -> bool:
    return not part.is_literal if isinstance(part, Written) else isinstance(part, Expression)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A text that may embed expressions: ``skip_$(i)``."""

    parts: tuple[str | Expression, ...]
    span: Span

    @property
    def literal(self) -> str | None:
        """The text, when nothing in it is computed."""
        if all(isinstance(part, str) for part in self.parts):
            return "".join(str(part) for part in self.parts)
        return None


@dataclass(frozen=True, slots=True)
class Param:
    """A name with its default value; None where that can't be read."""

    name: str
    value: bool | int | float | str | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class LayerOptions:
    """What a layer may have beside its kind: its name and its condition.

    ``lost``: a name is there, or inside, that can't be read; ``unclear``: so
    is a condition.
    """

    name: Template | None = None
    when: Written | None = None
    lost: bool = False
    unclear: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LayerSyntax:
    """One layer of a simple kind.

    Attributes:
        kind: the kind; None where it can't be told.
        path: where it stands, the kind included.
        span: the kind's word.
        fields: values that can be used.
        options: name and condition.
        bad: fields that are written but can't be used.
        doubtful: whether its effect on sizes can't be told.
    """

    kind: Kind | None
    path: str
    span: Span
    fields: Mapping[str, Written]
    options: LayerOptions = LayerOptions()
    bad: frozenset[str] = frozenset()
    doubtful: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class JoinSyntax:
    """A layer that reads several tensors, with the layers that lead to them.

    Attributes:
        join: which join it is.
        path: where it stands, the word included.
        span: the word.
        layer: the name of the layer that it reads; None where it names none, or it can't be read.
        bodies: its own layers: of ``concat`` and ``add`` those on the tensor named, of
            ``residual`` those inside and then the shortcut's, of ``parallel`` the branches.
        fields: values that can be used.
        bad: fields that are written but can't be used.
        options: name and condition.
        doubtful: whether its effect on sizes can't be told.
    """

    join: Join
    path: str
    span: Span
    layer: Template | None = None
    bodies: tuple[Body, ...] = ()
    fields: Mapping[str, Written] = field(default_factory=dict)
    bad: frozenset[str] = frozenset()
    options: LayerOptions = LayerOptions()
    doubtful: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """Layers that come ``times`` times; ``variable`` counts from 0."""

    path: str
    span: Span
    times: Written | None
    variable: str | None
    body: Body
    options: LayerOptions = LayerOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Choose:
    """One of several lists of layers, by a value."""

    path: str
    span: Span
    by: Written | None
    branches: tuple[tuple[Scalar, Body], ...]
    options: LayerOptions = LayerOptions()


@dataclass(frozen=True, slots=True, eq=False)
class BlockUse:
    """The layers of a block, with some of its params given; None can't be read."""

    path: str
    span: Span
    block: str | None
    arguments: Mapping[str, Written | None]
    options: LayerOptions = LayerOptions()


ContainerSyntax = Repeat | Choose | JoinSyntax | BlockUse
Item = LayerSyntax | ContainerSyntax
Body = tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class BlockSyntax:
    """A named list of layers with params of its own."""

    name: str
    span: Span
    params: Mapping[str, Param]
    body: Body


@dataclass(frozen=True, slots=True, eq=False)
class MirrorSyntax:
    """``decoder: mirror`` with its options."""

    span: Span
    up: Written | None
    last: Mapping[str, Written]


@dataclass(frozen=True, slots=True, eq=False)
class InputSyntax:
    """What one picture looks like; ``channels`` may be ``auto``.

    None stands for what is missing or can't be used; that is a problem noted.
    """

    channels: Written | None
    height: Written | None
    width: Written | None


@dataclass(frozen=True, eq=False)
class Family:
    """A whole spec file, parsed: one model for each choice of its params.

    ``source`` keeps the text for messages, and warnings found while parsing. ``defaults`` are
    fields by kind; None stands for one that can't be used.
    """

    source: Source
    name: str
    description: str
    input: InputSyntax
    encoder: Body
    decoder: Body | MirrorSyntax
    params: Mapping[str, Param] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Written | None]] = field(default_factory=dict)
    blocks: Mapping[str, BlockSyntax] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()

    @property
    def kinds(self) -> frozenset[str]:
        """Names of the layer kinds that it uses."""
        layers = (item for item in self.items() if isinstance(item, LayerSyntax))
        return frozenset(layer.kind.name for layer in layers if layer.kind is not None)

    def items(self) -> Iterator[Item]:
        """Every layer as written, containers before what they hold, blocks last."""
        yield from items_in(self.encoder)
        if not isinstance(self.decoder, MirrorSyntax):
            yield from items_in(self.decoder)
        for block in self.blocks.values():
            yield from items_in(block.body)


def items_in(body: Body) -> Iterator[Item]:
    """All items of ``body``, those inside containers included."""
    for item in body:
        yield item
        if isinstance(item, Repeat):
            yield from items_in(item.body)
        elif isinstance(item, JoinSyntax):
            for inner in item.bodies:
                yield from items_in(inner)
        elif isinstance(item, Choose):
            for _, branch in item.branches:
                yield from items_in(branch)
