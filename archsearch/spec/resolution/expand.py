"""From layers as written to a flat list: repeats, choices and blocks unfolded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from archsearch.spec.expressions.expression import ExpressionValue
from archsearch.spec.kinds.fields import Raw
from archsearch.spec.plan.model import Section
from archsearch.spec.resolution.cache import Settled
from archsearch.spec.resolution.diagnostics import DiagnosticCollector
from archsearch.spec.resolution.expand_joins import expand_join
from archsearch.spec.resolution.flat_layer import FlatLayer, Frame
from archsearch.spec.resolution.layer_names import LayerNames
from archsearch.spec.resolution.lookup import Lookup
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
)
from archsearch.spec.text.nodes import Scalar

__all__ = ["Expander"]

MOST_LAYERS = 2_000
MOST_VISITS = 20_000


class _TooManyError(Exception):
    """The expansion was cut short; the problem is noted."""


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
        self.at = 0
        self.entered: FlatLayer | None = None
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
            self.body(body, Frame(section, self.environment))
        except _TooManyError:
            self.cut = True

    def body(self, body: Body, frame: Frame) -> None:
        """Unfold a list of layers."""
        for item in body:
            self.visits += 1
            if self.visits > MOST_VISITS or len(self.layers) > MOST_LAYERS:
                self.too_many(item)
                raise _TooManyError
            options = item.options
            if options.when is None and not options.unclear:  # by far the most
                self.item(item, frame)
                continue
            present = self.lookup.present(options, frame.environment)
            if present is None:
                self.gap(item, frame)
            elif present:
                self.item(item, frame)

    def gap(self, item: Item, frame: Frame) -> None:
        """Layers that a mistake has hidden: nothing is known of what comes out."""
        self.names.hide(item)
        self.append(FlatLayer(frame.section, item.path, item.span, doubtful=True))

    def append(self, layer: FlatLayer) -> None:
        """Put a layer behind the current tensor, unless it says what it reads."""
        layer.reads = layer.reads or (self.at,)
        if self.entered is not None:
            layer.branch_of, self.entered = self.entered, None
        self.layers.append(layer)
        self.at = len(self.layers)

    def branch(self, body: Body, frame: Frame, start: int, of: FlatLayer) -> int:
        """Unfold layers of a join's own from a tensor; give the one that they end with."""
        self.at, first = start, len(self.layers)
        self.entered = of if body else None
        self.body(body, frame)
        self.entered = None
        grown = len(self.layers) > first
        of.branches += ((first + 1, len(self.layers)) if grown else None,)
        return self.at

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

    def item(self, item: Item, frame: Frame) -> None:
        """Unfold one layer or container."""
        if isinstance(item, LayerSyntax):
            self.add(self.simple(item, frame), item.options, frame)
        elif isinstance(item, JoinSyntax):
            expand_join(self, item, frame)
        elif isinstance(item, Repeat):
            self.repeat(item, frame)
        elif isinstance(item, Choose):
            self.choose(item, frame)
        else:
            self.block(item, frame)

    def add(self, layer: FlatLayer, options: LayerOptions, frame: Frame) -> None:
        """Append a layer, and note its name."""
        self.append(layer)
        if options.name is None:
            return
        name = self.lookup.text(options.name, frame.environment)
        if name is None:
            self.names.lost = True
            return
        layer.name = self.names.give(frame.prefix, name, len(self.layers), options.name.span)

    # --- containers ---------------------------------------------------------

    def repeat(self, item: Repeat, frame: Frame) -> None:
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
            inside = Frame(frame.section, inner, frame.prefix, frame.blocks, frame.beside)
            self.body(item.body, inside)
            self.repeats.pop()

    def choose(self, item: Choose, frame: Frame) -> None:
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

    def block(self, item: BlockUse, frame: Frame) -> None:
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
            value: Raw = param.value
            key = f"{item.path}.{name}"
            if key in self.assigned:
                value = self.assigned[key]
            elif name in item.arguments:
                written, value = item.arguments[name], None
                if written is not None:
                    value = self.lookup.value(written, frame.environment, name)
            if value is None:  # a mistake left it unknown
                environment.pop(name, None)
            else:
                environment[name] = cast(ExpressionValue, value)
        prefix = frame.prefix + self.local(item.options, frame)
        blocks = (*frame.blocks, block.name)
        self.body(block.body, Frame(frame.section, environment, prefix, blocks, frame.beside))

    def local(self, options: LayerOptions, frame: Frame) -> str:
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

    def simple(self, item: LayerSyntax, frame: Frame) -> FlatLayer:
        """A simple layer with its fields looked up."""
        kind = item.kind
        if kind is None:
            return FlatLayer(frame.section, item.path, item.span, doubtful=item.doubtful)
        values, bad = self.lookup.fields_of(item, kind, frame.environment)
        place = (frame.section, item.path, item.span)
        layer = FlatLayer(*place, kind, None, values, item.fields, bad, item.doubtful)
        if frame.beside:
            layer.beside = True
        return layer


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
