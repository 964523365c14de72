"""From a family to one model: fields looked up, sizes computed, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from archsearch.spec.diagnostic import Diagnostic, DiagnosticsError, Span
from archsearch.spec.expression import Expression, ExpressionError, ExpressionValue
from archsearch.spec.fields import Field, FieldValue, Raw, SameAs
from archsearch.spec.kinds import Kind, Problem, Step, Values
from archsearch.spec.parse_spec import INPUT_FIELDS
from archsearch.spec.parse_values import shown
from archsearch.spec.plan import Latent, LayerPlan, ModelPlan, Section
from archsearch.spec.shape import Shape
from archsearch.spec.source import Source, in_order
from archsearch.spec.syntax import Family, LayerSyntax, Written

__all__ = ["Resolution", "TaskChannels", "resolve"]


@dataclass(frozen=True, slots=True)
class TaskChannels:
    """What a task feeds the net and wants back, in channels."""

    task: str
    feeds: int
    wants: int


@dataclass(frozen=True)
class Resolution:
    """What resolving gave: a plan, or the reasons there is none.

    ``diagnostics`` holds warnings too; without errors, ``plan`` is there.
    """

    plan: ModelPlan | None
    diagnostics: tuple[Diagnostic, ...]

    def require(self) -> ModelPlan:
        """The plan.

        Raises:
            DiagnosticsError: there is none.
        """
        if self.plan is None:
            raise DiagnosticsError(self.diagnostics)
        return self.plan


def resolve(
    family: Family, channels: TaskChannels, assigned: Mapping[str, Raw] | None = None
) -> Resolution:
    """Resolve a family with some of its params and fields assigned.

    Args:
        family: the parsed spec.
        channels: what ``auto`` stands for.
        assigned: param names and canonical field paths (see ``paths``) with
            the values that take the place of the file's.
    """
    return _Resolver(family, channels, assigned or {}).run()


@dataclass(slots=True)
class _Place:
    """Where the walk stands: the shape so far and how far it can be trusted."""

    shape: Shape
    size_known: bool = True
    channels_known: bool = True
    field: tuple[float, float] = (1.0, 1.0)
    jump: tuple[float, float] = (1.0, 1.0)


@dataclass(slots=True)
class _Leaf:
    """One expanded layer with its fields resolved; None where they can't be."""

    syntax: LayerSyntax
    section: Section
    values: dict[str, FieldValue] | None
    trusted: bool = True


class _Resolver:
    def __init__(self, family: Family, channels: TaskChannels, assigned: Mapping[str, Raw]) -> None:
        self.family = family
        self.channels = channels
        self.assigned = assigned
        self.source = Source(family.source.file, "")
        self.source.lines = family.source.lines
        self.source.diagnostics = list(family.source.diagnostics)
        self.environment: dict[str, ExpressionValue] = {
            name: param.value for name, param in family.params.items()
        }
        self.environment |= {
            name: cast(ExpressionValue, value)
            for name, value in assigned.items()
            if name in family.params
        }

    def run(self) -> Resolution:
        start = self.input_shape()
        leaves = self.expand()
        auto_output = self.settle_channels(leaves)
        layers = self.walk(leaves, start)
        found = tuple(in_order(self.visible()))
        if layers is None or any(item.severity == "error" for item in found):
            return Resolution(None, found)
        return Resolution(self.plan(start, layers, auto_output), found)

    def visible(self) -> list[Diagnostic]:
        allowed = self.family.allow
        return [
            d for d in self.source.diagnostics if d.severity == "error" or d.code not in allowed
        ]

    # --- values -----------------------------------------------------------

    def read(self, written: Written, field: Field, where: str) -> FieldValue | None:
        """A written value, evaluated and checked; problems give None."""
        try:
            parts = tuple(self.part(part) for part in written.parts)
        except ExpressionError as error:
            self.source.problem(
                "expression-value",
                written.span,
                f"`{field.name}`: {error.message}",
                help=error.help,
            )
            return None
        raw: Raw = parts if written.is_list else parts[0]
        return self.checked(raw, field, written.span, where)

    def part(self, part: object) -> bool | int | float | str | None:
        if isinstance(part, Expression):
            return part.evaluate(self.environment)
        return cast("bool | int | float | str | None", part)

    def checked(self, raw: Raw, field: Field, span: Span, where: str) -> FieldValue | None:
        value = field.type.read(raw)
        if value is None:
            self.source.problem(
                "expression-value",
                span,
                f"`{field.name}` of {where} would be {shown(raw)}",
                help=f"`{field.name}` takes {field.type.expects}",
            )
        return value

    def input_shape(self) -> Shape:
        syntax = self.family.input
        written = (syntax.channels, syntax.height, syntax.width)
        values = [
            self.read(part, field, "input")
            for part, field in zip(written, INPUT_FIELDS, strict=True)
        ]
        channels, height, width = values
        if isinstance(channels, int) and channels != self.channels.feeds:
            self.source.problem(
                "task-channels",
                syntax.channels.span,
                f"{self.channels.task} feeds {self.channels.feeds} channel(s), "
                f"the input has {channels}",
                help="use `channels: auto`, which is what the task feeds",
            )
        size = [value if isinstance(value, int) else 1 for value in (height, width)]
        feeds = channels if isinstance(channels, int) else self.channels.feeds
        return Shape(feeds, size[0], size[1])

    # --- expansion ----------------------------------------------------------

    def expand(self) -> list[_Leaf]:
        sections: tuple[tuple[Section, tuple[LayerSyntax, ...]], ...] = (
            ("encoder", self.family.encoder),
            ("decoder", self.family.decoder),
        )
        return [
            self.leaf(syntax, section)
            for section, body in sections
            for syntax in body
            if self.present(syntax)
        ]

    def present(self, syntax: LayerSyntax) -> bool:
        if syntax.when is None:
            return True
        try:
            value = self.part(syntax.when.parts[0])
        except ExpressionError as error:
            self.source.problem("expression-value", syntax.when.span, f"`when`: {error.message}")
            return True
        if not isinstance(value, bool):
            self.source.problem(
                "expression-value",
                syntax.when.span,
                f"`when` must be true or false, and this is {shown(value)}",
                help="write a comparison, such as $(depth > 1)",
            )
            return True
        return value

    def leaf(self, syntax: LayerSyntax, section: Section) -> _Leaf:
        if syntax.kind is None:
            return _Leaf(syntax, section, None, trusted=False)
        values: dict[str, FieldValue] = {}
        complete = True
        for field in syntax.kind.fields:
            value = self.lookup(syntax, syntax.kind, field, values)
            if value is None:
                complete = False
            else:
                values[field.name] = value
        trusted = complete and not syntax.suspect
        return _Leaf(syntax, section, values if complete else None, trusted)

    def lookup(
        self, syntax: LayerSyntax, kind: Kind, field: Field, values: Mapping[str, FieldValue]
    ) -> FieldValue | None:
        """The layer's value, or that of ``defaults``, or the table's."""
        for key, fields in (
            (f"{syntax.path}.{field.name}", syntax.fields),
            (f"defaults.{kind.name}.{field.name}", self.family.defaults.get(kind.name, {})),
        ):
            written = fields.get(field.name)
            if key in self.assigned:
                span = written.span if written else syntax.span
                return self.checked(self.assigned[key], field, span, kind.name)
            if written is not None:
                return self.read(written, field, kind.name)
        if isinstance(field.default, SameAs):
            return values.get(field.default.field)
        if field.required:
            self.missing(syntax, kind, field)
            return None
        return cast(FieldValue, field.default)

    def missing(self, syntax: LayerSyntax, kind: Kind, field: Field) -> None:
        if syntax.suspect:
            return
        self.source.problem(
            "missing-key",
            syntax.span,
            f"{kind.name} needs `{field.name}`",
            help=f"for example `{kind.example}`",
        )

    def settle_channels(self, leaves: list[_Leaf]) -> int | None:
        """Put a number in place of ``auto``; give the index of the layer that had it."""
        setting = [
            (index, leaf)
            for index, leaf in enumerate(leaves, 1)
            if leaf.syntax.kind is not None and leaf.syntax.kind.field("channels") is not None
        ]
        last = setting[-1][0] if setting and setting[-1][1].section == "decoder" else None
        auto = None
        for index, leaf in setting:
            if leaf.values is None or leaf.values["channels"] != "auto":
                continue
            if index == last:
                leaf.values["channels"] = self.channels.wants
                auto = index
            else:
                self.refuse_auto(leaf)
        return auto

    def refuse_auto(self, leaf: _Leaf) -> None:
        written = leaf.syntax.fields.get("channels")
        self.source.problem(
            "auto-channels",
            written.span if written else leaf.syntax.span,
            "`channels: auto` belongs to the last layer of the decoder that sets channels",
            help="write a number here",
        )
        leaf.values = None
        leaf.trusted = False

    # --- sizes --------------------------------------------------------------

    def walk(self, leaves: list[_Leaf], start: Shape) -> list[LayerPlan] | None:
        place = _Place(start)
        layers: list[LayerPlan] = []
        for index, leaf in enumerate(leaves, 1):
            layer = self.advance(leaf, index, place)
            if layer is not None:
                layers.append(layer)
        for section in ("encoder", "decoder"):
            if not any(leaf.section == section for leaf in leaves):
                self.source.problem(
                    "empty-section",
                    None,
                    f"the {section} has no layers left",
                    help="at least one layer must remain whatever `when` says",
                )
        self.check_output(leaves, start, place)
        return layers if len(layers) == len(leaves) and layers else None

    def advance(self, leaf: _Leaf, index: int, place: _Place) -> LayerPlan | None:
        kind = leaf.syntax.kind
        if not leaf.trusted:
            place.size_known = place.channels_known = False
        if kind is None or leaf.values is None:
            return None
        step = kind.rule(Values(leaf.values), place.shape)
        for problem in step.problems:
            self.note(problem, leaf.syntax, place)
        layer = _layer_plan(leaf, index, place, step)
        if any(problem.severity == "error" for problem in step.problems):
            place.size_known = place.channels_known = False
        place.shape = step.output
        place.field, place.jump = layer.receptive_field, _times(place.jump, step.jump)
        return layer

    def note(self, problem: Problem, syntax: LayerSyntax, place: _Place) -> None:
        known = place.size_known if problem.concerns == "size" else place.channels_known
        if not known:
            return
        written = syntax.fields.get(problem.field)
        default = self.family.defaults.get(syntax.kind.name if syntax.kind else "", {})
        written = written or (None if problem.severity == "warning" else default.get(problem.field))
        self.source.problem(
            problem.code,
            written.span if written else syntax.span,
            problem.message,
            label=problem.label,
            help=problem.help,
            severity=problem.severity,
        )

    def check_output(self, leaves: list[_Leaf], start: Shape, place: _Place) -> None:
        """The decoder must end with the picture that the task wants."""
        if not leaves or leaves[-1].section != "decoder":
            return
        got, last = place.shape, leaves[-1].syntax
        if place.size_known and (got.height, got.width) != (start.height, start.width):
            self.source.problem(
                "output-size",
                last.span,
                f"the decoder ends at {got.height}×{got.width}, "
                f"the picture is {start.height}×{start.width}",
                label=f"this layer gives {got}",
                help=_size_help(got, start),
            )
        if place.channels_known and got.channels != self.channels.wants:
            self.wrong_channels(leaves, got)

    def wrong_channels(self, leaves: list[_Leaf], got: Shape) -> None:
        setter = next(
            (leaf for leaf in reversed(leaves) if "channels" in (leaf.values or {})), leaves[-1]
        )
        written = setter.syntax.fields.get("channels")
        self.source.problem(
            "output-channels",
            written.span if written else setter.syntax.span,
            f"the decoder ends with {got.channels} channel(s), "
            f"{self.channels.task} wants {self.channels.wants}",
            help="use `channels: auto`, which is what the task wants",
        )

    def plan(self, start: Shape, layers: list[LayerPlan], auto_output: int | None) -> ModelPlan:
        latent = [layer for layer in layers if layer.section == "encoder"][-1].output
        return ModelPlan(
            name=self.family.name,
            description=self.family.description,
            input=start,
            layers=tuple(layers),
            latent=Latent(
                size=latent.elements,
                channels=latent.channels,
                height=latent.height,
                width=latent.width,
                compression=start.elements / latent.elements,
                effective_size=latent.elements,
            ),
            auto_input=self.family.input.channels.parts == ("auto",),
            auto_output=auto_output,
        )


def _times(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] * b[0], a[1] * b[1])


def _layer_plan(leaf: _Leaf, index: int, place: _Place, step: Step) -> LayerPlan:
    window, jump = step.window, place.jump
    seen = (
        place.field[0] + (window.height - 1) * jump[0],
        place.field[1] + (window.width - 1) * jump[1],
    )
    kind = leaf.syntax.kind
    return LayerPlan(
        index=index,
        section=leaf.section,
        path=leaf.syntax.path,
        name=leaf.syntax.name,
        kind=kind.name if kind else "",
        op=step.op,
        input=place.shape,
        output=step.output,
        formula=step.formula,
        params=step.params,
        macs=step.macs,
        receptive_field=seen,
    )


def _size_help(got: Shape, wanted: Shape) -> str:
    tall, over = divmod(wanted.height, got.height)
    wide, over_wide = divmod(wanted.width, got.width)
    if over == over_wide == 0:
        scale = str(tall) if tall == wide else f"[{tall}, {wide}]"
        return f"add `- upsample: {{scale: {scale}}}` before it, or shrink less in the encoder"
    tall, over = divmod(got.height, wanted.height)
    wide, over_wide = divmod(got.width, wanted.width)
    if over == over_wide == 0 and tall == wide:
        return f"upsample {tall} times less, or shrink more in the encoder"
    return "make each shrinking layer exact (see `archsearch show`) and enlarge by the same factors"
