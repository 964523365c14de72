"""The output-size formulas, for one axis, in whole numbers.

Every formula works on height and width apart. K_eff is the rows a dilated
kernel spans. Sources: Dumoulin & Visin 2016, *A guide to convolution
arithmetic for deep learning* (arXiv 1603.07285); for ``same``, the
convention of Keras and TensorFlow.
"""

from __future__ import annotations

__all__ = [
    "effective_kernel",
    "lost_rows",
    "same_padding",
    "transposed_crop",
    "transposed_size",
    "window_count",
]


def effective_kernel(kernel: int, dilation: int) -> int:
    """Rows from a kernel's first to its last: dilation·(K − 1) + 1.

    Example:
        >>> effective_kernel(3, 2)
        5
    """
    return dilation * (kernel - 1) + 1


def window_count(size: int, spanned: int, padding: int, stride: int) -> int:
    """Places a window fits: ⌊(W − K_eff + P_total)/S⌋ + 1; below 1 it doesn't fit.

    Args:
        size: W, rows of the input.
        spanned: K_eff, rows of the window.
        padding: P_total, rows added on both sides together.
        stride: S, rows from a window to the next.

    Example:
        >>> window_count(32, 3, 2, 1), window_count(32, 2, 0, 2), window_count(8, 9, 0, 1)
        (32, 16, 0)
    """
    return (size - spanned + padding) // stride + 1


def same_padding(size: int, spanned: int, stride: int) -> tuple[int, int]:
    """Padding before and after for ``same``: ⌈W/S⌉ rows come out.

    P_total = max((⌈W/S⌉ − 1)·S + K_eff − W, 0), the smaller half before.

    Example:
        >>> same_padding(32, 3, 1), same_padding(32, 3, 2)
        ((1, 1), (0, 1))
    """
    windows = -(-size // stride)
    total = max((windows - 1) * stride + spanned - size, 0)
    return total // 2, total - total // 2


def lost_rows(size: int, spanned: int, before: int, after: int, stride: int) -> int:
    """Real rows at the end that no window sees: max(0, remainder − padding after).

    Example:
        >>> lost_rows(32, 3, 1, 1, 2), lost_rows(33, 2, 0, 0, 2)
        (0, 1)
    """
    remainder = (size + before + after - spanned) % stride
    return max(0, remainder - after)


def transposed_size(size: int, spanned: int, stride: int) -> int:
    """Rows of a transposed convolution before anything is cropped: (W − 1)·S + K_eff.

    Example:
        >>> transposed_size(16, 3, 2)
        33
    """
    return (size - 1) * stride + spanned


def transposed_crop(
    spanned: int, stride: int, padding: int | None, output_padding: int
) -> tuple[int, int]:
    """Rows to crop before and after; negative numbers are appended.

    With ``padding`` P the output has (W − 1)·S − 2P + K_eff + output_padding
    rows. With None (``same``) it has W·S: P_total = K_eff − S +
    output_padding, the smaller half cropped before.

    Example:
        >>> transposed_crop(3, 2, 1, 1), transposed_crop(3, 2, None, 0), transposed_crop(1, 2, 0, 1)
        ((1, 0), (0, 1), (0, -1))
    """
    if padding is not None:
        return padding, padding - output_padding
    total = spanned - stride + output_padding
    before = max(total, 0) // 2
    return before, total - before - output_padding
