"""The schedules of the learning rate by torch's and Keras' names, with their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SerializeAsAny

from archsearch.config.named_settings import NamedForms, NamedSettings

__all__ = [
    "SCHEDULES",
    "AnySchedule",
    "Constant",
    "Cosine",
    "OneCycle",
    "Plateau",
    "ScheduleSettings",
    "Step",
]

Factor = Annotated[float, Field(gt=0, lt=1)]
Lowest = Annotated[float, Field(ge=0, le=100)]
Momentum = Annotated[float, Field(ge=0, lt=1)]


class ScheduleSettings(NamedSettings):
    """Base of every schedule's settings."""

    leaves_out_defaults: ClassVar[bool] = True  # earlier versions stored the names alone


class Constant(ScheduleSettings):
    """The same rate throughout."""

    name: Literal["constant"] = "constant"


class OneCycle(ScheduleSettings):
    """Up to the peak, then down to nearly 0, momentum against it (arXiv 1708.07120)."""

    name: Literal["onecycle"] = "onecycle"
    pct_start: Annotated[Factor, Field(description="Share of the steps that go up.")] = 0.3
    div_factor: Annotated[
        float, Field(ge=1, le=1e9, description="The rate begins at lr/div_factor.")
    ] = 25.0
    final_div_factor: Annotated[
        float, Field(ge=1, le=1e9, description="It ends at its first value/final_div_factor.")
    ] = 1e4
    base_momentum: Annotated[
        Momentum, Field(description="Momentum at the peak, where the optimizer doesn't set it.")
    ] = 0.85
    max_momentum: Annotated[Momentum, Field(description="Momentum at both ends, likewise.")] = 0.95


class Cosine(ScheduleSettings):
    """Down along half a cosine (arXiv 1608.03983)."""

    name: Literal["cosine"] = "cosine"
    eta_min: Annotated[Lowest, Field(description="The rate that it ends at.")] = 0.0


class Step(ScheduleSettings):
    """Times gamma every few epochs."""

    name: Literal["step"] = "step"
    step_size: Annotated[
        int | None,
        Field(ge=1, le=100_000, description="In epochs; by default a third of all, rounded up."),
    ] = None
    gamma: Annotated[Factor, Field(description="The rate is multiplied by it.")] = 0.1


class Plateau(ScheduleSettings):
    """Times a factor where the validation error hasn't fallen for some epochs."""

    name: Literal["plateau"] = "plateau"
    factor: Annotated[Factor, Field(description="The rate is multiplied by it.")] = 0.1
    patience: Annotated[
        int, Field(ge=0, le=100_000, description="Epochs without a lower error that are borne.")
    ] = 3
    threshold: Annotated[
        float, Field(ge=0, lt=1, description="Lower by less than this share doesn't count.")
    ] = 1e-4
    cooldown: Annotated[
        int, Field(ge=0, le=100_000, description="Epochs after a change that aren't counted.")
    ] = 0
    min_lr: Annotated[Lowest, Field(description="The lowest rate.")] = 0.0


SCHEDULES: Mapping[str, type[ScheduleSettings]] = MappingProxyType(
    {
        str(form.model_fields["name"].default): form
        for form in (Constant, OneCycle, Cosine, Step, Plateau)
    }
)
"""By name, in the order of their listing."""

AnySchedule = Annotated[
    SerializeAsAny[ScheduleSettings],
    NamedForms("schedule", "{step: {step_size: 5, gamma: 0.1}}", lambda: SCHEDULES),
]
"""The settings of one schedule, read from its name or ``{name: options}``."""
