"""A convolution of few channels that computes two neighbouring columns at once.

Processors compute 8 or 16 channels of a pixel in one go, however few there are. Columns
2q and 2q+1 of the result, side by side as channels, are one convolution with stride 2
along columns and one tap more: the kernel for the second lies one tap to the right. A
kernel of 3 taps then costs 4 instead of 6. In memory that has channels fastest, the
result is the usual one, number by number, so taking it apart again costs nothing.

It pays where no gradient of the input is asked for, that is in the first layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from archsearch.nn.rewrite.steps import Convolve, Step

__all__ = ["PackedConvolve", "Unpack"]

COLUMNS = 2


@dataclass(frozen=True)
class PackedConvolve(Step):
    """``plain``, two columns at once; left to it where that doesn't pay or doesn't come out even.

    Shape:
        N×C×H×W → N×(2·C')×H'×(W'/2), or N×C'×H'×W'
    """

    plain: Convolve

    @property
    def fresh(self) -> bool:
        """Its backward reads input and weight only."""
        return True

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Pad and convolve."""
        conv, (top, bottom, left, right) = self.plain.conv, self.plain.pads
        width = x.shape[3] + left + right - conv.kernel_size[1] + 1
        if x.requires_grad or x.device.type != "cpu" or width % COLUMNS:
            return self.plain(x, kept)
        weight = torch.cat(
            [functional.pad(conv.weight, (0, 1)), functional.pad(conv.weight, (1, 0))]
        )
        bias = None if conv.bias is None else conv.bias.repeat(COLUMNS)
        if top != bottom or left != right:
            x, top, left = functional.pad(x, (left, right, top, bottom)), 0, 0
        return functional.conv2d(x, weight, bias, stride=(1, COLUMNS), padding=(top, left))


@dataclass(frozen=True)
class Unpack(Step):
    """Two columns as channels → the columns: a view.

    Shape:
        N×(2·C)×H×(W/2) → N×C×H×W; N×C×H×W as it is.
    """

    conv: nn.Conv2d

    def __call__(self, x: Tensor, kept: dict[int, Tensor]) -> Tensor:
        """Take them apart."""
        count, channels, height, width = x.shape
        if channels == self.conv.out_channels:
            return x
        x_NHWC = x.contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1)
        return x_NHWC.reshape(count, height, width * COLUMNS, channels // COLUMNS).permute(
            0, 3, 1, 2
        )
