"""What training can minimize: every loss, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from archsearch.extensions import Catalogue, Reference

__all__ = ["LOSSES", "LossKind", "OutputRule"]


@dataclass(frozen=True)
class OutputRule:
    """What a loss asks of the net's last layer.

    Attributes:
        activations: that the layer may have, as specs write them.
        why: as the start of a sentence's second half, e.g. ``bce needs outputs between 0 and 1``.
    """

    activations: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class LossKind:
    """A loss of the net's output against the target.

    Attributes:
        name: as files write it after ``train.loss``.
        function: (output, target), tensors of one shape → mean over the batch, a scalar
            with gradients. The output is unclamped; the target lies in [0, 1].
        output: what it asks of the last layer; None if nothing.
        squared_error: it is the mean squared error, by which nets are compared. Then it
            isn't measured a second time where the output itself is the picture.
    """

    group: ClassVar[str] = "losses"

    name: str
    function: Reference
    output: OutputRule | None = None
    squared_error: bool = False


LOSSES: Catalogue[LossKind] = Catalogue(
    LossKind,
    "loss",
    (
        LossKind("mse", "archsearch.tasks.losses:squared_error", squared_error=True),
        LossKind("l1", "archsearch.tasks.losses:absolute_error"),
        LossKind("huber", "archsearch.tasks.losses:huber"),
        LossKind(
            "bce",
            "archsearch.tasks.losses:cross_entropy",
            output=OutputRule(("sigmoid",), "bce needs outputs between 0 and 1"),
        ),
    ),
)
"""By name, in the order of their listing."""
