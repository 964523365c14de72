"""``channel_shuffle``: channels of different groups side by side."""

from __future__ import annotations

from dataclasses import dataclass

from archsearch.spec.kinds.fields import REQUIRED, Field, Whole
from archsearch.spec.kinds.kind import Kind
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values
from archsearch.spec.shape import Shape

__all__ = ["CHANNEL_SHUFFLE", "ChannelShuffle"]


@dataclass(frozen=True, slots=True)
class ChannelShuffle(Op):
    """Channel g·(C/groups) + i goes to i·groups + g (Zhang et al. 2018, arXiv 1707.01083)."""

    groups: int


def _rule(values: Values, shape: Shape) -> ShapeResult:
    groups = values.whole("groups")
    over = shape.channels % groups
    problem = Problem(
        "groups-dont-divide",
        f"channel_shuffle can't split {shape.channels} channels into {groups} groups",
        field="groups",
        label=f"{shape.channels} / {groups} leaves {over}",
        help="use the groups of the convolution before it",
        concerns="channels",
    )
    return ShapeResult(
        op=ChannelShuffle(groups),
        output=shape,
        formula=f"{shape} unchanged",
        problems=(problem,) if over else (),
    )


CHANNEL_SHUFFLE = Kind(
    name="channel_shuffle",
    doc="The channels in another order: the first of each group, then the second of each, and so "
    "on. A convolution with groups after it then sees channels of all groups (Zhang et al. 2018).",
    fields=(Field("groups", Whole(1), REQUIRED, "Groups of channels to mix."),),
    rule=_rule,
    module="archsearch.nn.channel_shuffle:channel_shuffle",
    mirror="dropped",
    shape="unchanged",
    example="channel_shuffle: {groups: 4}",
)
