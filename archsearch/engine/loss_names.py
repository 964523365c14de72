"""What the losses' kernels are called."""

from __future__ import annotations

__all__ = ["signed_loss"]


def signed_loss(word: str) -> str:
    """What the loss ``word`` is called where outputs are in [−1, 1], and targets in [0, 1]."""
    return f"signed_{word}"
