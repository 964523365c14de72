"""The layer kinds, one file each (norm, activation and dropout share one)."""

from archsearch.spec.kinds.conv import CONV
from archsearch.spec.kinds.conv_transpose import CONV_TRANSPOSE
from archsearch.spec.kinds.dense import DENSE
from archsearch.spec.kinds.kind import Kind, Problem, Step, Values
from archsearch.spec.kinds.pixel_shuffle import PIXEL_SHUFFLE
from archsearch.spec.kinds.pointwise import ACTIVATION, DROPOUT, NORM
from archsearch.spec.kinds.pool import POOL
from archsearch.spec.kinds.upsample import UPSAMPLE

__all__ = ["KINDS", "Kind", "Problem", "Step", "Values"]

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        CONV,
        CONV_TRANSPOSE,
        POOL,
        UPSAMPLE,
        PIXEL_SHUFFLE,
        DENSE,
        NORM,
        ACTIVATION,
        DROPOUT,
    )
}
