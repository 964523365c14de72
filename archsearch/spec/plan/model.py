"""The concrete model: every layer with its numbers. What a spec becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.kinds.kind import LayerType
from archsearch.spec.kinds.rule import JoinOp, Op
from archsearch.spec.plan.bottleneck import Bottleneck, Place, minimum_cut
from archsearch.spec.shape import Shape

__all__ = ["Latent", "LayerPlan", "ModelPlan", "Section", "key_of"]

Section = Literal["encoder", "decoder"]


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One layer, resolved.

    Attributes:
        index: place in the model, from 1.
        section: which half of the model it belongs to.
        path: its place in the file, e.g. ``encoder[4].conv``.
        name: the name given beside the kind, if any.
        op: what it does, in numbers only.
        input: the shape it gets.
        output: the shape it gives.
        formula: the output-size formula with the numbers filled in.
        params: trained numbers (norm included).
        macs: multiply-accumulates for one picture.
        receptive_field: input rows and columns one output element sees.
        type: the record that declares the kind, or the join.
        values: the fields that the op was made from; none for joins.
    """

    index: int
    section: Section
    path: str
    name: str | None
    op: Op
    input: Shape
    output: Shape
    formula: str
    params: int
    macs: int
    receptive_field: tuple[float, float]
    type: LayerType = field(repr=False, compare=False)
    values: Mapping[str, FieldValue] = field(default_factory=dict, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """The word in the file, e.g. ``conv``."""
        return self.type.name

    @property
    def source(self) -> int | None:
        """Index of the layer that a join reads besides the one before it, 0 the input.

        None for all but joins.
        """
        return self.op.source if isinstance(self.op, JoinOp) else None


@dataclass(frozen=True, slots=True)
class Latent:
    """The encoder's output, the numbers a picture is squeezed into.

    ``compression`` is input elements divided by ``size``; ``effective_size``
    adds each other encoder tensor that the decoder reads.
    """

    size: int
    channels: int
    height: int
    width: int
    compression: float
    effective_size: int

    @property
    def area(self) -> int:
        """Height × width."""
        return self.height * self.width

    @property
    def relative_size(self) -> str:
        """The size against the input's, in words: ``1/3 of the input``, ``2 times the input``."""
        if self.compression >= 1:
            return f"1/{self.compression:.3g} of the input"
        return f"{1 / self.compression:.3g} times the input"


@dataclass(frozen=True)
class ModelPlan:
    """A model with every size known, ready to build.

    Attributes:
        name: the spec's name.
        description: the spec's description, or "".
        input: what one picture looks like to the first layer.
        layers: encoder layers, then decoder layers, in file order.
        latent: the encoder's output.
        auto_input: whether the file leaves the input's channels to the task.
        auto_output: index (from 1) of the layer whose channels the file
            leaves to the task, or None.
    """

    name: str
    description: str
    input: Shape
    layers: tuple[LayerPlan, ...]
    latent: Latent
    auto_input: bool
    auto_output: int | None

    @property
    def encoder(self) -> tuple[LayerPlan, ...]:
        """The layers up to the latent."""
        return tuple(layer for layer in self.layers if layer.section == "encoder")

    @property
    def decoder(self) -> tuple[LayerPlan, ...]:
        """The layers after the latent."""
        return tuple(layer for layer in self.layers if layer.section == "decoder")

    @property
    def output(self) -> Shape:
        """What the last layer gives."""
        return self.layers[-1].output

    @cached_property
    def params(self) -> int:
        """Trained numbers in all layers."""
        return sum(layer.params for layer in self.layers)

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulates for one picture, all layers."""
        return sum(layer.macs for layer in self.layers)

    @cached_property
    def encoder_depth(self) -> int:
        """Encoder layers with weights: conv, conv_transpose, dense; no norms, no shortcuts."""
        return sum(layer.type.weighted for layer in self.encoder)

    @cached_property
    def bottleneck(self) -> Bottleneck:
        """The minimum vertex cut of the whole net: no code holds more numbers than pass it."""
        depth = len(self.encoder)
        elements = [self.input.elements, *(layer.output.elements for layer in self.layers)]
        reads = ((layer.source, layer.index) for layer in self.layers)
        skips = [(source, index) for source, index in reads if source is not None]
        size, cut = minimum_cut(elements, skips, preferred=depth)
        places: dict[tuple[int, ...], Place] = {
            (0,): "input",
            (len(self.layers),): "output",
            (depth,): "latent",
        }
        return Bottleneck(
            size=size,
            tensors=cut,
            after=tuple(self.layers[i - 1].path if i else "input" for i in cut),
            place=places.get(cut, "inside"),
        )

    @property
    def latent_exceeds_picture(self) -> bool:
        """Whether the latent has more numbers than what is fed."""
        return self.latent.size > self.input.elements

    @property
    def bottleneck_before_latent(self) -> bool:
        """Whether fewer numbers than the latent's get through somewhere inside the net."""
        return self.bottleneck.place == "inside" and self.bottleneck.size < self.latent.size

    @cached_property
    def key(self) -> str:
        """A hash of what the model computes: equal keys, equal architectures.

        Names, descriptions and places in the file don't count.
        """
        return key_of((self.input, [(layer.section, layer.op) for layer in self.layers]))


def key_of(value: object) -> str:
    """A short hash of what ``value`` shows in ``repr``: 16 hexadecimal digits."""
    from hashlib import sha256

    return sha256(repr(value).encode()).hexdigest()[:16]
