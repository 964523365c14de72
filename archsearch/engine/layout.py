"""Where tensors lie: [channel][row][column][lane], with rows and columns of zeros around them.

Tensors of one height and width have the same borders, so that a kernel goes through several of
them with the same steps. Borders are zero from the start and nobody writes them, so memory is
shared only among tensors of one height and width, between the last use of one and the first of
another; the first operation that writes a tensor writes all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["Buffer", "Layout", "Size", "laid_out"]

Size = tuple[int, int, bool]
"""Height, width, and whether there is a border."""


@dataclass(frozen=True, eq=False)
class Buffer:
    """A tensor's memory for one block of pictures.

    Attributes:
        channels: its channels.
        height: rows, without the border.
        width: columns, without the border.
        bordered: whether it may have a border.
    """

    channels: int
    height: int
    width: int
    bordered: bool = True

    @cached_property
    def size(self) -> Size:
        """What tensors that lie alike have in common."""
        return self.height, self.width, self.bordered


@dataclass
class _Border:
    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def grow(self, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        self.top, self.bottom = max(self.top, rows[0]), max(self.bottom, rows[1])
        self.left, self.right = max(self.left, columns[0]), max(self.right, columns[1])


@dataclass
class Layout:
    """Addresses in the arena, counted in numbers.

    Attributes:
        lanes: pictures in a vector.
        numbers: the arena's size.
    """

    lanes: int
    numbers: int = 0
    _borders: dict[Size, _Border] = field(default_factory=dict, repr=False)
    _starts: dict[Buffer, int] = field(default_factory=dict, repr=False)

    def row(self, buffer: Buffer) -> int:
        """The distance of a row and the next."""
        border = self._borders[buffer.size]
        return (buffer.width + border.left + border.right) * self.lanes

    def channel(self, buffer: Buffer) -> int:
        """The distance of a channel and the next."""
        border = self._borders[buffer.size]
        return (buffer.height + border.top + border.bottom) * self.row(buffer)

    def place(self, buffer: Buffer, channel: int = 0, row: int = 0, column: int = 0) -> int:
        """The place of a number's lanes."""
        border = self._borders[buffer.size]
        return (
            self._starts[buffer]
            + channel * self.channel(buffer)
            + (row + border.top) * self.row(buffer)
            + (column + border.left) * self.lanes
        )


Reach = tuple[Buffer, tuple[int, int], tuple[int, int]]
"""How far an operation reads beyond a buffer: rows before and after, columns before and after."""


@dataclass
class _Region:
    """The channels of all tensors of one size, and until when each is taken."""

    busy_until: list[int] = field(default_factory=list)

    def take(self, channels: int, first: int, last: int) -> int:
        """The first channel of a stretch that is free from operation ``first`` on."""
        run = 0
        for channel, until in enumerate(self.busy_until):
            run = run + 1 if until < first else 0
            if run == channels:
                return self._taken(channel - channels + 1, channels, last)
        return self._taken(len(self.busy_until) - run, channels, last)

    def _taken(self, start: int, channels: int, last: int) -> int:
        self.busy_until += [-1] * (start + channels - len(self.busy_until))
        self.busy_until[start : start + channels] = [last] * channels
        return start


def laid_out(lanes: int, uses: Sequence[Iterable[Buffer]], reaches: Iterable[Reach]) -> Layout:
    """Give every buffer its place.

    Args:
        lanes: pictures in a vector.
        uses: the buffers that each operation reads or writes, in order.
        reaches: how far operations read beyond them.
    """
    layout = Layout(lanes)
    spans: dict[Buffer, tuple[int, int]] = {}
    for at, buffers in enumerate(uses):
        for buffer in buffers:
            spans[buffer] = (spans.get(buffer, (at, at))[0], at)
    for buffer in spans:
        layout._borders.setdefault(buffer.size, _Border())
    for buffer, rows, columns in reaches:
        layout._borders[buffer.size].grow(rows, columns)
    regions: dict[Size, _Region] = {}
    channels: dict[Buffer, int] = {}
    for buffer, (first, last) in sorted(spans.items(), key=lambda item: item[1][0]):
        region = regions.setdefault(buffer.size, _Region())
        channels[buffer] = region.take(buffer.channels, first, last)
    _place(layout, regions, channels)
    return layout


def _place(layout: Layout, regions: Mapping[Size, _Region], channels: Mapping[Buffer, int]) -> None:
    """One region of the arena for each size."""
    starts: dict[Size, int] = {}
    for size, region in regions.items():
        starts[size] = layout.numbers
        of_one = next(buffer for buffer in channels if buffer.size == size)
        layout.numbers += len(region.busy_until) * layout.channel(of_one)
    for buffer, channel in channels.items():
        layout._starts[buffer] = starts[buffer.size] + channel * layout.channel(buffer)
