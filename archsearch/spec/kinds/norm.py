"""``norm``: a normalization as a layer of its own; and what norms of convolutions share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from archsearch.spec.kinds.fields import REQUIRED, Field, Word
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values
from archsearch.spec.shape import Shape

__all__ = ["NORM", "NORM_GROUPS", "Norm", "NormName", "norm_params", "norm_problems"]

NormName = Literal["none", "batch", "layer", "group"]

NORM_GROUPS = 8
"""Groups of channels that ``norm: group`` normalizes, each by itself."""


@dataclass(frozen=True, slots=True)
class Norm(Op):
    """A normalization on its own."""

    norm: NormName


def norm_params(norm: str, channels: int) -> int:
    """Trained numbers of a norm: a scale and a shift per channel."""
    return 0 if norm == "none" else 2 * channels


def norm_problems(
    norm: str, channels: int, concerns: Literal["channels", "layer"] = "layer"
) -> tuple[Problem, ...]:
    """``group`` needs channels that eight groups can share."""
    if norm != "group" or channels % NORM_GROUPS == 0:
        return ()
    return (
        Problem(
            "groups-dont-divide",
            f"norm: group can't split {channels} channels into {NORM_GROUPS} groups",
            field="norm",
            label=f"{channels} / {NORM_GROUPS} leaves {channels % NORM_GROUPS}",
            help=f"use a multiple of {NORM_GROUPS} channels, or norm: layer",
            concerns=concerns,
        ),
    )


def _rule(values: Values, shape: Shape) -> ShapeResult:
    norm = cast(NormName, values.word("norm"))
    return ShapeResult(
        op=Norm(norm),
        output=shape,
        formula=f"{shape} unchanged",
        params=norm_params(norm, shape.channels),
        problems=norm_problems(norm, shape.channels, "channels"),
    )


NORM = Kind(
    name="norm",
    doc="A normalization on its own: batch, layer (one group) or group (8 groups).",
    fields=(Field("norm", Word(get_args(NormName)), REQUIRED, "Which normalization."),),
    rule=_rule,
    module="archsearch.nn.norm:norm_layer",
    steps="archsearch.nn.norm:steps",
    shape="unchanged",
    example="norm: batch",
    scalar=True,
    mirror="repeated",
    synonyms={
        "batchnorm": "norm: batch",
        "batch_norm": "norm: batch",
        "batchnorm2d": "norm: batch",
        "groupnorm": "norm: group",
        "layernorm": "norm: layer",
    },
)
