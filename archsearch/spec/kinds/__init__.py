"""The layer kinds and joins: a file each, with one record that declares it."""

from collections.abc import Mapping

from archsearch.extensions import Catalogue
from archsearch.spec.kinds.activation import ACTIVATION
from archsearch.spec.kinds.channel_shuffle import CHANNEL_SHUFFLE
from archsearch.spec.kinds.conv import CONV
from archsearch.spec.kinds.conv_transpose import CONV_TRANSPOSE
from archsearch.spec.kinds.dense import DENSE
from archsearch.spec.kinds.dropout import DROPOUT
from archsearch.spec.kinds.joins import ADD, CONCAT
from archsearch.spec.kinds.kind import Join, Kind, LayerType
from archsearch.spec.kinds.norm import NORM
from archsearch.spec.kinds.pad_crop import CROP, PAD
from archsearch.spec.kinds.parallel import PARALLEL
from archsearch.spec.kinds.pixel_shuffle import PIXEL_SHUFFLE
from archsearch.spec.kinds.pool import POOL
from archsearch.spec.kinds.residual import RESIDUAL
from archsearch.spec.kinds.resize import RESIZE
from archsearch.spec.kinds.rule import Op, Problem, ShapeResult, Values
from archsearch.spec.kinds.unpool import UNPOOL
from archsearch.spec.kinds.upsample import UPSAMPLE

__all__ = [
    "JOINS",
    "KINDS",
    "Join",
    "Kind",
    "LayerType",
    "Op",
    "Problem",
    "ShapeResult",
    "Values",
]

KINDS = Catalogue(
    Kind,
    "layer kind",
    (
        CONV,
        CONV_TRANSPOSE,
        POOL,
        UPSAMPLE,
        RESIZE,
        PAD,
        CROP,
        PIXEL_SHUFFLE,
        CHANNEL_SHUFFLE,
        DENSE,
        NORM,
        ACTIVATION,
        DROPOUT,
    ),
)
"""Archsearch's own kinds, those passed with ``archsearch.extended``, and those of packages."""

JOINS: Mapping[str, Join] = {join.name: join for join in (CONCAT, ADD, UNPOOL, RESIDUAL, PARALLEL)}
"""The layers that read several tensors."""
