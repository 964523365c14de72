"""The concrete model: every layer with its numbers. What a spec becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from archsearch.html_table import html_table
from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.kinds.kind import LayerType
from archsearch.spec.kinds.rule import JoinOp, Op
from archsearch.spec.plan.bottleneck import Bottleneck, Place, minimum_cut
from archsearch.spec.shape import Shape

__all__ = [
    "ROW_HEAD",
    "ROW_NUMBERS",
    "Latent",
    "LayerPlan",
    "ModelPlan",
    "Section",
    "key_of",
    "leaks_past",
]

Section = Literal["encoder", "decoder"]

ROW_HEAD = ("#", "layer", "size by formula", "output", "params", "MACs")
"""What the cells of :attr:`LayerPlan.row` are."""

ROW_NUMBERS = (0, 4, 5)
"""Which of them are numbers."""


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
        values: the fields that the op was made from.
        begin: the tensor that it takes, where that isn't the one before it: it begins a branch.
        branches: of a join, the first and last layer of each list of layers of its own; None
            where a list gives none.
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
    begin: int | None = None
    branches: tuple[tuple[int, int] | None, ...] = ()

    @property
    def kind(self) -> str:
        """The word in the file, e.g. ``conv``."""
        return self.type.name

    @property
    def row(self) -> tuple[str, ...]:
        """Its cells in a table for people: :data:`ROW_HEAD`."""
        sizes = (f"{self.params:,}", f"{self.macs:,}")
        return (str(self.index), self.kind, self.formula, str(self.output), *sizes)

    def computed(self, op: Op | None = None) -> tuple[object, ...]:
        """What of a layer counts in a model's hash, perhaps with another op in its place.

        Where it begins counts only where that isn't the layer before it.
        """
        told = (self.section, op or self.op)
        return told if self.begin is None else (*told, self.begin)

    @property
    def reads(self) -> tuple[int, ...]:
        """The tensors that it reads: first the one that it takes, then those that it joins.

        A tensor is named by the index of the layer that gives it, 0 the input; −i names the
        places where max pool i found its maxima.
        """
        first = self.index - 1 if self.begin is None else self.begin
        return (first, *self.op.sources) if isinstance(self.op, JoinOp) else (first,)


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


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        return (
            f"ModelPlan({self.name!r}: {self.input} → latent {self.latent.size:,} → "
            f"{self.output}, {len(self.layers)} layers, {self.params:,} parameters)"
        )

    def _repr_html_(self) -> str:
        """The layer table, for notebooks."""
        rows: list[tuple[str, ...] | str] = [layer.row for layer in self.layers]
        rows.insert(len(self.encoder), f"latent {self.encoder[-1].output} = {self.latent.size:,}")
        return html_table(
            f"{self.name}: input {self.input}",
            ROW_HEAD,
            rows,
            numbers=ROW_NUMBERS,
            below=[
                f"latent {self.latent.size:,} numbers, {self.latent.relative_size}; "
                f"{self.params:,} parameters; {self.macs:,} MACs a picture"
            ],
        )

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
        """Encoder layers with weights (conv, conv_transpose, dense) on the longest way through.

        Norms and a residual's 1×1 shortcut don't count.
        """
        depths = [0]
        for layer, reads in zip(self.encoder, self.reads, strict=False):
            depths.append(layer.type.weighted + max([depths[abs(read)] for read in reads]))
        return depths[-1]

    @cached_property
    def reads(self) -> tuple[tuple[int, ...], ...]:
        """The tensors that each layer reads."""
        return tuple([layer.reads for layer in self.layers])

    @cached_property
    def kept(self) -> frozenset[int]:
        """The tensors that some layer reads later than the layer right behind them."""
        return frozenset(
            [read for i, reads in enumerate(self.reads) for read in reads if read != i]
        )

    @cached_property
    def unpooled(self) -> frozenset[int]:
        """The max pools whose places some layer reads."""
        return frozenset([-read for reads in self.reads for read in reads if read < 0])

    @property
    def leaks(self) -> Mapping[int, int]:
        """What the decoder reads of the encoder besides the latent, and the first that reads it."""
        return leaks_past(len(self.encoder), self.reads)

    def tensor(self, read: int) -> Shape:
        """The shape of a tensor that a layer reads."""
        return self.layers[abs(read) - 1].output if read else self.input

    def tensor_name(self, read: int) -> str:
        """What a tensor is called: its layer's name, else its path; ``input``."""
        if not read:
            return "input"
        layer = self.layers[abs(read) - 1]
        return f"{'places of ' if read < 0 else ''}{layer.name or layer.path}"

    @cached_property
    def bottleneck(self) -> Bottleneck:
        """The minimum vertex cut of the whole net: no code holds more numbers than pass it.

        The places of a max pool's maxima are a tensor of their own, made from what the pool gets.
        """
        depth = len(self.encoder)
        if self.unpooled:
            size, cut = self._cut_with_places(depth)
        else:
            elements = [self.input.elements, *[layer.output.elements for layer in self.layers]]
            edges = [(read, i) for i, reads in enumerate(self.reads, 1) for read in reads]
            size, cut = minimum_cut(elements, edges, preferred=depth)
        places: dict[tuple[int, ...], Place] = {
            (0,): "input",
            (len(self.layers),): "output",
            (depth,): "latent",
        }
        return Bottleneck(
            size=size,
            tensors=cut,
            after=tuple(map(self._path, cut)),
            place=places.get(cut, "inside"),
        )

    def _cut_with_places(self, depth: int) -> tuple[int, tuple[int, ...]]:
        """The minimum cut of a net with unpoolings, in the names of its tensors."""
        elements, tensors, number = [self.input.elements], [0], {0: 0}
        edges: list[tuple[int, int]] = []
        for index, (layer, reads) in enumerate(zip(self.layers, self.reads, strict=True), 1):
            for tensor in (index, -index) if index in self.unpooled else (index,):
                number[tensor] = len(tensors)
                edges += [(number[read], number[tensor]) for read in reads]
                tensors.append(tensor)
                elements.append(layer.output.elements)
        size, found = minimum_cut(elements, edges, preferred=number[depth])
        return size, tuple([tensors[place] for place in found])

    def _path(self, tensor: int) -> str:
        path = self.layers[abs(tensor) - 1].path if tensor else "input"
        return f"{path} (places)" if tensor < 0 else path

    @property
    def output_activation(self) -> str:
        """The activation of the last layer, ``none`` where it has none."""
        return str(getattr(self.layers[-1].op, "activation", "none"))

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
        return key_of((self.input, [layer.computed() for layer in self.layers]))


def leaks_past(depth: int, reads: Sequence[Sequence[int | None]]) -> Mapping[int, int]:
    """What a decoder reads of the encoder besides the latent, and the first layer that reads it.

    Args:
        depth: how many layers the encoder has.
        reads: what each layer of the net reads, as far as it is known.
    """
    leaks: dict[int, int] = {}
    for index in range(depth, len(reads)):
        for read in reads[index]:
            if read is not None and -depth <= read < depth:
                leaks.setdefault(read, index + 1)
    return leaks


def key_of(value: object) -> str:
    """A short hash of what ``value`` shows in ``repr``: 16 hexadecimal digits."""
    from hashlib import sha256

    return sha256(repr(value).encode()).hexdigest()[:16]
