"""Where each trained number lies: all of them one after the other, in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

import numpy as np
from numpy.typing import NDArray

__all__ = ["Parameters"]


@dataclass
class Parameters:
    """Names, shapes and places of trained tensors, as ``nn.build`` names them.

    Attributes:
        shapes: name → shape, in order.
        count: numbers so far.
    """

    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    count: int = 0

    @property
    def sizes(self) -> list[int]:
        """How many numbers each has."""
        return [prod(shape) for shape in self.shapes.values()]

    def add(self, name: str, *shape: int) -> NDArray[np.int64]:
        """Give the next tensor a place; its numbers' places, in its shape."""
        self.shapes[name] = shape
        start = self.count
        self.count += prod(shape)
        return np.arange(start, self.count).reshape(shape)
