"""Sizes, layer after layer, and what can be concluded after a mistake.

After a mistake the walk goes on with a guess, so that independent mistakes
are found too; what follows from the guess is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from archsearch.spec.kinds import Join, Kind, LayerType, Op, Problem, ShapeResult, Values
from archsearch.spec.kinds.borders import PICTURE
from archsearch.spec.kinds.fields import FieldValue, Role, SameAs
from archsearch.spec.kinds.rule import JoinInput
from archsearch.spec.plan.model import LayerPlan
from archsearch.spec.resolution.cache import SizedLayer
from archsearch.spec.resolution.diagnostics import DiagnosticCollector
from archsearch.spec.resolution.flat_layer import FlatLayer
from archsearch.spec.shape import Shape
from archsearch.spec.syntax.tree import Written

__all__ = ["InferredShape", "ShapeInference"]

_SPATIAL: frozenset[Role] = frozenset({"factor", "window"})
_WHOLE: frozenset[Role] = frozenset({"elements", "shape"})
_MOST_ELEMENTS = 2**40
_CACHED_SHAPES = 50_000


class InferredShape(NamedTuple):
    """What is known of one layer's output.

    ``size_known`` and ``channels_known`` are false where the shape is a guess.
    """

    shape: Shape
    size_known: bool = True
    channels_known: bool = True
    receptive_field: tuple[float, float] = (1.0, 1.0)
    jump: tuple[float, float] = (1.0, 1.0)


class ShapeInference:
    """Goes through the layers of one candidate.

    Args:
        start: the input's shape.
        diagnostics: where problems go.
        shapes: what shape rules gave, shared by all candidates.
        defaults: where ``defaults`` are written, for messages.
    """

    def __init__(
        self,
        start: InferredShape,
        diagnostics: DiagnosticCollector,
        shapes: dict[tuple[object, ...], SizedLayer],
        defaults: Mapping[str, Mapping[str, Written | None]],
    ) -> None:
        self.tensors = [start]
        self.diagnostics = diagnostics
        self.shapes = shapes
        self.defaults = defaults
        self.layers: list[LayerPlan] = []
        self.complete = True

    @property
    def last(self) -> InferredShape:
        """What is known of the output so far."""
        return self.tensors[-1]

    def through(self, layers: Iterable[FlatLayer]) -> None:
        """Go on through ``layers``."""
        for layer in layers:
            self.tensors.append(self.advance(layer))

    def advance(self, layer: FlatLayer) -> InferredShape:
        """Size one layer; what is known of its output."""
        sized = self.sized(layer)
        before = self.tensors[layer.begin] if layer.join is None else self.merged(layer)
        if sized is None:
            self.complete = False
            return before._replace(size_known=False, channels_known=False)
        result = sized.result
        tensor = self.inferred(layer, result, before)
        for problem in result.problems:
            self.report(problem, layer, before)
            if problem.severity == "error":
                tensor = tensor._replace(size_known=False, channels_known=False)
        if result.output.elements > _MOST_ELEMENTS:
            self.too_large(layer, result)
            tensor = before._replace(size_known=False, channels_known=False)
        type = layer.kind or layer.join
        if type is not None:
            self.layers.append(self.layer_plan(layer, type, sized, tensor))
        return tensor

    def sized(self, layer: FlatLayer) -> SizedLayer | None:
        """What a layer does, or None where it can't be told."""
        if layer.kind is not None:
            return self.simple(layer, layer.kind)
        return None if layer.join is None else self.joined(layer, layer.join)

    def joined(self, layer: FlatLayer, join: Join) -> SizedLayer | None:
        """The join's own rule, computed once for equal values."""
        reads = [read for read in layer.reads if read is not None]
        if len(reads) < len(layer.reads):
            return None
        shapes = tuple([self.tensors[abs(read)].shape for read in reads])
        has_layers = len(layer.branches) > 1 and layer.branches[1] is not None
        origin = self.origin(-reads[1]) if len(reads) > 1 and reads[1] < 0 else None
        key = (join, *reads[1:], shapes, has_layers, origin, *layer.values.values())
        sized = self.shapes.get(key)
        if sized is None:
            given = JoinInput(tuple(reads[1:]), shapes, Values(layer.values), has_layers, origin)
            sized = self.keep(key, SizedLayer(join.rule(given), layer.values))
        return sized

    def origin(self, index: int) -> tuple[Op, Shape] | None:
        """What a layer does, and the shape it does it to; None where that isn't known."""
        found = (plan for plan in self.layers if plan.index == index)
        return next(((plan.op, plan.input) for plan in found), None)

    def keep(self, key: tuple[object, ...], sized: SizedLayer) -> SizedLayer:
        """Remember what a rule gave, as long as there is room."""
        if len(self.shapes) < _CACHED_SHAPES:
            self.shapes[key] = sized
        return sized

    def simple(self, layer: FlatLayer, kind: Kind) -> SizedLayer | None:
        """The kind's own rule, computed once for equal values."""
        begin = layer.begin
        shape = self.tensors[begin].shape
        if shape.vector and not kind.takes_vector:
            self.after_vector(layer, kind)
            shape = self.tensors[begin].shape
        values = self.with_guesses(layer, kind, shape)
        if values is None:
            return None
        if kind.fits_picture is not None and values[kind.name] == PICTURE:
            values = {kind.name: kind.fits_picture(shape, self.tensors[0].shape)}
        sizes = (shape.channels, shape.height, shape.width, shape.vector)
        names = () if len(values) == len(kind.fields) else tuple(values)
        key = (kind, *sizes, names, *values.values())
        sized = self.shapes.get(key)
        if sized is None:
            sized = self.keep(key, SizedLayer(kind.rule(Values(values), shape), values))
        return sized

    def after_vector(self, layer: FlatLayer, kind: Kind) -> None:
        """Refuse a picture's layer, and go on as if a picture had come in."""
        vector = self.tensors[layer.begin]
        if vector.size_known:
            self.diagnostics.problem(
                "picture-after-vector",
                layer.span,
                f"{kind.name} needs a picture, not a vector",
                label=f"what comes in is a vector of {vector.shape} numbers",
                help=kind.for_vector or "lead back to a picture first: `dense: {shape: [C, H, W]}`",
            )
        picture = next(t.shape for t in reversed(self.tensors) if not t.shape.vector)
        guess = InferredShape(picture, size_known=False, channels_known=False)
        self.tensors[layer.begin] = guess
        self.complete = False

    def with_guesses(
        self, layer: FlatLayer, kind: Kind, shape: Shape
    ) -> dict[str, FieldValue] | None:
        """The values, with the likeliest in place of those that can't be used."""
        if not layer.bad:
            return layer.values
        values = dict(layer.values)
        for field in kind.fields:
            if field.name not in layer.bad:
                continue
            if field.role == "channels":
                values[field.name] = shape.channels
            elif isinstance(field.default, (bool, int, float, str, tuple)):
                values[field.name] = field.default
            elif isinstance(field.default, SameAs):
                values[field.name] = values[field.default.field]
            elif field.required:
                return None
        return values

    def merged(self, layer: FlatLayer) -> InferredShape:
        """A join's input: known where all that it reads is, seeing what any of that sees."""
        read = [self.tensors[abs(index)] for index in layer.reads if index is not None]
        first = read[0]
        if None in layer.reads:
            return first
        return InferredShape(
            first.shape,
            all(one.size_known for one in read),
            all(one.channels_known for one in read),
            (
                max([one.receptive_field[0] for one in read]),
                max([one.receptive_field[1] for one in read]),
            ),
            (max([one.jump[0] for one in read]), max([one.jump[1] for one in read])),
        )

    def report(self, problem: Problem, layer: FlatLayer, before: InferredShape) -> None:
        """Note a problem, unless it was concluded from a guess."""
        if not _is_sound(problem, layer, before):
            return
        if layer.beside and problem.code == "rows-lost":
            return  # the layers that the shortcut goes around see them
        written = layer.fields.get(problem.field)
        if written is None and layer.kind is not None and problem.severity == "error":
            written = self.defaults.get(layer.kind.name, {}).get(problem.field)
        self.diagnostics.problem(
            problem.code,
            written.span if written else layer.span,
            problem.message,
            label=problem.label,
            help=problem.help,
            severity=problem.severity,
        )

    def too_large(self, layer: FlatLayer, result: ShapeResult) -> None:
        """Refuse what no memory could hold."""
        if layer.doubtful or layer.bad or not self.tensors[layer.begin].size_known:
            return
        sizes = (
            layer.kind.with_role("factor", "channels", "elements", "shape") if layer.kind else []
        )
        named = [layer.fields[name] for name in sizes if name in layer.fields]
        self.diagnostics.problem(
            "too-many-elements",
            named[0].span if named else layer.span,
            f"{layer.word} would give {result.output}, too large to build",
            label=f"{result.output.elements:,} numbers for one picture",
            help=f"at most {_MOST_ELEMENTS:,}: use smaller scales or fewer channels",
        )

    def inferred(
        self, layer: FlatLayer, result: ShapeResult, before: InferredShape
    ) -> InferredShape:
        """What is known of the output."""
        jump = (before.jump[0] * result.jump[0], before.jump[1] * result.jump[1])
        grown = jump if result.jump_first else before.jump
        field = (
            before.receptive_field[0] + (result.window.height - 1) * grown[0],
            before.receptive_field[1] + (result.window.width - 1) * grown[1],
        )
        if result.sees_all:
            start = self.tensors[0].shape
            field, jump = (float(start.height), float(start.width)), (0.0, 0.0)
        kind = layer.kind
        channels_known = before.channels_known or (
            kind is not None and kind.channels_field in layer.values
        )
        if not layer.bad and not layer.doubtful:
            return InferredShape(result.output, before.size_known, channels_known, field, jump)
        bad = _bad_roles(layer)
        guessed = bool(bad & _WHOLE) or layer.doubtful
        return InferredShape(
            result.output,
            before.size_known and not (bad & _SPATIAL or guessed),
            channels_known and not ("channels" in bad or guessed),
            field,
            jump,
        )

    def layer_plan(
        self, layer: FlatLayer, type: LayerType, sized: SizedLayer, tensor: InferredShape
    ) -> LayerPlan:
        """One row of the plan."""
        result, index, begin = sized.result, len(self.tensors), layer.begin
        return LayerPlan(
            index,
            layer.section,
            layer.path,
            layer.name,
            result.op,
            self.tensors[begin].shape,
            result.output,
            result.formula,
            result.params,
            result.macs,
            tensor.receptive_field,
            type,
            sized.values,
            None if begin == index - 1 else begin,
            layer.branches,
        )


def _bad_roles(layer: FlatLayer) -> set[Role]:
    """What of the output's shape the fields decide that can't be used."""
    return {layer.kind.roles[name] for name in layer.bad} if layer.kind else set()


def _is_sound(problem: Problem, layer: FlatLayer, before: InferredShape) -> bool:
    """Whether a problem was concluded from nothing that is a guess."""
    bad = _bad_roles(layer)
    if layer.doubtful or problem.field in layer.bad:
        return False
    if problem.concerns == "size":
        return before.size_known and not bad & _SPATIAL
    if problem.concerns == "channels":
        return before.channels_known and "channels" not in bad
    if layer.kind is not None and layer.kind.roles.get(problem.field) in _SPATIAL:
        return not bad & _SPATIAL
    return not bad & {"channels", *_WHOLE}
