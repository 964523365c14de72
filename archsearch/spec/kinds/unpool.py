"""``unpool``: values put back to where a max pool found them."""

from __future__ import annotations

from dataclasses import dataclass

from archsearch.spec.kinds.kind import Join
from archsearch.spec.kinds.pool import Pool
from archsearch.spec.kinds.rule import JoinInput, JoinOp, Problem, ShapeResult
from archsearch.spec.shape import Pads, Pair, Shape

__all__ = ["UNPOOL", "Unpool"]


@dataclass(frozen=True, slots=True)
class Unpool(JoinOp):
    """Each value to the place of its maximum, zeros elsewhere.

    ``pool`` is the index of the max pool; ``size`` is that of its padded input, from which
    ``pads`` are cropped (Zeiler, Taylor and Fergus 2011; Badrinarayanan et al. 2015, arXiv
    1511.00561).
    """

    pool: int
    kernel: Pair
    stride: Pair
    size: Pair
    pads: Pads

    @property
    def sources(self) -> tuple[int, ...]:
        """The places of the pool's maxima."""
        return (-self.pool,)


def _rule(given: JoinInput) -> ShapeResult:
    current, pooled = given.shapes
    pool = -given.sources[0]
    op, input = given.origin or (None, current)
    if not isinstance(op, Pool):
        return _refused(pool, current, _NO_POOL)
    output = Shape(current.channels, input.height, input.width)
    padded = not op.pads.symmetric  # otherwise torch's places are those of the bare picture
    pads = op.pads if padded else Pads()
    size = Pair(input.height + pads.top + pads.bottom, input.width + pads.left + pads.right)
    return ShapeResult(
        op=Unpool(pool, op.kernel, op.stride, size, pads),
        output=output,
        formula=f"{current} → {output}",
        jump=(1 / op.stride.height, 1 / op.stride.width),
        problems=_problems(op, current, pooled),
    )


_NO_POOL = Problem(
    "not-unpoolable",
    "unpool takes the name of a max pool",
    help="give the pool a name, `- pool: {}` with `name: p1` below it, and write `unpool: p1`",
    concerns="layer",
)


def _refused(pool: int, current: Shape, problem: Problem) -> ShapeResult:
    op = Unpool(pool, Pair(1, 1), Pair(1, 1), Pair(1, 1), Pads())
    return ShapeResult(op, current, "", problems=(problem,))


def _problems(op: Pool, current: Shape, pooled: Shape) -> tuple[Problem, ...]:
    if op.mode != "max":
        return (_NO_POOL,)
    if any(kernel > stride for kernel, stride in zip(op.kernel, op.stride, strict=True)):
        return (
            Problem(
                "not-unpoolable",
                "unpool can't undo a pool whose windows overlap",
                label=f"its kernel {op.kernel} is larger than its stride {op.stride}: two maxima "
                "may have one place",
                help="give the pool a stride of its kernel's size",
                concerns="layer",
            ),
        )
    if current != pooled:
        return (
            Problem(
                "not-unpoolable",
                f"unpool needs the pool's shape {pooled}, and this is {current}",
                help="bring the tensor to the pool's channels, height and width first",
                concerns="channels" if current.channels != pooled.channels else "size",
            ),
        )
    return ()


UNPOOL = Join(
    name="unpool",
    doc="Each value put back to where the max pool of that name found its maximum, zeros "
    "elsewhere. The places are as many numbers as the pool gave; past the latent they leak.",
    rule=_rule,
    module="archsearch.nn.unpool:unpool",
    resampling="up",
    shape="the pool's input size; C stays",
    example="unpool: p1",
    synonyms=dict.fromkeys(("maxunpool2d", "max_unpool", "maxunpool"), "unpool: p1"),
)
