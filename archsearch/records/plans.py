"""What a report needs to know of a plan, in plain data."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from archsearch.config.quantities import PLANNED
from archsearch.records.record import Record, ReprParts

if TYPE_CHECKING:
    from archsearch.spec.plan.model import LayerPlan, ModelPlan

__all__ = ["LayerRecord", "PlanRecord", "plan_record"]


class LayerRecord(Record):
    """One row of a plan's layer table, for people to read."""

    index: int
    section: str
    path: str
    kind: str
    formula: str
    output: tuple[int, int, int]
    params: int
    macs: int


class PlanRecord(Record):
    """What a report needs to know of a plan; ``spec`` is YAML that trains it again.

    ``bottleneck_size`` counts the numbers that pass the narrowest cut of the net, and
    ``bottleneck_after`` names the layers that give them; plans of one ``trunk`` differ in
    the size of their code alone. Records of older versions have none of the three.
    """

    key: str
    name: str
    spec: str
    layers: tuple[LayerRecord, ...]
    latent_size: int
    effective_size: int
    latent_channels: int
    latent_height: int
    latent_width: int
    compression: float
    params: int
    macs: int
    encoder_depth: int
    bottleneck_size: int | None = None
    bottleneck_after: tuple[str, ...] = ()
    trunk: str | None = None

    def __repr_args__(self) -> ReprParts:
        """What tells plans apart."""
        yield from (("name", self.name), ("key", self.key))
        yield from (("latent_size", self.latent_size), ("params", self.params))

    @property
    def latent_area(self) -> int:
        """The latent's height × width."""
        return self.latent_height * self.latent_width

    @property
    def latent_shape(self) -> str:
        """The latent's channels × height × width, for people."""
        return f"{self.latent_channels}×{self.latent_height}×{self.latent_width}"

    @property
    def reads_past_latent(self) -> bool:
        """Whether the decoder reads more than the latent, which isn't its only code then."""
        return self.effective_size > self.latent_size


def plan_record(plan: ModelPlan) -> PlanRecord:
    """The plan as a record: its layer table, its costs, and a spec that gives it again."""
    from archsearch.spec import to_yaml, trunk_key

    return PlanRecord(
        key=plan.key,
        name=plan.name,
        spec=to_yaml(plan),
        layers=tuple(_layer(layer) for layer in plan.layers),
        bottleneck_after=plan.bottleneck.after,
        trunk=trunk_key(plan),
        **{each.column: attrgetter(each.name)(plan) for each in PLANNED},
    )


def _layer(layer: LayerPlan) -> LayerRecord:
    return LayerRecord(
        index=layer.index,
        section=layer.section,
        path=layer.path,
        kind=layer.kind,
        formula=layer.formula,
        output=layer.output.as_tuple(),
        params=layer.params,
        macs=layer.macs,
    )
