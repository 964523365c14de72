"""Sizes, layer after layer, and what can be concluded after a mistake.

After a mistake the walk goes on with a guess, so that independent mistakes
are found too; what follows from the guess is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from archsearch.spec.kinds import Kind, Problem, Step, Values
from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.kinds.joins import join_step
from archsearch.spec.plan.model import LayerPlan
from archsearch.spec.resolution.expand import Leaf
from archsearch.spec.resolution.notes import Notes
from archsearch.spec.shape import Shape
from archsearch.spec.syntax.tree import Written

__all__ = ["Tensor", "Walk"]

_SIZE_FIELDS = frozenset({"kernel", "stride", "padding", "dilation", "output_padding", "scale"})
_MOST_ELEMENTS = 2**40
_CACHED_STEPS = 50_000


class Tensor(NamedTuple):
    """What is known of one layer's output.

    ``size_known`` and ``channels_known`` are false where the shape is a guess.
    """

    shape: Shape
    size_known: bool = True
    channels_known: bool = True
    field: tuple[float, float] = (1.0, 1.0)
    jump: tuple[float, float] = (1.0, 1.0)


class Walk:
    """Goes through the layers of one candidate.

    Args:
        start: the input's shape.
        notes: where problems go.
        steps: shape rules already computed, shared by all candidates.
        defaults: where ``defaults`` are written, for messages.
    """

    def __init__(
        self,
        start: Tensor,
        notes: Notes,
        steps: dict[tuple[object, ...], Step],
        defaults: Mapping[str, Mapping[str, Written]],
    ) -> None:
        self.tensors = [start]
        self.notes = notes
        self.steps = steps
        self.defaults = defaults
        self.layers: list[LayerPlan] = []
        self.complete = True

    @property
    def last(self) -> Tensor:
        """What is known of the output so far."""
        return self.tensors[-1]

    def through(self, leaves: Iterable[Leaf]) -> None:
        """Go on through ``leaves``."""
        for leaf in leaves:
            self.tensors.append(self.advance(leaf))

    def advance(self, leaf: Leaf) -> Tensor:
        """Size one layer; what is known of its output."""
        step = self.step(leaf)
        before = self.last if leaf.kind else self.merged(leaf)
        if step is None:
            self.complete = False
            return before._replace(size_known=False, channels_known=False)
        tensor = self.tensor(leaf, step, before)
        for problem in step.problems:
            self.tell(problem, leaf, before)
            if problem.severity == "error":
                tensor = tensor._replace(size_known=False, channels_known=False)
        if step.output.elements > _MOST_ELEMENTS:
            self.too_large(leaf, step)
            tensor = before._replace(size_known=False, channels_known=False)
        self.layers.append(self.layer_plan(leaf, step, tensor))
        return tensor

    def step(self, leaf: Leaf) -> Step | None:
        """What a layer does, or None where it can't be told."""
        if leaf.kind is not None:
            return self.simple(leaf, leaf.kind)
        if leaf.source is None or not leaf.word:
            return None
        return join_step(leaf.word, leaf.source, self.last.shape, self.tensors[leaf.source].shape)

    def simple(self, leaf: Leaf, kind: Kind) -> Step | None:
        """The kind's own rule, computed once for equal values."""
        if self.last.shape.vector and not kind.takes_vector:
            self.after_vector(leaf, kind)
        shape = self.last.shape
        values = self.with_guesses(leaf, kind, shape)
        if values is None:
            return None
        key = (kind.name, shape, *values, *values.values())
        step = self.steps.get(key)
        if step is None:
            step = kind.rule(Values(values), shape)
            if len(self.steps) < _CACHED_STEPS:
                self.steps[key] = step
        return step

    def after_vector(self, leaf: Leaf, kind: Kind) -> None:
        """Refuse a picture's layer, and go on as if a picture had come in."""
        vector = self.last
        if vector.size_known:
            self.notes.problem(
                "picture-after-vector",
                leaf.span,
                f"{kind.name} needs a picture, not a vector",
                label=f"what comes in is a vector of {vector.shape} numbers",
                help="lead back to a picture first: `dense: {shape: [C, H, W]}`",
            )
        picture = next(t.shape for t in reversed(self.tensors) if not t.shape.vector)
        self.tensors[-1] = Tensor(picture, size_known=False, channels_known=False)
        self.complete = False

    def with_guesses(self, leaf: Leaf, kind: Kind, shape: Shape) -> dict[str, FieldValue] | None:
        """The values, with the likeliest in place of those that can't be used."""
        if not leaf.bad:
            return leaf.values
        values = dict(leaf.values)
        for field in kind.fields:
            if field.name not in leaf.bad:
                continue
            if field.name == "channels":
                values["channels"] = shape.channels
            elif isinstance(field.default, (bool, int, float, str, tuple)):
                values[field.name] = field.default
            elif field.name == "stride":
                values["stride"] = values["kernel"]
            elif kind.name != "dense":
                return None
        return values

    def merged(self, leaf: Leaf) -> Tensor:
        """A join's input: known where both sides are, seeing what either sees."""
        if leaf.source is None:
            return self.last
        one, other = self.last, self.tensors[leaf.source]
        return Tensor(
            one.shape,
            one.size_known and other.size_known,
            one.channels_known and other.channels_known,
            (max(one.field[0], other.field[0]), max(one.field[1], other.field[1])),
            (max(one.jump[0], other.jump[0]), max(one.jump[1], other.jump[1])),
        )

    def tell(self, problem: Problem, leaf: Leaf, before: Tensor) -> None:
        """Note a problem, unless it was concluded from a guess."""
        sound = not leaf.doubtful and not leaf.bad & {problem.field}
        if problem.concerns == "size":
            sound = sound and before.size_known and not leaf.bad & _SIZE_FIELDS
        elif problem.concerns == "channels":
            sound = sound and before.channels_known and "channels" not in leaf.bad
        elif problem.field in _SIZE_FIELDS:
            sound = sound and not leaf.bad & _SIZE_FIELDS
        else:
            sound = sound and not leaf.bad & {"channels", "size", "shape"}
        if not sound:
            return
        written = leaf.fields.get(problem.field)
        if written is None and leaf.kind is not None and problem.severity == "error":
            written = self.defaults.get(leaf.kind.name, {}).get(problem.field)
        self.notes.problem(
            problem.code,
            written.span if written else leaf.span,
            problem.message,
            label=problem.label,
            help=problem.help,
            severity=problem.severity,
        )

    def too_large(self, leaf: Leaf, step: Step) -> None:
        """Refuse what no memory could hold."""
        if leaf.doubtful or leaf.bad or not self.last.size_known:
            return
        named = [
            leaf.fields[name]
            for name in ("scale", "stride", "channels", "size", "shape")
            if name in leaf.fields
        ]
        self.notes.problem(
            "too-many-elements",
            named[0].span if named else leaf.span,
            f"{leaf.word} would give {step.output}, too large to build",
            label=f"{step.output.elements:,} numbers for one picture",
            help=f"at most {_MOST_ELEMENTS:,}: use smaller scales or fewer channels",
        )

    def tensor(self, leaf: Leaf, step: Step, before: Tensor) -> Tensor:
        """What is known of the output."""
        jump = (before.jump[0] * step.jump[0], before.jump[1] * step.jump[1])
        grown = jump if step.jump_first else before.jump
        field = (
            before.field[0] + (step.window.height - 1) * grown[0],
            before.field[1] + (step.window.width - 1) * grown[1],
        )
        if step.sees_all:
            start = self.tensors[0].shape
            field, jump = (float(start.height), float(start.width)), (0.0, 0.0)
        if not leaf.bad and not leaf.doubtful:
            channels_known = before.channels_known or "channels" in leaf.values
            return Tensor(step.output, before.size_known, channels_known, field, jump)
        sized = {"size", "shape"} & leaf.bad
        return Tensor(
            step.output,
            before.size_known and not (leaf.bad & _SIZE_FIELDS or sized or leaf.doubtful),
            (before.channels_known or "channels" in leaf.values)
            and not (leaf.bad & {"channels"} or sized or leaf.doubtful),
            field,
            jump,
        )

    def layer_plan(self, leaf: Leaf, step: Step, tensor: Tensor) -> LayerPlan:
        """One row of the plan."""
        return LayerPlan(
            index=len(self.tensors),
            section=leaf.section,
            path=leaf.path,
            name=leaf.name,
            kind=leaf.word,
            op=step.op,
            input=self.last.shape,
            output=step.output,
            formula=step.formula,
            params=step.params,
            macs=step.macs,
            receptive_field=tensor.field,
        )
