"""With which numbers a training step computes; losses and all measures stay float32."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import torch
from torch import backends

from archsearch.config.settings import Precision
from archsearch.errors import InputError

__all__ = ["casts", "check_precision", "products"]

_AMPERE = 8
"""Major compute capability from which a GPU has TF32 and bf16."""


def check_precision(precision: Precision, device: torch.device | str) -> None:
    """See that ``device`` computes fast with ``precision``, where that isn't float32.

    Processors without instructions for bf16 emulate it, up to a hundred times slower
    than float32; so it is refused there instead of being allowed to crawl.

    Raises:
        InputError: it doesn't.

    Example:
        >>> check_precision("float32", "cpu")
    """
    device = torch.device(device)
    if precision == "float32":
        return
    if device.type == "cuda":
        fit = torch.cuda.get_device_capability(device)[0] >= _AMPERE
    else:
        fit = precision == "bf16" and device.type == "cpu" and _bf16_instructions()
    if not fit:
        raise InputError(
            f"train.precision is {precision}, which {_named(device)} doesn't support",
            help="use train.precision=float32, or train with --device cuda on a GPU "
            "of compute capability 8.0 or more",
        )


@contextmanager
def products(precision: Precision, device: torch.device) -> Iterator[None]:
    """Multiply with ``precision`` inside; torch's own settings are as before after that.

    float32 is IEEE float32, also where torch would use TF32 by itself (cuDNN's default);
    tf32 rounds the factors of products to 10 bits of mantissa and adds in float32.
    """
    if device.type != "cuda":
        yield
        return
    convolutions = backends.cudnn.conv  # type: ignore[attr-defined]
    parts = (backends.cuda.matmul, convolutions)
    before = [part.fp32_precision for part in parts]
    try:
        for part in parts:
            part.fp32_precision = "tf32" if precision == "tf32" else "ieee"
        yield
    finally:
        for part, mode in zip(parts, before, strict=True):
            part.fp32_precision = mode


def casts(
    precision: Precision, device: torch.device, *, recorded: bool = False
) -> AbstractContextManager[object]:
    """For bf16, torch's autocast: a forward pass inside computes with it, weights stay float32.

    Args:
        precision: of the training.
        device: that computes.
        recorded: inside a CUDA graph, where casts of weights can't be kept between calls.
    """
    if precision != "bf16":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16, cache_enabled=not recorded)


def _named(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return "this processor" if device.type == "cpu" else "Apple's GPU"


def _bf16_instructions() -> bool:
    """Whether the processor multiplies bf16: AVX-512 BF16, AMX, or Arm's; as Linux tells."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    words = set(text.split())
    return bool(words & {"avx512_bf16", "amx_bf16", "bf16"})
