"""A layer kind: squeeze-and-excitation (Hu, Shen and Sun 2018, arXiv 1709.01507).

Each channel is weighted by a number between 0 and 1 that follows from the means of all
channels, through a bottleneck of C/r numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from archsearch.spec import Field, Kind, Op, Problem, Shape, ShapeResult, Values, Whole

__all__ = ["SQUEEZE_EXCITE", "SqueezeExcite"]


@dataclass(frozen=True, slots=True)
class SqueezeExcite(Op):
    """C×H×W → C×H×W, through ``squeezed`` numbers."""

    squeezed: int


def rule(values: Values, shape: Shape) -> ShapeResult:
    """Say what comes out, and what it costs."""
    squeezed, left = divmod(shape.channels, values.whole("reduction"))
    problem = Problem(
        "groups-dont-divide",
        f"squeeze_excite can't divide {shape.channels} channels by {values.whole('reduction')}",
        field="reduction",
        label=f"leaves {left}",
        help="use a reduction that divides the channels that come in",
        concerns="channels",
    )
    weights = 2 * shape.channels * max(1, squeezed)
    return ShapeResult(
        op=SqueezeExcite(max(1, squeezed)),
        output=shape,
        formula=f"{shape} unchanged",
        params=weights + max(1, squeezed) + shape.channels,
        macs=weights,
        sees_all=True,
        problems=(problem,) if left or not squeezed else (),
    )


def written(op: SqueezeExcite, shape: Shape) -> dict[str, int]:
    """Say which fields give this op again."""
    return {"reduction": shape.channels // op.squeezed}


SQUEEZE_EXCITE = Kind(
    name="squeeze_excite",
    doc="Each channel times a number in (0, 1) that follows from the means of all channels.",
    fields=(Field("reduction", Whole(1), 4, "C/reduction numbers are squeezed through."),),
    rule=rule,
    module="archsearch_example.tensors:squeeze_excite",
    written=written,
    mirror="dropped",
    shape="unchanged",
    example="squeeze_excite: {reduction: 4}",
)
