"""From a family to one model: unfolded, sized, and checked against the task."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from archsearch.spec.kinds.conv import CONV
from archsearch.spec.kinds.fields import FieldValue, Raw
from archsearch.spec.plan.model import Latent, ModelPlan, Section, leaks_past
from archsearch.spec.resolution.cache import cache_of
from archsearch.spec.resolution.diagnostics import DiagnosticCollector
from archsearch.spec.resolution.expand import Expander
from archsearch.spec.resolution.flat_layer import FlatLayer
from archsearch.spec.resolution.mirror import CannotMirrorError, MirrorStyle, mirrored
from archsearch.spec.resolution.output_size import size_help
from archsearch.spec.resolution.plan_warnings import warn_about_plan
from archsearch.spec.resolution.shape_inference import InferredShape, ShapeInference
from archsearch.spec.shape import Shape
from archsearch.spec.syntax.parse_blocks import UP
from archsearch.spec.syntax.parse_spec import INPUT_FIELDS
from archsearch.spec.syntax.tree import Family, MirrorSyntax
from archsearch.spec.text.diagnostic import Diagnostic, DiagnosticsError

__all__ = ["Resolution", "TaskChannels", "resolve"]


@dataclass(frozen=True, slots=True)
class TaskChannels:
    """The channels of a task's input and target."""

    task: str
    feeds: int
    wants: int


@dataclass(frozen=True)
class Resolution:
    """What resolving gave: a plan, or the reasons there is none.

    Attributes:
        plan: there without errors.
        diagnose: gives the diagnostics; a search asks for those of few candidates.
    """

    plan: ModelPlan | None
    diagnose: Callable[[], tuple[Diagnostic, ...]] = dataclasses.field(repr=False, compare=False)

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Errors and warnings, in the file's order."""
        return self.diagnose()

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


class _Resolver:
    def __init__(
        self,
        family: Family,
        channels: TaskChannels,
        assigned: Mapping[str, Raw],
        *,
        trying: bool = False,
    ) -> None:
        self.trying = trying
        self.family = family
        self.channels = channels
        cache = cache_of(family)
        self.diagnostics = DiagnosticCollector(family.source, cache.literals)
        self.expander = Expander(family, assigned, self.diagnostics, cache.settled_for(assigned))
        self.shapes = ShapeInference(
            self.input_tensor(), self.diagnostics, cache.shapes, family.defaults
        )

    def run(self) -> Resolution:
        layers = self.expander.layers
        self.expander.section(self.family.encoder, "encoder")
        depth = len(layers)
        for layer in layers:
            if name := _auto_field(layer):
                self.refuse_auto(layer, name)
        self.shapes.through(layers)
        self.not_empty(depth, "encoder")
        self.decoder()
        self.not_empty(len(layers) - depth, "decoder")
        if self.expander.cut:
            return Resolution(None, self.shown)
        auto = self.settle_auto(layers, depth)
        self.shapes.through(layers[depth:])
        if len(layers) > depth:
            self.check_output(layers)
        effective = self.effective_size(depth)
        if not self.shapes.complete or self.diagnostics.has_errors():
            return Resolution(None, self.shown)
        plan = self.plan(depth, auto, effective)
        return Resolution(plan, lambda: self.shown(plan))

    def shown(self, plan: ModelPlan | None = None) -> tuple[Diagnostic, ...]:
        """All that was found, and warnings of the whole plan."""
        if plan is not None:
            warn_about_plan(plan, self.expander.layers, self.diagnostics)
        return self.diagnostics.shown(self.family.allow)

    def input_tensor(self) -> InferredShape:
        syntax = self.family.input
        values = [
            self.expander.lookup.field(
                f"input.{field.name}", written, field, self.expander.environment, "input"
            )
            for written, field in zip(
                (syntax.channels, syntax.height, syntax.width), INPUT_FIELDS, strict=True
            )
        ]
        channels, height, width = values
        self.auto_input = channels == "auto"
        written = syntax.channels
        if written is not None and isinstance(channels, int) and channels != self.channels.feeds:
            self.diagnostics.problem(
                "task-channels",
                written.span,
                f"{self.channels.task} feeds {_channels(self.channels.feeds)}, "
                f"the input has {channels}",
                help="use `channels: auto`, which is what the task feeds",
            )
        known = isinstance(height, int) and isinstance(width, int)
        rows, columns = (value if isinstance(value, int) else 32 for value in (height, width))
        feeds = channels if isinstance(channels, int) else self.channels.feeds
        return InferredShape(Shape(feeds, rows, columns), known, channels is not None)

    def not_empty(self, layers: int, section: Section) -> None:
        if layers == 0 and not self.diagnostics.has_errors():
            body = self.family.encoder if section == "encoder" else self.family.decoder
            self.diagnostics.problem(
                "empty-section",
                None if isinstance(body, MirrorSyntax) else body[0].span,
                f"the {section} has no layers left",
                help="at least one layer must remain, whatever `when`, `choose` and `times` say",
            )

    # --- the decoder ----------------------------------------------------------

    def decoder(self) -> None:
        decoder = self.family.decoder
        if not isinstance(decoder, MirrorSyntax):
            self.expander.section(decoder, "decoder")
            return
        if not self.shapes.complete or self.diagnostics.has_errors():
            self.shapes.complete = False
            return
        style = self.mirror_style(decoder)
        if style is None:
            self.shapes.complete = False
            return
        try:
            for layer in mirrored(self.shapes.layers, style, self.expander.lookup):
                self.expander.append(layer)
        except CannotMirrorError as error:
            self.shapes.complete = False
            self.diagnostics.problem(
                "cannot-mirror",
                self.expander.layers[error.layer.index - 1].span,
                f"the decoder can't mirror this {error.layer.kind}",
                label=error.reason.message,
                help=error.reason.help,
            )

    def mirror_style(self, decoder: MirrorSyntax) -> MirrorStyle | None:
        expander = self.expander
        environment = expander.environment
        up: FieldValue | None = "upsample"
        if decoder.up is not None or "decoder.up" in expander.assigned:
            up = expander.lookup.field(
                "decoder.up", decoder.up, UP, environment, "mirror", decoder.span
            )
        last: dict[str, FieldValue] = {}
        for field in CONV.fields:
            written = decoder.last.get(field.name)
            value = expander.lookup.field(
                f"decoder.last.{field.name}", written, field, environment, "last", decoder.span
            )
            if value is not None:
                last[field.name] = value
        if not isinstance(up, str) or self.diagnostics.has_errors():
            return None
        return MirrorStyle(up, last, decoder.span)

    # --- channels ---------------------------------------------------------------

    def refuse_auto(self, layer: FlatLayer, name: str) -> None:
        written = layer.fields.get(name)
        self.diagnostics.problem(
            "auto-channels",
            written.span if written else layer.span,
            f"`{name}: auto` belongs to the last layer of the decoder that sets channels",
            label="" if written else f"`defaults.{layer.word}.{name}` says auto",
            help=f"write a number: `{layer.word}: {{{name}: 16}}`",
        )
        del layer.values[name]
        layer.bad |= {name}

    def settle_auto(self, layers: Sequence[FlatLayer], depth: int) -> int | None:
        """Put a number in place of ``auto``; give the index of the layer that had it."""
        wants = self.channels.wants
        auto = None
        settled = False
        way = [*_way_back(layers, depth)]
        for index in way:
            layer = layers[index - 1]
            kind = layer.kind
            if kind is None:
                continue
            if kind.channels_needed is not None and not settled:
                wants = kind.channels_needed(layer.values, wants)
            elif kind.channels_field in layer.values or kind.channels_field in layer.bad:
                if name := _auto_field(layer):
                    if settled:
                        self.refuse_auto(layer, name)
                    else:
                        layer.values[name], auto = wants, index
                settled = True
        if len(way) < len(layers) - depth:
            for index, layer in enumerate(layers[depth:], depth + 1):
                if index not in way and (name := _auto_field(layer)):
                    self.refuse_auto(layer, name)
        return auto

    # --- the whole ---------------------------------------------------------------

    def check_output(self, layers: Sequence[FlatLayer]) -> None:
        """The decoder must end with the picture that the task wants."""
        start, end = self.shapes.tensors[0], self.shapes.last
        got, wanted, last = end.shape, start.shape, layers[-1]
        known = end.size_known and start.size_known
        if known and (got.vector or (got.height, got.width) != (wanted.height, wanted.width)):
            self.diagnostics.problem(
                "output-size",
                last.span,
                f"the decoder ends with a vector, the task wants {wanted}"
                if got.vector
                else f"the decoder ends at {got.height}×{got.width}, "
                f"the picture is {wanted.height}×{wanted.width}",
                label=f"this layer gives {got}",
                help=size_help(got, wanted, self.shapes.layers[-1].op, self.gives_back),
            )
        elif end.channels_known and got.channels != self.channels.wants:
            self.wrong_channels(layers, got)

    def gives_back(self, size: Shape) -> bool:
        """Whether the net ends at this size if the picture has it."""
        if self.trying:
            return False
        picture = {"input.height": size.height, "input.width": size.width}
        assigned = {**self.expander.assigned, **picture}
        found = _Resolver(self.family, self.channels, assigned, trying=True).run()
        return not any(item.severity == "error" for item in found.diagnostics)

    def wrong_channels(self, layers: Sequence[FlatLayer], got: Shape) -> None:
        """Told at the last layer that changes the number of channels."""
        way = (layers[index - 1] for index in _way_back(layers, 0))
        setter = next((one for one in way if _setting_field(one) is not None), None)
        setter = setter or layers[-1]
        name, wants = _setting_field(setter), self.channels.wants
        written = setter.fields.get(name or "")
        help = "use `channels: auto`, which is what the task wants"
        if setter.kind is None:
            help = "add a layer behind it: `- conv: {channels: auto, kernel: 1}`"
        elif name is not None and setter.kind.roles[name] == "shape":
            help = f"use `{name}: [{wants}, {got.height}, {got.width}]`"
        self.diagnostics.problem(
            "output-channels",
            written.span if written else setter.span,
            f"the decoder ends with {_channels(got.channels)}, {self.channels.task} wants {wants}",
            help=help,
        )

    def effective_size(self, depth: int) -> int:
        """Numbers the decoder reads: the latent and every leak past it, each once."""
        if depth == 0:
            return 0
        size, flat = self.shapes.tensors[depth].shape.elements, self.expander.layers
        for read, index in leaks_past(depth, [layer.reads for layer in flat]).items():
            size += self.shapes.tensors[abs(read)].shape.elements
            self.warn_of_leak(read, flat[index - 1].branch_of or flat[index - 1])
        return size

    def warn_of_leak(self, read: int, reader: FlatLayer) -> None:
        flat = self.expander.layers
        origin = flat[abs(read) - 1] if read else None
        name = "input" if origin is None else origin.name or origin.path
        shape = self.shapes.tensors[abs(read)].shape
        what = "numbers" if read >= 0 else "places of maxima"
        self.diagnostics.problem(
            "leak-past-latent",
            reader.span,
            f"{reader.word} carries {shape.elements} {what} past the latent",
            label=f"`{name}` is {shape}, and isn't part of the latent",
            help="count it (latent.effective_size does), or write `allow: [leak-past-latent]`",
            severity="warning",
        )

    def plan(self, depth: int, auto: int | None, effective: int) -> ModelPlan:
        start, latent = self.shapes.tensors[0].shape, self.shapes.tensors[depth].shape
        return ModelPlan(
            name=self.family.name,
            description=self.family.description,
            input=start,
            layers=tuple(self.shapes.layers),
            latent=Latent(
                size=latent.elements,
                channels=latent.channels,
                height=latent.height,
                width=latent.width,
                compression=start.elements / latent.elements,
                effective_size=effective,
            ),
            auto_input=self.auto_input,
            auto_output=auto,
        )


def _channels(count: int) -> str:
    return f"{count} channel" if count == 1 else f"{count} channels"


def _way_back(layers: Sequence[FlatLayer], depth: int) -> Iterator[int]:
    """Indices from the output's layer back to the first after ``depth``, through what each takes.

    Of a join that is what stands before it, or its first branch.
    """
    index = len(layers)
    while index > depth:
        yield index
        index = layers[index - 1].begin


def _auto_field(layer: FlatLayer) -> str | None:
    """The field that says ``auto``."""
    name = layer.kind.channels_field if layer.kind else None
    return name if name is not None and layer.values.get(name) == "auto" else None


def _setting_field(layer: FlatLayer) -> str | None:
    """The field that sets the channels of a picture; "" for a join that adds them up."""
    if layer.kind is None:
        return "" if layer.join is not None and layer.join.adds_channels else None
    names = layer.kind.with_role("channels", "shape")
    return next((name for name in names if name in layer.values), None)
