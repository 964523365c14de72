"""A recording as a graph of layers, each with the tensors that it reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from archsearch.importing.functions import RESHAPES, UNCHANGED, module_of
from archsearch.importing.layer import Inexpressible, Layer
from archsearch.importing.modules import layers_of
from archsearch.importing.recording import Function, Read, Recording, Step
from archsearch.spec.shape import Shape

__all__ = ["JOINS", "Graph", "Node", "graph_of"]

JOINS = frozenset(("concat", "add"))
_ADDS = frozenset(("add",))
_CONCATENATES = frozenset(("cat", "concat", "concatenate"))
_ELEMENTWISE = frozenset(("activation", "dropout"))


@dataclass(eq=False)
class Node:
    """A layer in its place.

    Attributes:
        layer: what it does; None: what the language has no words for.
        reads: the nodes that it reads, by number; of an unpooling, its pool's is the second.
        shape: of what it gives.
        after: an activation that follows, of a join.
    """

    layer: Layer | None
    reads: list[int]
    shape: Shape
    after: Layer | None = None


@dataclass
class Graph:
    """The layers of a net.

    Attributes:
        nodes: by the number of the tensor that they give; 0, the input, has none.
        input: its shape.
        output: the node that gives the output.
        latent: the node that gives the latent.
        problems: what can't be expressed, by node: where it stands, and why.
    """

    input: Shape
    nodes: dict[int, Node] = field(default_factory=dict)
    output: int = 0
    latent: int = 0
    problems: dict[int, tuple[str, str]] = field(default_factory=dict)

    def shape(self, number: int) -> Shape:
        """The shape of a tensor."""
        return self.nodes[number].shape if number else self.input

    def readers(self) -> dict[int, list[int]]:
        """By number, the nodes that read a tensor; the output and the latent are read, too."""
        found: dict[int, list[int]] = {number: [] for number in (0, *self.nodes)}
        for number, node in self.nodes.items():
            for read in node.reads:
                found[read].append(number)
        for number in (self.output, self.latent):
            found[number].append(-1)
        return found

    def needed(self) -> set[int]:
        """What the output depends on."""
        found: set[int] = set()
        waiting = [self.output]
        while waiting:
            number = waiting.pop()
            if number and number not in found:
                found.add(number)
                waiting += self.nodes[number].reads
        return found

    def to_picture(self, number: int, shape: Shape) -> bool:
        """Let the Linear behind a vector give a picture; whether one can, or a problem is before.

        Activations and dropout may be between.
        """
        path: list[int] = []
        while number:
            layer = self.nodes[number].layer
            if layer is None:
                return True
            if not self.shape(number).vector or layer.kind not in ("dense", *_ELEMENTWISE):
                break
            path.append(number)
            if layer.kind == "dense":
                del layer.fields["size"]
                layer.fields["shape"] = shape.as_tuple()
                self.nodes[number].shape = shape
                break
            number = self.nodes[number].reads[0]
        if self.shape(number) != shape:
            return False
        for each in path:
            self.nodes[each].shape = shape
        return True

    def trim(self) -> None:
        """Leave out what the output doesn't depend on."""
        needed = self.needed()
        self.nodes = {number: node for number, node in self.nodes.items() if number in needed}
        self.problems = {at: told for at, told in self.problems.items() if at in needed}


def graph_of(recording: Recording) -> Graph:
    """The graph of what was recorded; what has no words is in its ``problems``."""
    first = recording.tensors[0]
    graph = Graph(Shape(*first.shape[1:]))
    translation = _Translation(graph, recording)
    for step in recording.steps:
        translation.step(step)
    graph.output = translation.node_of[recording.output]
    if recording.latent is not None:
        graph.latent = translation.node_of[recording.latent]
    graph.trim()
    return graph


class _Translation:
    """Steps to nodes, one by one.

    Attributes:
        node_of: the node behind each tensor; a reshaped tensor is that of its numbers.
    """

    def __init__(self, graph: Graph, recording: Recording) -> None:
        self.graph = graph
        self.recording = recording
        self.node_of: dict[int, int] = {0: 0}
        self.places: dict[int, int] = {}
        self.used: set[int] = set()
        self.extra = len(recording.tensors)

    def step(self, step: Step) -> None:
        """Add what a step does, or the problem with it."""
        try:
            self._step(step)
        except Inexpressible as error:
            self._lost(step, str(error))

    def _lost(self, step: Step, why: str) -> None:
        reads = [self.node_of[read] for read in step.reads]
        for given in step.gives:
            self.graph.nodes[given] = Node(None, reads, _shape(self.recording.tensors[given]))
            self.graph.problems[given] = (step.source, why)
            self.node_of[given] = given

    def _step(self, step: Step) -> None:
        if isinstance(step.does, Function):
            self._function(step, step.does)
        elif isinstance(step.does, nn.Identity | nn.Flatten | nn.Unflatten):
            self._reshape(step)
        elif isinstance(step.does, nn.MaxUnpool2d):
            self._unpool(step)
        else:
            self._module(step, step.does)

    def _function(self, step: Step, call: Function) -> None:
        if call.name in RESHAPES | UNCHANGED:
            self._reshape(step)
        elif call.name in _CONCATENATES:
            self._concatenate(step, call)
        elif call.name in _ADDS:
            self._add(step, call)
        elif call.name == "max_unpool2d":
            self._unpool(step)
        else:
            args, kwargs = _without_tensor(call)
            self._module(step, module_of(call.name, args, kwargs))

    def _module(self, step: Step, module: nn.Module) -> None:
        if len(step.reads) != 1:
            raise Inexpressible(f"it takes {len(step.reads)} tensors of the net")
        self._once(module)
        read, output = self._input(step), _shape(self.recording.tensors[step.gives[0]])
        flat = self.recording.tensors[step.reads[0]].ndim == 2
        shape = self.graph.shape(read)
        if flat and not shape.vector and not _acts_on_flat(module, shape):
            raise Inexpressible(
                "it acts on a flattened picture; put it before Flatten, or after a Linear"
            )
        if flat and not shape.vector and not isinstance(module, nn.Linear):
            output = shape
        elif output.vector and not flat:  # a mean of each channel
            output = Shape(output.channels, 1, 1)
        layers = layers_of(module, shape, output, step.source)
        for layer in layers[:-1]:
            self.extra += 1
            read = self._add_node(self.extra, layer, [read], shape)
        self._give(step, layers[-1], [read], output)
        for places in step.gives[1:]:
            self.places[places] = step.gives[0]

    def _once(self, module: nn.Module) -> None:
        """Weights that are used twice would be two layers' weights here."""
        weights = {id(weight) for weight in module.parameters()}
        if weights & self.used:
            raise Inexpressible("its weights have run before; here each layer has its own")
        self.used |= weights

    def _input(self, step: Step) -> int:
        if step.reads[0] in self.places:
            raise Inexpressible("it reads the places of maxima")
        return self.node_of[step.reads[0]]

    def _give(self, step: Step, layer: Layer, reads: list[int], shape: Shape) -> None:
        number = self._add_node(step.gives[0], layer, reads, shape)
        for given in step.gives:
            self.node_of[given] = number

    def _add_node(self, number: int, layer: Layer, reads: list[int], shape: Shape) -> int:
        layer.gives = number
        self.graph.nodes[number] = Node(layer, reads, shape)
        return number

    def _reshape(self, step: Step) -> None:
        """The same numbers in another shape: flattened, or a picture again."""
        read = self._input(step)
        before, after = self.recording.tensors[step.reads[0]], self.recording.tensors[step.gives[0]]
        if len(step.reads) > 1 or before.numel() != after.numel() or len(before) != len(after):
            raise Inexpressible("another reshaping than flattening each picture, or back")
        self.node_of[step.gives[0]] = read
        shape = self.graph.shape(read)
        wanted = _shape(after)
        if after.ndim == 4 and shape != wanted and not self.graph.to_picture(read, wanted):
            raise Inexpressible(
                f"a reshaping to {wanted} that isn't right after a Linear; activations and "
                "dropout may be between"
            )

    def _concatenate(self, step: Step, call: Function) -> None:
        tensors = call.args[0] if call.args else call.kwargs.get("tensors")
        dim = call.args[1] if len(call.args) > 1 else call.kwargs.get("dim", 0)
        output = self.recording.tensors[step.gives[0]]
        if dim % output.ndim != 1:
            raise Inexpressible("a concatenation along another axis than the channels")
        self._join(step, "concat", tensors)

    def _add(self, step: Step, call: Function) -> None:
        named = {name: value for name, value in call.kwargs.items() if name in {"input", "other"}}
        tensors = (*call.args, *named.values())
        if 0 in tensors and len(step.reads) == 1:  # what Python's sum() begins with
            self.node_of[step.gives[0]] = self._input(step)
            return
        if len(named) < len(call.kwargs) or not all(isinstance(one, Read) for one in tensors):
            raise Inexpressible("a sum with a number, or with a factor")
        self._join(step, "add", tensors)

    def _join(self, step: Step, kind: str, tensors: Any) -> None:
        if any(not isinstance(one, Read) or one.number is None for one in tensors):
            raise Inexpressible("it joins a tensor that isn't of a layer, e.g. a weight")
        if len(tensors) == 1:
            self.node_of[step.gives[0]] = self._input(step)
            return
        numbers = [one.number for one in tensors]
        shapes = [self.recording.tensors[number].shape for number in numbers]
        output = self.recording.tensors[step.gives[0]]
        if kind == "add" and any(shape != output.shape for shape in shapes):
            raise Inexpressible("a sum of tensors of several sizes")
        reads = [self.node_of[number] for number in numbers]
        if output.ndim != 4 or any(self.graph.shape(read).vector for read in reads):
            raise Inexpressible("vectors are joined; here joins are of pictures")
        self._give(step, Layer(kind, {}, step.source), reads, _shape(output))

    def _unpool(self, step: Step) -> None:
        pool = self.places.get(step.reads[1]) if len(step.reads) == 2 else None
        if pool is None:
            raise Inexpressible("unpooling by other places than those of a MaxPool2d")
        shape = _shape(self.recording.tensors[step.gives[0]])
        read = self.node_of[step.reads[0]]
        self._give(step, Layer("unpool", {}, step.source), [read, self.node_of[pool]], shape)


def _acts_on_flat(module: nn.Module, shape: Shape) -> bool:
    """Whether a module does the same to a picture as to its numbers in a row."""
    one_pixel = shape.height == shape.width == 1
    return one_pixel or not isinstance(module, nn.BatchNorm1d | nn.LayerNorm | nn.GroupNorm)


def _without_tensor(call: Function) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments but for the tensor that is changed."""
    kwargs = {name: value for name, value in call.kwargs.items() if name != "input"}
    args = call.args[1:] if len(kwargs) == len(call.kwargs) else call.args
    if any(isinstance(value, Read) for value in (*args, *kwargs.values())):
        raise Inexpressible("a function of several tensors")
    return args, kwargs


def _shape(tensor: Tensor) -> Shape:
    """Of one picture, or of a vector."""
    if tensor.ndim == 2:
        return Shape(tensor.shape[1], 1, 1, vector=True)
    channels, height, width = (*tensor.shape[1:4], 1, 1, 1)[:3]
    return Shape(channels, height, width)
