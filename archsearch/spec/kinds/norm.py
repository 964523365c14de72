"""``norm``: a normalization as a layer of its own; and what norms of convolutions share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from archsearch.spec.kinds.fields import REQUIRED, Field, Numbered
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.numbered import NumberOf, WordOrNumbered, number_of
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values
from archsearch.spec.shape import Shape

__all__ = ["NORM", "Norm", "NormName", "NormType", "norm_groups", "norm_params", "norm_problems"]

NormName = Literal["none", "batch", "layer", "group", "instance"]

_NUMBERS = (NumberOf("group", 8, "groups of channels, each normalized by itself", integer=True),)

NormType = WordOrNumbered(get_args(NormName), _NUMBERS)
"""How a field for a norm is read."""


@dataclass(frozen=True, slots=True)
class Norm(Op):
    """A normalization on its own."""

    norm: str | Numbered


def norm_params(norm: str | Numbered, channels: int) -> int:
    """Trained numbers of a norm: a scale and a shift per channel."""
    return 0 if norm == "none" else 2 * channels


def norm_groups(norm: str | Numbered) -> int | None:
    """Groups of channels that ``group`` normalizes, each by itself; None for other norms."""
    groups = number_of(norm, _NUMBERS)
    return None if groups is None else int(groups)


def norm_problems(
    norm: str | Numbered, output: Shape, concerns: Literal["channels", "layer"] = "layer"
) -> tuple[Problem, ...]:
    """``group`` needs channels that its groups can share, ``instance`` more than one pixel."""
    if norm == "none":  # by far the most
        return ()
    channels, groups = output.channels, norm_groups(norm)
    if norm == "instance" and output.height * output.width == 1:
        return (
            Problem(
                "norm-of-one",
                "norm: instance over one pixel would give 0 everywhere",
                field="norm",
                label=f"each channel of {output} is one number",
                help="use norm: batch or norm: layer here",
            ),
        )
    if groups is None or channels % groups == 0:
        return ()
    return (
        Problem(
            "groups-dont-divide",
            f"norm: group can't split {channels} channels into {groups} groups",
            field="norm",
            label=f"{channels} / {groups} leaves {channels % groups}",
            help=f"use a multiple of {groups} channels, norm: {{group: {_divisor(channels)}}}, "
            "or norm: layer",
            concerns=concerns,
        ),
    )


def _divisor(channels: int) -> int:
    """The largest number of groups up to eight that divides the channels."""
    return next(groups for groups in range(8, 0, -1) if channels % groups == 0)


def _rule(values: Values, shape: Shape) -> ShapeResult:
    norm = values.word_or_numbered("norm")
    return ShapeResult(
        op=Norm(norm),
        output=shape,
        formula=f"{shape} unchanged",
        params=norm_params(norm, shape.channels),
        problems=norm_problems(norm, shape, "channels"),
    )


NORM = Kind(
    name="norm",
    doc="A normalization on its own: batch, layer (one group of channels), group (8 groups, or as "
    "many as its number says) or instance (each channel by itself).",
    fields=(Field("norm", NormType, REQUIRED, "Which normalization."),),
    rule=_rule,
    module="archsearch.nn.norm:norm_layer",
    steps="archsearch.nn.norm:steps",
    shape="unchanged",
    example="norm: batch",
    scalar=True,
    for_vector="give the dense layer its norm: `dense: {size: 64, norm: batch}`",
    mirror="repeated",
    synonyms={
        "batchnorm": "norm: batch",
        "batch_norm": "norm: batch",
        "batchnorm2d": "norm: batch",
        "groupnorm": "norm: group",
        "layernorm": "norm: layer",
        "instancenorm": "norm: instance",
        "instancenorm2d": "norm: instance",
    },
)
