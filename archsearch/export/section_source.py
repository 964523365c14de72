"""One half of a model as source code: what the constructor makes, and what runs it.

Layers between two joins become one ``nn.Sequential``. Tensors that are read later are variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from torch import nn

from archsearch.errors import InputError
from archsearch.export.expressions import NoExpressionError, expression, leaves
from archsearch.nn.joins import Concatenation, Sum
from archsearch.nn.unpool import Unpooling
from archsearch.spec.kinds.rule import JoinOp
from archsearch.spec.plan.model import LayerPlan

__all__ = ["SectionSource"]


@dataclass(frozen=True)
class _Part:
    """A module: its name in the built model, the call that makes it, what to say beside it."""

    prefix: str
    made: str
    comment: str = ""


@dataclass(frozen=True)
class _Run:
    """``target = self.NAME(given)``: modules that run one after the other."""

    target: str
    given: str
    parts: tuple[_Part, ...]


@dataclass
class SectionSource:
    """What has been written of a section so far.

    Attributes:
        name: ``encoder`` or ``decoder``.
        current: the variable that holds the tensor now.
        names: module of the built model → module in the source; whole after ``constructor``.
    """

    name: str
    current: str
    names: dict[str, str] = field(default_factory=dict)
    _open: list[_Part] = field(default_factory=list)
    _body: list[_Run | str] = field(default_factory=list)
    _shortcuts: list[tuple[_Part, ...]] = field(default_factory=list)

    def add(
        self, layer: LayerPlan, module: nn.Module, prefix: str, variables: Mapping[int, str]
    ) -> None:
        """Write one layer.

        Args:
            layer: the plan's.
            module: the built model's.
            prefix: the module's name there.
            variables: that hold the tensors which are read later.

        Raises:
            InputError: it isn't made of torch's own modules.
        """
        try:
            joins = isinstance(layer.op, JoinOp)
            if layer.begin is not None or joins:
                self.run()
            before = layer.index - 1
            read = [self.current if r == before else variables[r] for r in layer.reads]
            if joins:
                self._join(module, read, prefix)
            else:
                self.current = read[0]
                self._open += _parts(module, prefix, str(layer.output))
        except NoExpressionError as error:
            raise InputError(
                f"{layer.path} can't be written as plain PyTorch: `{layer.kind}` runs {error}, "
                "which isn't one of torch's own modules",
                help="export with --to onnx or --to torch",
            ) from error

    def keep(self, variable: str) -> None:
        """Give the tensor that there is now a variable of its own."""
        self.run(variable)
        if self.current != variable:
            self._body.append(f"{variable} = {self.current}")
            self.current = variable

    def run(self, variable: str = "x") -> None:
        """Run the modules that aren't run yet."""
        if self._open:
            self._body.append(_Run(variable, self.current, tuple(self._open)))
            self._open, self.current = [], variable.partition(",")[0]

    def constructor(self) -> Iterator[str]:
        """The lines that make the modules."""
        for name, parts in self._named():
            if len(parts) == 1:
                (part,) = parts
                self.names[part.prefix] = name
                yield f"self.{name} = {part.made}{part.comment}"
                continue
            yield f"self.{name} = nn.Sequential("
            for place, part in enumerate(parts):
                self.names[part.prefix] = f"{name}.{place}"
                yield f"    {part.made},{part.comment}"
            yield ")"

    def body(self) -> Iterator[str]:
        """The lines that run them."""
        names = iter(self._blocks())
        for step in self._body:
            if isinstance(step, _Run):
                yield f"{step.target} = self.{next(names)}({step.given})"
            else:
                yield step

    def _join(self, module: nn.Module, read: list[str], prefix: str) -> None:
        if type(module) is Concatenation:
            joined = f"torch.cat([{', '.join(read[::-1] if module.reverse else read)}], dim=1)"
        elif type(module) is Sum:
            first, *others = read
            joined = " + ".join([first, *self._shortcut(module, others, prefix)])
        elif type(module) is Unpooling:
            joined = _unpooled(module, *read)
        else:
            raise NoExpressionError(type(module).__name__)
        self._body.append(f"x = {joined}")
        self.current = "x"
        if isinstance(module, Sum) and module.activation is not None:
            self._open += _parts(module.activation, f"{prefix}.activation")

    def _shortcut(self, module: Sum, others: list[str], prefix: str) -> list[str]:
        if module.shortcut is None:
            return others
        (other,) = others
        self._shortcuts.append(tuple(_parts(module.shortcut, f"{prefix}.shortcut")))
        return [f"self.{self._shortcut_name(len(self._shortcuts))}({other})"]

    def _shortcut_name(self, number: int) -> str:
        return f"{self.name}_shortcut_{number}"

    def _blocks(self) -> list[str]:
        """The names of what is run; a section with one block gives it its own name."""
        blocks = sum(isinstance(step, _Run) for step in self._body)
        return [self.name] if blocks == 1 else [f"{self.name}_{n + 1}" for n in range(blocks)]

    def _named(self) -> Iterator[tuple[str, tuple[_Part, ...]]]:
        runs = (step for step in self._body if isinstance(step, _Run))
        for name, run in zip(self._blocks(), runs, strict=True):
            yield name, run.parts
        for number, parts in enumerate(self._shortcuts, 1):
            yield self._shortcut_name(number), parts


def _unpooled(module: Unpooling, values: str, places: str) -> str:
    kernel, stride, size = (tuple(pair) for pair in (module.kernel, module.stride, module.size))
    padding = f", {module.padding}" if any(module.padding) else ""
    called = f"{values}, {places}, {kernel}, {stride}{padding}, output_size={size}"
    y = f"nn.functional.max_unpool2d({called})"
    if module.crop is None:
        return y
    top, bottom, left, right = module.crop.pads
    return f"nn.functional.pad({y}, ({left}, {right}, {top}, {bottom}))"


def _parts(module: nn.Module, prefix: str, shape: str = "") -> list[_Part]:
    """The modules of a layer, the shape beside the last."""
    made = [(name, expression(part)) for name, part in leaves(module, prefix)]
    last = len(made) - 1
    return [
        _Part(name, text, f"  # {shape}" if shape and place == last else "")
        for place, (name, text) in enumerate(made)
    ]
