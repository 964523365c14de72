"""What brings a net's output to the picture's size, found by trying small changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.rule import ONE, Op
from archsearch.spec.shape import Pads, Shape
from archsearch.spec.size import effective_kernel

__all__ = ["size_help"]


def size_help(got: Shape, wanted: Shape, last: Op, fits: Callable[[Shape], bool]) -> str:
    """What to change where the decoder ends with another size.

    Args:
        got: what the last layer gives.
        wanted: the picture.
        last: what the last layer does.
        fits: whether the net gives a picture of some size back as it is.
    """
    if got.vector:
        return f"end with `dense: {{shape: [{wanted.channels}, {wanted.height}, {wanted.width}]}}`"
    factor = _by_a_factor(got, wanted)
    return factor or ", or ".join(_small_changes(got, wanted, last, fits))


def _by_a_factor(got: Shape, wanted: Shape) -> str:
    tall, over = divmod(wanted.height, got.height)
    wide, over_wide = divmod(wanted.width, got.width)
    if over == over_wide == 0:
        scale = str(tall) if tall == wide else f"[{tall}, {wide}]"
        return f"add `- upsample: {{scale: {scale}}}` before it, or shrink less on the way"
    tall, over = divmod(got.height, wanted.height)
    wide, over_wide = divmod(got.width, wanted.width)
    if over == over_wide == 0 and tall == wide:
        return f"enlarge {tall} times less, or shrink {tall} times more on the way"
    return ""


def _small_changes(
    got: Shape, wanted: Shape, last: Op, fits: Callable[[Shape], bool]
) -> Iterator[str]:
    size = f"{wanted.height}×{wanted.width}"
    if isinstance(last, Conv) and _without_padding(last, got) == (wanted.height, wanted.width):
        yield f"write `padding: valid` on this conv, which gives {size} exactly"
    if fits(got):
        yield f"name {got.height}×{got.width} as input, which this net gives back"
    if got.height >= wanted.height and got.width >= wanted.width:
        yield "add `- crop: {to: input}` behind it"
    elif got.height <= wanted.height and got.width <= wanted.width:
        yield "use `padding: same` where sizes should stay"
        yield "add `- pad: {to: input}` behind it"
    else:
        yield f"add `- resize: {{size: [{wanted.height}, {wanted.width}]}}` behind it"


def _without_padding(op: Conv, got: Shape) -> tuple[int, int] | None:
    """Height and width that a conv of stride 1 would give without its padding."""
    if op.stride != ONE or op.pads == Pads():
        return None
    rows, columns = (effective_kernel(k, d) for k, d in zip(op.kernel, op.dilation, strict=True))
    same = op.pads.top + op.pads.bottom == rows - 1 and op.pads.left + op.pads.right == columns - 1
    return (got.height - rows + 1, got.width - columns + 1) if same else None
