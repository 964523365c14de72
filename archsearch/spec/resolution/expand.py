"""From layers as written to a flat list: repeats, choices and blocks unfolded."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from archsearch.spec.expressions.expression import ExpressionValue
from archsearch.spec.kinds import JOINS, Join, Kind, LayerType
from archsearch.spec.kinds.fields import FieldValue, Raw
from archsearch.spec.plan.model import Section
from archsearch.spec.resolution.cache import Settled
from archsearch.spec.resolution.diagnostics import DiagnosticCollector
from archsearch.spec.resolution.layer_names import LayerNames
from archsearch.spec.resolution.lookup import Environment, Lookup
from archsearch.spec.syntax.parse_containers import TIMES
from archsearch.spec.syntax.parse_values import shown
from archsearch.spec.syntax.tree import (
    BlockUse,
    Body,
    Choose,
    Family,
    Item,
    JoinSyntax,
    LayerOptions,
    LayerSyntax,
    Repeat,
    ResidualSyntax,
    Written,
)
from archsearch.spec.text.diagnostic import Span
from archsearch.spec.text.nodes import Scalar

__all__ = ["Expander", "FlatLayer"]

MOST_LAYERS = 2_000
MOST_VISITS = 20_000


@dataclass(slots=True, eq=False)
class FlatLayer:
    """One layer of the flat list, its values known as far as they can be.

    Attributes:
        kind: the kind's record; None for joins and for what can't be told.
        join: the join's record.
        values: resolved fields; required ones may be missing after mistakes.
        fields: where the values are written, for messages.
        source: for joins, index of the layer joined (0 the input), if known.
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
    source: int | None = None

    @property
    def type(self) -> LayerType | None:
        """The record of the kind, or of the join; None where it can't be told."""
        return self.kind or self.join

    @property
    def word(self) -> str:
        """The kind or join as written; "" where it can't be told."""
        return self.type.name if self.type else ""


class _TooManyError(Exception):
    """The expansion was cut short; the problem is noted."""


@dataclass(slots=True)
class _Frame:
    """What holds while a body is unfolded."""

    section: Section
    environment: Environment
    prefix: str = ""
    blocks: tuple[str, ...] = ()


class Expander:
    """Unfolds the bodies of one family for one choice of values.

    Args:
        family: the parsed spec.
        assigned: params by name and fields by canonical path, in place of the
            file's values.
        diagnostics: where problems go.
        settled: layers of the family already looked up, for these assignments.
    """

    def __init__(
        self,
        family: Family,
        assigned: Mapping[str, Raw],
        diagnostics: DiagnosticCollector,
        settled: dict[LayerSyntax, Settled],
    ) -> None:
        self.family = family
        self.assigned = assigned
        self.diagnostics = diagnostics
        self.layers: list[FlatLayer] = []
        self.names = LayerNames(family, diagnostics)
        self.uses = 0
        self.repeats: list[Repeat] = []
        self.visits = 0
        self.cut = False
        self.environment: dict[str, ExpressionValue] = _known(
            {name: assigned.get(name, param.value) for name, param in family.params.items()}
        )
        self.lookup = Lookup(family, assigned, diagnostics, settled, self.environment)

    def section(self, body: Body, section: Section) -> None:
        """Unfold ``body``; its layers are appended."""
        if self.cut:
            return
        try:
            self.body(body, _Frame(section, self.environment))
        except _TooManyError:
            self.cut = True

    def body(self, body: Body, frame: _Frame) -> None:
        """Unfold a list of layers."""
        for item in body:
            self.visits += 1
            if self.visits > MOST_VISITS or len(self.layers) > MOST_LAYERS:
                self.too_many(item)
                raise _TooManyError
            present = self.lookup.present(item.options, frame.environment)
            if present is None:
                self.gap(item, frame)
            elif present:
                self.item(item, frame)

    def gap(self, item: Item, frame: _Frame) -> None:
        """Layers that a mistake has hidden: nothing is known of what comes out."""
        self.names.hide(item)
        self.layers.append(FlatLayer(frame.section, item.path, item.span, doubtful=True))

    def too_many(self, item: Item) -> None:
        """Told at the outermost ``times``, which makes the number."""
        outer = self.repeats[0].times if self.repeats else None
        kept = len(self.layers) > MOST_LAYERS
        self.diagnostics.problem(
            "too-many-layers",
            outer.span if outer else item.span,
            f"this expands to over {MOST_LAYERS:,} layers"
            if kept
            else f"this expands to over {MOST_VISITS:,} places, with or without layers",
            help=f"make `times` smaller: a model has at most {MOST_LAYERS:,} layers",
        )

    def item(self, item: Item, frame: _Frame) -> None:
        """Unfold one layer or container."""
        if isinstance(item, LayerSyntax):
            self.add(self.simple(item, frame), item.options, frame)
        elif isinstance(item, JoinSyntax):
            self.join(item, frame)
        elif isinstance(item, Repeat):
            self.repeat(item, frame)
        elif isinstance(item, Choose):
            self.choose(item, frame)
        elif isinstance(item, ResidualSyntax):
            self.residual(item, frame)
        else:
            self.block(item, frame)

    def add(self, layer: FlatLayer, options: LayerOptions, frame: _Frame) -> None:
        """Append a layer, and note its name."""
        self.layers.append(layer)
        if options.name is None:
            return
        name = self.lookup.text(options.name, frame.environment)
        if name is None:
            self.names.lost = True
            return
        layer.name = self.names.give(frame.prefix, name, len(self.layers), options.name.span)

    # --- containers ---------------------------------------------------------

    def repeat(self, item: Repeat, frame: _Frame) -> None:
        """The body, so many times."""
        self.unnamed(item.options, "repeat")
        times = self.lookup.field(
            f"{item.path}.times", item.times, TIMES, frame.environment, "repeat"
        )
        if times is None or not item.body:
            self.gap(item, frame)
            return
        for count in range(times if isinstance(times, int) else 0):
            inner = frame.environment
            if item.variable is not None:
                inner = {**inner, item.variable: count}
            self.repeats.append(item)
            self.body(item.body, _Frame(frame.section, inner, frame.prefix, frame.blocks))
            self.repeats.pop()

    def choose(self, item: Choose, frame: _Frame) -> None:
        """The branch that the value names."""
        self.unnamed(item.options, "choose")
        key = f"{item.path}.by"
        value: Raw = self.assigned.get(key)
        if key not in self.assigned:
            if item.by is not None and item.branches:
                value = self.lookup.value(item.by, frame.environment, "by")
            if value is None:
                self.gap(item, frame)
                return
        for choice, body in item.branches:
            if _same(choice, value):
                self.body(body, frame)
                return
        self.gap(item, frame)
        span = item.by.span if item.by else item.span
        self.diagnostics.problem(
            "choose-no-branch",
            span,
            f"`choose` has no branch for {shown(value)}",
            help="there are: " + ", ".join(shown(choice) for choice, _ in item.branches),
        )

    def residual(self, item: ResidualSyntax, frame: _Frame) -> None:
        """The body, then the sum with what came before it."""
        source = len(self.layers)
        if not item.body:
            self.gap(item, frame)
            return
        self.body(item.body, frame)
        if len(self.layers) == source:
            return
        place = (frame.section, item.path, item.span)
        layer = FlatLayer(*place, join=JOINS["residual"], source=source)
        self.add(layer, item.options, frame)

    def block(self, item: BlockUse, frame: _Frame) -> None:
        """A block's layers, with its params given."""
        block = self.family.blocks.get(item.block or "")
        if block is None:
            self.gap(item, frame)
            return
        if block.name in frame.blocks:
            self.diagnostics.problem(
                "block-recursion",
                item.span,
                f"the block `{block.name}` uses itself",
                help="a block may use others, but not itself; use `repeat` for more of the same",
            )
            return
        environment = {**self.environment}
        for name, param in block.params.items():
            environment |= _known({name: param.value})
            key = f"{item.path}.{name}"
            if key in self.assigned:
                environment[name] = cast(ExpressionValue, self.assigned[key])
            elif name in item.arguments:
                written = item.arguments[name]
                value = None
                if written is not None:
                    value = self.lookup.value(written, frame.environment, name)
                environment.pop(name, None)
                environment |= _known({name: value})
        prefix = frame.prefix + self.local(item.options, frame)
        self.body(
            block.body, _Frame(frame.section, environment, prefix, (*frame.blocks, block.name))
        )

    def local(self, options: LayerOptions, frame: _Frame) -> str:
        """What stands before the names inside a use of a block."""
        name = None if options.name is None else self.lookup.text(options.name, frame.environment)
        span = None if options.name is None else options.name.span
        if name and span and self.names.claim(frame.prefix + name, name, span):
            return f"{name}."
        self.uses += 1
        return f"#{self.uses}."

    def unnamed(self, options: LayerOptions, word: str) -> None:
        """Refuse a name on what is no single layer."""
        if options.name is not None:
            self.diagnostics.problem(
                "bad-name",
                options.name.span,
                f"a {word} can't have a name",
                help="name a layer inside it",
            )

    # --- layers -------------------------------------------------------------

    def join(self, item: JoinSyntax, frame: _Frame) -> None:
        """A concat or add with an earlier layer."""
        place = (frame.section, item.path, item.span)
        layer = FlatLayer(*place, join=JOINS[item.word])
        if item.layer is not None:
            name = self.lookup.text(item.layer, frame.environment)
            if name is not None:
                layer.source = self.names.find(frame.prefix, name, item.layer.span)
        self.add(layer, item.options, frame)

    def simple(self, item: LayerSyntax, frame: _Frame) -> FlatLayer:
        """A simple layer with its fields looked up."""
        kind = item.kind
        if kind is None:
            return FlatLayer(frame.section, item.path, item.span, doubtful=item.doubtful)
        values, bad = self.lookup.fields_of(item, kind, frame.environment)
        place = (frame.section, item.path, item.span)
        return FlatLayer(*place, kind, None, values, item.fields, bad, item.doubtful)


def _known(values: Mapping[str, Raw]) -> dict[str, ExpressionValue]:
    """Without those that a mistake left unknown."""
    return {name: cast(ExpressionValue, v) for name, v in values.items() if v is not None}


def _same(choice: Scalar, value: Raw) -> bool:
    """Equal in value and type, so that ``1``, ``true`` and ``"1"`` differ."""
    if isinstance(choice, bool) or isinstance(value, bool):
        return choice is value
    if isinstance(choice, (int, float)) and isinstance(value, (int, float)):
        return choice == value
    return isinstance(choice, str) and choice == value
