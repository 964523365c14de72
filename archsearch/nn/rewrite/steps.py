"""The steps that a model is made of while it is rewritten: smaller than layers.

Steps hold the modules of the plain model, so that weights exist once. A tensor
that someone else reads, a join or the caller, is put aside by a ``Keep``: it
stands between the steps on its two sides, and no pass sees across it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from archsearch.spec.kinds.pool import Pool
from archsearch.spec.shape import Pads, Pair

__all__ = [
    "Activate",
    "Apply",
    "Convolve",
    "Enlarge",
    "JoinWith",
    "Keep",
    "MaxPool",
    "PoolWithPlaces",
    "Resume",
    "Step",
]


@dataclass(frozen=True)
class Step:
    """One thing done to the current tensor.

    Attributes:
        layer: index (from 1) of the layer that it comes from.
    """

    layer: int

    @property
    def fresh(self) -> bool:
        """Whether its result is memory of its own that no gradient reads again."""
        return False

    @abstractmethod
    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Give the next tensor; ``kept`` holds the outputs that joins read."""


@dataclass(frozen=True)
class Apply(Step):
    """A module that no pass looks into."""

    module: nn.Module
    gives_fresh: bool = False

    @property
    def fresh(self) -> bool:
        """As the module is known to be."""
        return self.gives_fresh

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Call it."""
        y: Tensor = self.module(x)
        return y


@dataclass(frozen=True)
class Convolve(Step):
    """A convolution with its border, without norm and activation.

    Attributes:
        conv: holds weight and bias.
        border: adds the pads that ``conv`` itself can't, or None.
        pads: zeros on each side, whichever of the two adds them.
    """

    conv: nn.Conv2d
    border: nn.Module | None
    pads: Pads

    @property
    def fresh(self) -> bool:
        """Its backward reads input and weight only."""
        return True

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Pad and convolve."""
        y: Tensor = self.conv(x if self.border is None else self.border(x))
        return y


@dataclass(frozen=True)
class Activate(Step):
    """An activation; ``in_place`` writes over its input."""

    name: str
    module: nn.Module
    in_place: bool = False

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Activate each element."""
        if self.in_place:
            return IN_PLACE[self.name](self.module, x)
        y: Tensor = self.module(x)
        return y


IN_PLACE: Mapping[str, Callable[[Any, Tensor], Tensor]] = {
    "relu": lambda module, x: x.relu_(),
    "leaky_relu": lambda module, x: functional.leaky_relu_(x, module.negative_slope),
    "elu": lambda module, x: functional.elu_(x, module.alpha),
    "selu": lambda module, x: functional.selu_(x),
    "hardtanh": lambda module, x: functional.hardtanh_(x, module.min_val, module.max_val),
    "tanh": lambda module, x: x.tanh_(),
    "sigmoid": lambda module, x: x.sigmoid_(),
}
"""(module, x) → x, written over: those whose gradient follows from the result alone."""


@dataclass(frozen=True)
class MaxPool(Step):
    """A max pooling."""

    op: Pool
    module: nn.Module

    @property
    def fresh(self) -> bool:
        """Its backward reads places, not values."""
        return True

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Pool."""
        y: Tensor = self.module(x)
        return y


@dataclass(frozen=True)
class Enlarge(Step):
    """A nearest upsampling."""

    scale: Pair
    module: nn.Module

    @property
    def fresh(self) -> bool:
        """Its backward reads nothing."""
        return True

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Repeat each pixel."""
        y: Tensor = self.module(x)
        return y


@dataclass(frozen=True)
class JoinWith(Step):
    """A layer that reads several tensors: the current one, and kept ones."""

    module: nn.Module
    reads: tuple[int, ...]

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Join all."""
        before = self.layer - 1
        y: Tensor = self.module(*(x if read == before else kept[read] for read in self.reads))
        return y


@dataclass(frozen=True)
class Resume(Step):
    """Go on from a tensor that was put aside: here a branch begins."""

    read: int

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Take it."""
        return kept[self.read]


@dataclass(frozen=True)
class PoolWithPlaces(Step):
    """A max pooling whose places an unpooling reads; they are put aside."""

    module: nn.Module

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Pool."""
        y: Tensor
        y, kept[-self.layer] = self.module(x)
        return y


@dataclass(frozen=True)
class Keep(Step):
    """Put the current tensor aside as the output of its layer."""

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Keep it."""
        kept[self.layer] = x
        return x
