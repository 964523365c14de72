"""Borders that differ between two sides, which torch's own ops can't add."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from archsearch.spec.kinds.pad_crop import Crop, Pad
from archsearch.spec.shape import Pads, Shape

__all__ = ["Border", "both_sides", "crop", "pad"]


class Border(nn.Module):
    """Add rows and columns on each side; negative pads crop.

    What is added is ``value``, or taken from the picture as ``mode`` says, one of those of
    ``torch.nn.functional.pad``.

    Shape:
        N×C×H×W → N×C×(H + top + bottom)×(W + left + right)
    """

    def __init__(self, pads: Pads, value: float = 0.0, mode: str = "constant") -> None:
        super().__init__()
        self.pads = pads
        self.value = value
        self.mode = mode

    def forward(self, x_NCHW: Tensor) -> Tensor:
        """Give ``x`` with its border."""
        top, bottom, left, right = self.pads
        sides = (left, right, top, bottom)
        if self.mode != "constant":
            return functional.pad(x_NCHW, sides, mode=self.mode)
        return functional.pad(x_NCHW, sides, value=self.value)

    def extra_repr(self) -> str:
        """The sides that get something, for ``print(model)``."""
        sides = ", ".join(f"{side}={n}" for side, n in self.pads._asdict().items() if n)
        filled = f"value={self.value:g}" if self.mode == "constant" else f"mode={self.mode}"
        return f"{sides}, {filled}"


def both_sides(pads: Pads) -> tuple[int, int] | None:
    """The padding for torch's own argument, or None where only ``Border`` can do it.

    Example:
        >>> both_sides(Pads(1, 1, 2, 2)), both_sides(Pads(0, 1, 0, 1))
        ((1, 2), None)
    """
    fits = pads.symmetric and min(pads) >= 0
    return (pads.top, pads.left) if fits else None


def pad(op: Pad, input: Shape) -> nn.Module:
    """Build ``op``; it has no parameters."""
    return Border(op.pads)


def crop(op: Crop, input: Shape) -> nn.Module:
    """Build ``op``; it has no parameters."""
    return Border(-op.pads)
