"""A torch module as a spec and a net of archsearch's own, with its weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from archsearch.config import TASKS, Model, TaskSettings, read_task, task_channels
from archsearch.errors import InputError
from archsearch.importing.arrange import Arranged, arrange
from archsearch.importing.graph import Graph, graph_of
from archsearch.importing.layer import Inexpressible, Layer
from archsearch.importing.merge import merge
from archsearch.importing.recording import Recording, record
from archsearch.importing.text import spec_text
from archsearch.importing.weights import compare, copy_weights
from archsearch.nn import Autoencoder, build
from archsearch.spec import DiagnosticsError, ModelPlan, Source, parse_spec, to_yaml

__all__ = ["ImportedNet", "from_torch"]


@dataclass(frozen=True)
class ImportedNet:
    """What a torch module became.

    Attributes:
        plan: its layers.
        model: the same with the module's weights, in eval mode.
        task: that its channels are of.
        origin: what it was made of, in words.
        notes: what differs, though not in what it computes.
    """

    plan: ModelPlan
    model: Autoencoder
    task: TaskSettings
    origin: str
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The spec, as YAML."""
        return to_yaml(self.plan)


def from_torch(
    module: nn.Module,
    input: Tensor | Sequence[int],
    *,
    name: str = "",
    latent: str | None = None,
    task: str | TaskSettings | None = None,
    origin: str = "",
) -> ImportedNet:
    """Make a spec of a torch module, and a net with its weights.

    The module runs on random pictures; its layers are noted as they run. What comes of it is
    compared with the module, on other pictures, too.

    Args:
        module: a ``torch.nn.Sequential``, or any module of layers that specs have.
        input: one picture's shape (C, H, W), or pictures.
        name: of the spec; by default the module's class.
        latent: the module inside that gives the latent; by default ``encoder``, or the method
            ``encode``; without them the smallest tensor of the net.
        task: by default what the channels in and out are of.
        origin: where the module comes from, as runs will tell; by default its class.

    Raises:
        InputError: naming every layer that specs have no words for.

    Example:
        >>> layers = nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 12, 3)
        >>> net = nn.Sequential(*layers, nn.PixelShuffle(2), nn.ZeroPad2d(2))
        >>> print(from_torch(net, (3, 16, 16)).text, end="")
        name: sequential
        input: {channels: 3, height: 16, width: 16}
        encoder:
          - conv: {channels: 8, stride: 2, activation: relu, padding: 1}
          - conv: {channels: 12, padding: 0}
        decoder:
          - pixel_shuffle: {}
          - pad: 2
    """
    images_NCHW = _pictures(module, input)
    with _evaluated(module):
        recording = _recorded(module, images_NCHW, latent)
        graph = _graph(recording)
        arranged = _arranged(graph)
        plan, wanted = _plan(name or type(module).__name__.lower(), graph, arranged, task)
        model = build(plan).eval()
        layers = arranged.in_order
        copy_weights(model, layers)
        compare(model, layers, recording, module)
    told = origin or f"a module of the class {type(module).__name__}"
    return ImportedNet(plan, model, wanted, told, tuple(_notes(layers, recording)))


def _pictures(module: nn.Module, input: Tensor | Sequence[int]) -> Tensor:
    """Two random pictures, where the module is."""
    shape = tuple(input.shape[-3:]) if isinstance(input, Tensor) else tuple(input)
    if len(shape) != 3 or min(shape) < 1:
        raise InputError(
            f"the input's shape is {'×'.join(map(str, shape))}",
            help="give (channels, height, width) of one picture",
        )
    if any(map(is_lazy, module.parameters())):
        raise InputError(
            "the module has lazy layers, whose weights have no sizes yet",
            help=f"run it once where it is made: module(torch.zeros{(1, *shape)})",
        )
    kinds = {tensor.dtype for tensor in module.parameters()}
    if kinds - {torch.float32}:
        raise InputError(
            f"the module's weights are {', '.join(sorted(map(str, kinds)))}",
            help="make them float32 with module.float()",
        )
    device = next((tensor.device for tensor in module.parameters()), torch.device("cpu"))
    try:
        return torch.rand(2, *shape, generator=torch.Generator().manual_seed(0)).to(device)
    except RuntimeError as error:  # no memory holds them, or no number counts them
        raise InputError(
            f"pictures of {'×'.join(map(str, shape))} don't fit into memory",
            help="give (channels, height, width) of one picture, e.g. 3×32×32",
        ) from error


@contextmanager
def _evaluated(module: nn.Module) -> Iterator[None]:
    """Leave every part of the module as it was: in training, or not."""
    before = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, training in before:
            part.training = training


def _recorded(module: nn.Module, images_NCHW: Tensor, latent: str | None) -> Recording:
    named = [name for name, _ in module.named_modules() if name]
    if latent is not None and latent not in named:
        raise InputError(
            f"no module in it is called {latent}", help=f"it has {', '.join(named[:20])}"
        )
    recording = record(module, images_NCHW, latent)
    if latent is not None and recording.latent is None:
        raise InputError(
            f"{latent} gives no tensor when the module runs",
            help="name a module that runs, and through which the pictures pass",
        )
    return recording


def _graph(recording: Recording) -> Graph:
    graph = graph_of(recording)
    if recording.latent is None:
        graph.latent = _smallest(graph)
    elif graph.latent not in {0, *graph.nodes}:
        graph.problems[-1] = ("the latent", "the output doesn't depend on it")
    if not graph.problems:
        merge(graph)
    if graph.problems:
        told = sorted(graph.problems.items())
        raise InputError(
            "a spec has no words for this module:",
            details=dict.fromkeys(f"  {source}: {why}" for _, (source, why) in told),
            help="`archsearch schema model` lists the layers; docs/language.md describes them",
        )
    return graph


def _smallest(graph: Graph) -> int:
    """The first of the smallest tensors, after the norm and activation that follow it."""
    inner = [number for number in graph.nodes if number != graph.output]
    if not inner:
        return graph.output
    found = min(inner, key=lambda number: (graph.shape(number).elements, number))
    readers = graph.readers()
    while len(readers[found]) == 1 and (next_one := readers[found][0]) in inner:
        layer = graph.nodes[next_one].layer
        if layer is None or layer.kind not in {"norm", "activation"}:
            break
        found = next_one
    return found


def _arranged(graph: Graph) -> Arranged:
    try:
        arranged = arrange(graph)
    except Inexpressible as error:
        raise InputError(
            f"the layers can't be put into encoder and decoder: {error}",
            help="name the module that gives the latent (`latent`, --latent)",
        ) from error
    empty = [half for half in ("encoder", "decoder") if not getattr(arranged, half)]
    if empty:
        raise InputError(
            f"the {empty[0]} has no layers",
            help="name the module that gives the latent (`latent`, --latent)",
        )
    return arranged


def _plan(
    name: str, graph: Graph, arranged: Arranged, task: str | TaskSettings | None
) -> tuple[ModelPlan, TaskSettings]:
    given = graph.shape(graph.output)
    if given.vector and given.elements == graph.input.elements:
        raise InputError(
            f"the module gives vectors of {given.elements} numbers, not pictures of {graph.input}",
            help=f"add nn.Unflatten(1, {graph.input.as_tuple()}) at its end",
        )
    if (given.height, given.width) != (graph.input.height, graph.input.width):
        raise InputError(
            f"the module makes {given} of pictures of {graph.input}",
            help="a net gives pictures of its input's size: name another input, or add a layer "
            "such as Upsample(size=…) at its end",
        )
    wanted, pictures = _task((graph.input.channels, given.channels), task)
    source = Source(f"{name}.yaml", spec_text(name, graph.input, arranged))
    try:
        family = parse_spec(source)
        source.raise_errors()
        if family is None:
            raise InputError(f"no spec could be made of {name}")
        return Model(family).resolve(wanted, picture_channels=pictures).require(), wanted
    except DiagnosticsError as error:
        wrong = [item for item in error.diagnostics if item.severity == "error"]
        raise InputError(
            "the spec of this module breaks rules of the language:",
            details=[f"  {item.code}: {item.message}; {item.help}" for item in wrong],
            help="docs/language.md has the rules",
        ) from error


def _task(channels: tuple[int, int], task: str | TaskSettings | None) -> tuple[TaskSettings, int]:
    """The task that feeds and wants so many channels, and those of its pictures."""
    names = [*TASKS] if task is None else [task]
    for each in map(read_task, names):
        for pictures in (3, 1):
            try:
                found = task_channels(each, pictures)
            except InputError:  # it takes color pictures only
                continue
            if (found.feeds, found.wants) == channels:
                return each, pictures
    what = "no task feeds and wants" if task is None else f"{read_task(task).name} doesn't feed"
    raise InputError(
        f"the module takes {channels[0]} channels and gives {channels[1]}; {what} so many",
        help="reconstruct takes and gives 3 channels, or 1 of gray pictures (docs/tasks.md)",
    )


def _notes(layers: list[Layer], recording: Recording) -> Iterator[str]:
    """What a training of the net would do in another way than that of the module."""
    parts = [part for layer in layers for part in layer.parts.values()]
    batch_norms = nn.BatchNorm1d | nn.BatchNorm2d
    if any(isinstance(part, batch_norms) and part.momentum != 0.1 for part in parts):
        yield "batch norms move their running statistics by 0.1 a step, not as in the module"
    norms = [part for part in parts if hasattr(part, "eps")]
    if any(part.weight is None or part.bias is None for part in norms):
        yield "norms without weights got them: a scale of 1 and a shift of 0, which can be trained"
    if recording.outputs > 1:
        yield (
            f"the module gives {recording.outputs} tensors; "
            "the first of the pictures' size is the net's output"
        )
