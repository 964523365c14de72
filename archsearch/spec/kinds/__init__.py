"""The layer kinds, one file each."""

from archsearch.spec.kinds.conv import CONV
from archsearch.spec.kinds.kind import Kind, Problem, Step, Values
from archsearch.spec.kinds.pool import POOL
from archsearch.spec.kinds.upsample import UPSAMPLE

__all__ = ["KINDS", "Kind", "Problem", "Step", "Values"]

KINDS: dict[str, Kind] = {kind.name: kind for kind in (CONV, POOL, UPSAMPLE)}
