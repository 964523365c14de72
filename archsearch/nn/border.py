"""Borders that differ between two sides, which torch's own ops can't add."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from archsearch.spec.shape import Pads

__all__ = ["Border", "both_sides"]


class Border(nn.Module):
    """Add rows and columns of ``value`` on each side; negative pads crop.

    Shape:
        N×C×H×W → N×C×(H + top + bottom)×(W + left + right)
    """

    def __init__(self, pads: Pads, value: float = 0.0) -> None:
        super().__init__()
        self.pads = pads
        self.value = value

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Give ``x`` with its border."""
        top, bottom, left, right = self.pads
        return functional.pad(x_NCHW, (left, right, top, bottom), value=self.value)

    def extra_repr(self) -> str:
        """The sides that get something, for ``print(model)``."""
        sides = ", ".join(f"{side}={n}" for side, n in self.pads._asdict().items() if n)
        return f"{sides}, value={self.value:g}"


def both_sides(pads: Pads) -> tuple[int, int] | None:
    """The padding for torch's own argument, or None where only ``Border`` can do it.

    Example:
        >>> both_sides(Pads(1, 1, 2, 2)), both_sides(Pads(0, 1, 0, 1))
        ((1, 2), None)
    """
    fits = pads.symmetric and min(pads) >= 0
    return (pads.top, pads.left) if fits else None
