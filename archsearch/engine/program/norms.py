"""Norms as operations, and what is done between stages for those over the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from archsearch.engine.graph import Normalized
from archsearch.engine.layout import Buffer
from archsearch.engine.library import Argument
from archsearch.engine.operations import BATCH_NORM, NORMALIZE
from archsearch.engine.program.assembly import Assembly, Encoded, Operation
from archsearch.engine.program.stages import (
    BatchMoments,
    Between,
    GradientMeans,
    MomentPlaces,
)

__all__ = ["BatchCut", "BatchNorm", "BatchPart", "GroupNorm", "GroupNormBack"]


def _sums(assembly: Assembly, made: Normalized) -> int:
    """Places for the gradients of shift and scale: the first two numbers of a channel's vector."""
    lanes = assembly.library.lanes
    start = assembly.sums_for(lanes * len(made.shift))
    channels = start + lanes * np.arange(len(made.shift))
    assembly.pairs += [(made.shift, channels), (made.scale, channels + 1)]
    return start


@dataclass(frozen=True)
class GroupNorm(Operation):
    """Groups of channels of each picture normalized.

    Attributes:
        made: which norm.
        x: what is normalized.
        moments: keeps mean and 1/√(variance + ε) of each group.
        y: the result.
        end: an activation.
    """

    made: Normalized
    x: Buffer
    moments: Buffer
    y: Buffer
    end: str = "none"

    def uses(self) -> Sequence[Buffer]:
        """All three."""
        return [self.x, self.moments, self.y]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        fields = _group_fields(assembly, self.made, self.x, self.moments)
        fields |= assembly.planes(x=self.x, y=self.y)
        return [(assembly.kernel("normalize", self.end), NORMALIZE.record(fields))]


def _group_fields(
    assembly: Assembly, made: Normalized, x: Buffer, moments: Buffer
) -> dict[str, int]:
    return {
        "groups": made.groups,
        "channels": x.channels // made.groups,
        "rows": x.height,
        "columns": x.width,
        "moments": assembly.layout.place(moments),
        "moments_step": assembly.layout.channel(moments),
        "scale": assembly.pack(made.scale[:, None]),
        "shift": assembly.pack(made.shift[:, None]),
    }


@dataclass(frozen=True)
class GroupNormBack(Operation):
    """The gradient of :class:`GroupNorm`.

    Attributes:
        made: which norm.
        x: what was normalized.
        moments: its moments.
        gradient: that of the result.
        to: where that of ``x`` goes.
        add: whether it is added to the old values.
    """

    made: Normalized
    x: Buffer
    moments: Buffer
    gradient: Buffer
    to: Buffer
    add: bool

    def uses(self) -> Sequence[Buffer]:
        """All four."""
        return [self.x, self.moments, self.gradient, self.to]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        fields = _group_fields(assembly, self.made, self.x, self.moments)
        fields |= assembly.planes(x=self.x, gradient=self.gradient, to=self.to)
        fields["sums"] = _sums(assembly, self.made)
        kernel = assembly.kernel("normalize_back", int(self.add))
        return [(kernel, NORMALIZE.record(fields))]


@dataclass(frozen=True)
class BatchNorm:
    """What the parts of one norm over the batch share.

    Attributes:
        made: which norm.
        x: what is normalized.
    """

    made: Normalized
    x: Buffer

    def placed(self, assembly: Assembly) -> dict[str, int]:
        """Places among packed weights and sums, the same for all parts."""
        if self.made not in assembly.norms:
            channels = self.x.channels
            own = ("mean", "inverse", "mean_plain", "mean_with_x")
            fields = assembly.norms[self.made] = {
                "channels": channels,
                "rows": self.x.height,
                "columns": self.x.width,
                "scale": assembly.pack(self.made.scale[:, None]),
                "shift": assembly.pack(self.made.shift[:, None]),
                "sums": _sums(assembly, self.made),
                **{name: assembly.pack(np.zeros((channels, 1))) for name in own},
            }
            assembly.moments.append(MomentPlaces(self.made.name, fields["mean"], fields["inverse"]))
        return assembly.norms[self.made]


@dataclass(frozen=True)
class BatchPart(Operation):
    """One kernel of a norm over the batch.

    Attributes:
        norm: which.
        kernel: its name.
        buffers: what it works on, beside ``x``, by the name of its place.
        end: an activation, if the kernel takes one.
        add: whether a gradient is added to what is there, if the kernel takes that.
    """

    norm: BatchNorm
    kernel: str
    buffers: tuple[tuple[str, Buffer], ...] = ()
    end: str | None = None
    add: bool | None = None

    def uses(self) -> Sequence[Buffer]:
        """What it works on."""
        return [self.norm.x, *(buffer for _, buffer in self.buffers)]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """One kernel."""
        fields = dict(self.norm.placed(assembly))
        buffers = dict(self.buffers)
        moments = buffers.pop("moments", None)
        if moments is not None:
            fields["moments"] = assembly.layout.place(moments)
            fields["moments_step"] = assembly.layout.channel(moments)
        fields |= assembly.planes(x=self.norm.x, **buffers)
        arguments: list[Argument] = [] if self.end is None else [self.end]
        arguments += [] if self.add is None else [int(self.add)]
        return [(assembly.kernel(self.kernel, *arguments), BATCH_NORM.record(fields))]


@dataclass(frozen=True)
class BatchCut(Operation):
    """All blocks must have come here before any goes on.

    Attributes:
        norm: which norm waits.
        moments: of the pictures, for those of the batch; None: it waits for sums of gradients.
    """

    norm: BatchNorm
    moments: Buffer | None = None

    def uses(self) -> Sequence[Buffer]:
        """The pictures' moments, which are read now."""
        return [] if self.moments is None else [self.moments]

    def encoded(self, assembly: Assembly) -> Sequence[Encoded]:
        """No kernel."""
        return []

    def between(self, assembly: Assembly) -> Between:
        """What is done between the stages."""
        fields, lanes = self.norm.placed(assembly), assembly.library.lanes
        channels, x = fields["channels"], self.norm.x
        if self.moments is None:
            sums = fields["sums"] + lanes * np.arange(channels)
            return GradientMeans(
                sums, fields["mean_plain"], fields["mean_with_x"], x.height * x.width
            )
        start = assembly.layout.place(self.moments)
        step = assembly.layout.channel(self.moments)
        places = start + step * np.arange(2 * channels).reshape(channels, 2)
        return BatchMoments(
            MomentPlaces(self.norm.made.name, fields["mean"], fields["inverse"]),
            places[..., None] + np.arange(lanes),
            x.height * x.width,
        )
