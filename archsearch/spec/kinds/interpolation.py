"""What layers share that give a picture another size: how new pixels get values."""

from __future__ import annotations

from typing import Literal, get_args

from archsearch.spec.kinds.fields import Field, Flag, Word
from archsearch.spec.kinds.rule import Problem

__all__ = ["Interpolation", "corner_problems", "interpolation_fields"]

Interpolation = Literal["nearest", "bilinear", "bicubic"]


def interpolation_fields() -> tuple[Field, ...]:
    """The fields that upsample and resize share."""
    return (
        Field("mode", Word(get_args(Interpolation)), "nearest", "How new pixels get values."),
        Field(
            "align_corners",
            Flag(),
            False,
            "Whether corner pixels keep their values; otherwise pixels are areas, not points.",
        ),
    )


def corner_problems(kind: str, mode: str, align_corners: bool) -> tuple[Problem, ...]:
    """Nearest takes pixels as they are, so there is nothing to align."""
    if not align_corners or mode != "nearest":
        return ()
    return (
        Problem(
            "value-not-allowed",
            f"`align_corners: true` is not allowed in {kind} with `mode: nearest`",
            field="align_corners",
            help="add `mode: bilinear` or `mode: bicubic`",
            concerns="layer",
        ),
    )
