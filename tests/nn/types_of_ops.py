"""Which kind or join each op belongs to, for plans made by hand."""

from collections.abc import Mapping

from archsearch.spec.kinds import JOINS, KINDS, LayerType, Op
from archsearch.spec.kinds.activation import Activation
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.kinds.conv_transpose import ConvTranspose
from archsearch.spec.kinds.dense import Dense
from archsearch.spec.kinds.dropout import Dropout
from archsearch.spec.kinds.joins import Add, Concat
from archsearch.spec.kinds.norm import Norm
from archsearch.spec.kinds.pad_crop import Crop, Pad
from archsearch.spec.kinds.pixel_shuffle import PixelShuffle
from archsearch.spec.kinds.pool import Pool
from archsearch.spec.kinds.residual import Residual
from archsearch.spec.kinds.resize import Resize
from archsearch.spec.kinds.upsample import Upsample

TYPES: Mapping[type[Op], LayerType] = {
    Conv: KINDS["conv"],
    ConvTranspose: KINDS["conv_transpose"],
    Pool: KINDS["pool"],
    Upsample: KINDS["upsample"],
    Resize: KINDS["resize"],
    Pad: KINDS["pad"],
    Crop: KINDS["crop"],
    PixelShuffle: KINDS["pixel_shuffle"],
    Dense: KINDS["dense"],
    Norm: KINDS["norm"],
    Activation: KINDS["activation"],
    Dropout: KINDS["dropout"],
    Concat: JOINS["concat"],
    Add: JOINS["add"],
    Residual: JOINS["residual"],
}
