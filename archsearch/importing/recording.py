"""What a torch module does with a picture, written down while it runs.

The module's own ``forward`` runs once, on real numbers. Layers of ``torch.nn`` and functions of
torch are noted as they are called, each with the tensors that it reads and gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from archsearch.errors import InputError
from archsearch.importing.layer import torch_class

__all__ = ["Function", "Read", "Recording", "Step", "pictures_of", "record", "run"]

LATENT = "encoder", "encode"
"""What gives the latent, as a module or as a method, unless another is named."""


@dataclass(frozen=True)
class Read:
    """A tensor among the arguments of a function, by its number; None: one of the module's own."""

    number: int | None


@dataclass(frozen=True)
class Function:
    """A call of one of torch's functions, or of a tensor's methods."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Step:
    """A layer or function that ran.

    Attributes:
        does: which.
        source: where it stands in the module, e.g. ``encoder.3`` or ``cat() in decoder``.
        reads: numbers of tensors.
        gives: the same.
    """

    does: nn.Module | Function
    source: str
    reads: tuple[int, ...]
    gives: tuple[int, ...]


@dataclass
class Recording:
    """All steps, in the order they ran.

    Attributes:
        tensors: as they were when they were given, by number; 0 is the input.
        output: what the module gave, see ``pictures_of``.
        outputs: how many tensors it gave.
        latent: what the encoder gave, or None without one.
    """

    steps: list[Step] = field(default_factory=list)
    tensors: list[Tensor] = field(default_factory=list)
    output: int = 0
    outputs: int = 1
    latent: int | None = None


def record(module: nn.Module, images_NCHW: Tensor, latent: str | None = None) -> Recording:
    """Run a module on pictures and note what it does.

    Args:
        module: in eval mode.
        images_NCHW: on its device.
        latent: name of the module inside that gives the latent; None: ``encoder``.

    Raises:
        InputError: the module fails, or gives nothing of torch's.
    """
    recorder = _Recorder(module, latent)
    with torch.no_grad(), recorder.watching():
        recorder.input(images_NCHW)
        with recorder:
            given = run(module, images_NCHW)
    return recorder.finished(given, images_NCHW)


def run(module: nn.Module, images_NCHW: Tensor) -> object:
    """What the module gives; where it has no ``forward``, its decoder after its encoder.

    Raises:
        InputError: its code fails.
    """
    try:
        if type(module).forward is not nn.Module.forward:
            return module(images_NCHW)
        return module.get_submodule("decoder")(module.get_submodule("encoder")(images_NCHW))
    except Exception as error:
        shape = "×".join(map(str, images_NCHW.shape[1:]))
        told = str(error).splitlines()[0] if str(error) else ""
        raise InputError(
            f"the module can't be run on pictures of {shape}: {type(error).__name__}: {told}",
            help="give the input's shape as channels, height, width; a module that takes vectors "
            "needs nn.Flatten() before it",
        ) from error


def pictures_of(given: object, images_NCHW: Tensor) -> Tensor | None:
    """The net's output among what a module gave, or None.

    It is the first tensor of the pictures' size, as in ``return latent, pictures``, or else the
    first. The pictures themselves are no output.
    """
    tensors = [one for one in _tensors(given) if one is not images_NCHW]
    size = images_NCHW.shape[-2:]
    sized = (one for one in tensors if one.ndim == 4 and one.shape[-2:] == size)
    return next(sized, tensors[0] if tensors else None)


class _Recorder(TorchFunctionMode):
    def __init__(self, module: nn.Module, latent: str | None) -> None:
        super().__init__()
        self._module = module
        self._latent = latent
        self._found = Recording()
        self._numbers: dict[int, int] = {}
        self._alive: list[Tensor] = []
        self._inside: list[str] = [""]
        self._encoded: int | None = None
        self._leaf = 0

    def input(self, images_NCHW: Tensor) -> None:
        """Give the input its number."""
        self._number(images_NCHW)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hear of every module that begins and ends."""
        with ExitStack() as undo:
            for name, module in self._module.named_modules(remove_duplicate=False):
                before = module.register_forward_pre_hook(self._begun(name))
                after = module.register_forward_hook(self._ended(name), with_kwargs=True)
                undo.callback(before.remove)
                undo.callback(after.remove)
            if self._latent is None and callable(encode := getattr(self._module, "encode", None)):
                own = vars(self._module)
                undo.callback(own.update, {"encode": own["encode"]} if "encode" in own else {})
                undo.callback(own.pop, "encode")
                own["encode"] = self._watched(encode)
            yield

    def finished(self, given: object, images_NCHW: Tensor) -> Recording:
        """The recording, with the module's output."""
        output = self._numbers.get(id(pictures_of(given, images_NCHW)))
        if output is None:
            raise InputError(
                "the module gives no tensor that layers or functions of torch made",
                help="forward must return the net's pictures, and compute them with torch alone",
            )
        self._found.output = output
        self._found.outputs = len([*_tensors(given)])
        if self._encoded is not None:
            self._found.latent = self._encoded
        return self._found

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        changed = args[0] if func is Tensor.__setitem__ else result
        if not self._leaf and (gives := [*_tensors(changed)]):
            name = _name_of(func)
            kwargs = {_ALIASES.get(key, key): value for key, value in kwargs.items()}
            does = Function(name, self._read(args), self._read(kwargs))
            source = f"{name}() in {self._inside[-1] or 'forward'}"
            self._note(does, source, [*_tensors((args, kwargs))], gives)
        return result

    def _note(
        self, does: nn.Module | Function, source: str, reads: list[Tensor], gives: list[Tensor]
    ) -> None:
        read = tuple(self._numbers[id(one)] for one in reads if id(one) in self._numbers)
        given = tuple(self._number(one) for one in gives)
        self._found.steps.append(Step(does, source, read, given))

    def _number(self, tensor: Tensor) -> int:
        """A new number; what is changed in place is another tensor from then on."""
        number = len(self._found.tensors)
        self._numbers[id(tensor)] = number
        self._alive.append(tensor)  # else another could get its id
        self._leaf += 1  # the copy is no step
        self._found.tensors.append(tensor.detach().clone())
        self._leaf -= 1
        return number

    def _read(self, arguments: Any) -> Any:
        """Arguments with numbers for tensors."""
        if isinstance(arguments, Tensor):
            return Read(self._numbers.get(id(arguments)))
        if isinstance(arguments, dict):
            return {name: self._read(value) for name, value in arguments.items()}
        if type(arguments) in {list, tuple}:
            return tuple(self._read(value) for value in arguments)
        return arguments

    def _begun(self, name: str) -> Callable[..., None]:
        def begun(module: nn.Module, args: object) -> None:
            self._inside.append(name)
            self._leaf += _is_leaf(module)

        return begun

    def _ended(self, name: str) -> Callable[..., None]:
        wanted = LATENT[0] if self._latent is None else self._latent

        def ended(module: nn.Module, args: object, kwargs: object, result: object) -> None:
            self._inside.pop()
            self._leaf -= _is_leaf(module)
            if _is_leaf(module) and not self._leaf:
                self._note(module, name or "it", [*_tensors((args, kwargs))], [*_tensors(result)])
            if name == wanted and self._found.latent is None:
                self._found.latent = self._first(result)

        return ended

    def _watched(self, encode: Callable[..., object]) -> Callable[..., object]:
        def watched(*args: Any, **kwargs: Any) -> object:
            result = encode(*args, **kwargs)
            if self._encoded is None:  # the encoder alone may be only a part of this
                self._encoded = self._first(result)
            return result

        return watched

    def _first(self, given: object) -> int | None:
        """The number of the first tensor."""
        return self._numbers.get(id(next(_tensors(given), None)))


def _is_leaf(module: nn.Module) -> bool:
    """Whether a module is noted as a whole: torch's own layers, and what ``export`` writes."""
    if hasattr(module, "parametrizations"):
        return True
    childless = next(module.children(), None) is None and not isinstance(module, nn.Sequential)
    named = torch_class(module).forward is type(module).forward
    return (named and childless) or type(module).__name__ == "RealPixelAverage"


def _tensors(value: object) -> Iterator[Tensor]:
    """The tensors in a value, wherever they stand in it."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _tensors(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _tensors(inner)


def _name_of(func: Any) -> str:
    """``relu`` for ``torch.relu_``, ``add`` for ``Tensor.__iadd__``, ``T`` for the property."""
    name = str(getattr(func, "__name__", func))
    if name == "__get__":
        return str(getattr(getattr(func, "__self__", None), "__name__", name))
    return _IN_PLACE.get(name, name.strip("_"))


_IN_PLACE = {
    f"__{prefix}{name}__": name for name in ("add", "sub", "mul", "truediv") for prefix in "ir"
}

_ALIASES = {"axis": "dim", "keepdims": "keepdim"}
"""NumPy's names of arguments, which torch takes, too."""
