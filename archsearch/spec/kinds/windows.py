"""What conv and pool share: windows laid over a padded picture."""

from __future__ import annotations

from dataclasses import dataclass

from archsearch.spec.kinds.borders import pads_of
from archsearch.spec.kinds.fields import FieldValue
from archsearch.spec.kinds.rule import Problem, area_formula
from archsearch.spec.shape import Pads, Pair, Shape
from archsearch.spec.size import effective_kernel, lost_rows, same_padding, window_count

__all__ = ["Axis", "Windows", "lay_windows", "written_padding"]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a windowed layer, all numbers known."""

    name: str
    size: int
    spanned: int
    stride: int
    before: int
    after: int
    kernel: int
    dilation: int

    @property
    def windows(self) -> int:
        """Rows that come out; below 1 the window doesn't fit."""
        return window_count(self.size, self.spanned, self.before + self.after, self.stride)

    @property
    def lost(self) -> int:
        """Rows at the end that no window sees."""
        return lost_rows(self.size, self.spanned, self.before, self.after, self.stride)

    @property
    def formula(self) -> str:
        """``(32 − 3 + 2·1)/1 + 1``, with ⌊ ⌋ where the division isn't exact."""
        padding = self.before + self.after
        shown = f"2·{self.before}" if self.before == self.after else str(padding)
        inner = f"({self.size} − {self.spanned} + {shown})/{self.stride}"
        inexact = (self.size - self.spanned + padding) % self.stride
        return f"⌊{inner}⌋ + 1" if inexact else f"{inner} + 1"


@dataclass(frozen=True, slots=True)
class Windows:
    """Both axes, with what is wrong with them."""

    height: Axis
    width: Axis
    problems: tuple[Problem, ...]

    @property
    def pads(self) -> Pads:
        """Padding of all four sides."""
        return Pads(self.height.before, self.height.after, self.width.before, self.width.after)

    @property
    def spanned(self) -> Pair:
        """K_eff of both axes."""
        return Pair(self.height.spanned, self.width.spanned)

    def output(self, channels: int) -> Shape:
        """The shape that comes out; where a window doesn't fit, 1 as a guess."""
        return Shape(channels, max(1, self.height.windows), max(1, self.width.windows))

    def formula(self, channels: int) -> str:
        """The course formula ((W − K + 2P)/S + 1)²·C with the numbers filled in."""
        area = area_formula(self.height.formula, self.width.formula)
        return f"{area}·{channels} = {self.output(channels).elements}"


def lay_windows(
    kind: str, shape: Shape, kernel: Pair, stride: Pair, dilation: Pair, padding: FieldValue
) -> Windows:
    """Lay the windows of a conv or pool over ``shape``.

    Args:
        kind: the layer's kind, for messages.
        shape: the input.
        kernel: rows and columns of the window.
        stride: steps between windows.
        dilation: distance between a kernel's rows.
        padding: ``same``, ``valid``, or rows per side.

    Returns:
        Both axes. Problems: ``shape-nonpositive`` where the window is larger
        than the padded input, ``rows-lost`` where a remainder is dropped.
    """
    axes = tuple(
        _axis(name, size, (k, d, s), padding, i)
        for i, (name, size, k, s, d) in enumerate(
            zip(
                ("high", "wide"), (shape.height, shape.width), kernel, stride, dilation, strict=True
            )
        )
    )
    height, width = axes
    problems = (*_nonpositive(kind, height, width), *_lost(kind, height, width, padding))
    return Windows(height, width, problems)


def written_padding(
    input: Shape, pads: Pads, kernel: Pair, stride: Pair, dilation: Pair
) -> FieldValue:
    """``padding`` that gives these pads: ``same``, where that does, else rows per side."""
    axes = zip((input.height, input.width), kernel, dilation, stride, strict=True)
    height, width = (same_padding(size, effective_kernel(k, d), s) for size, k, d, s in axes)
    if Pads(*height, *width) == pads:
        return "same"
    return Pair(pads.top, pads.left) if pads.symmetric else pads


def _axis(
    name: str, size: int, window: tuple[int, int, int], padding: FieldValue, place: int
) -> Axis:
    kernel, dilation, stride = window
    spanned = effective_kernel(kernel, dilation)
    if padding == "same":
        before, after = same_padding(size, spanned, stride)
    else:
        before, after = (pads_of(padding) or Pads())[2 * place : 2 * place + 2]
    return Axis(name, size, spanned, stride, before, after, kernel, dilation)


def _nonpositive(kind: str, height: Axis, width: Axis) -> tuple[Problem, ...]:
    bad = [axis for axis in (width, height) if axis.windows < 1]
    if not bad:
        return ()
    axis = bad[0]
    sizes = f"{max(0, height.windows)}×{max(0, width.windows)}"
    short = axis.spanned - axis.size - axis.before - axis.after
    padding = axis.before + -(-short // 2)
    room = axis.size + axis.before + axis.after
    kernel = (room - 1) // axis.dilation + 1
    spread = ""
    if axis.dilation > 1:
        spread = f"; the kernel spans {axis.dilation}·({axis.kernel} − 1) + 1 = {axis.spanned} rows"
    return (
        Problem(
            "shape-nonpositive",
            f"{kind} would give a {sizes} output",
            field="dilation" if axis.dilation > 1 else "kernel",
            label=f"input is {axis.size} {axis.name}: {axis.formula} = "
            f"{str(axis.windows).replace('-', '−')}{spread}",
            help=f"use kernel ≤ {kernel}, or padding ≥ {padding}",
        ),
    )


def _lost(kind: str, height: Axis, width: Axis, padding: FieldValue) -> tuple[Problem, ...]:
    problems = []
    for axis in (height, width):
        if axis.windows >= 1 and axis.lost > 0:
            rows = "row" if axis.name == "high" else "column"
            many = "s" if axis.lost > 1 else ""
            both = f" and column{many}" if _alike(height, width) else ""
            problems.append(_lost_on(kind, axis, f"{rows}{many}{both}", padding))
        if problems and _alike(height, width):
            break
    return tuple(problems)


def _alike(height: Axis, width: Axis) -> bool:
    return (height.size, height.spanned, height.stride, height.before, height.after) == (
        width.size,
        width.spanned,
        width.stride,
        width.before,
        width.after,
    )


def _lost_on(kind: str, axis: Axis, rows: str, padding: FieldValue) -> Problem:
    exact = axis.size - axis.lost
    mend = f"an input {exact} {axis.name} is exact"
    if padding != "same" and axis.spanned >= axis.stride:
        mend += ", or padding: same keeps every row"
    return Problem(
        "rows-lost",
        f"{kind} drops the last {axis.lost} {rows}: no window sees them"
        if axis.lost > 1
        else f"{kind} drops the last {rows}: no window sees {'them' if ' and ' in rows else 'it'}",
        field="stride",
        label=f"input is {axis.size} {axis.name}: {axis.formula} = {axis.windows}, "
        f"{axis.lost} left over",
        help=mend,
        severity="warning",
    )
