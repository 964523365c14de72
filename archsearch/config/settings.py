"""What a training is told: pictures, task and recipe. Frozen, checked, typed."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import (
    BeforeValidator,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from archsearch.config.base import Settings
from archsearch.config.early_stopping import EarlyStopping
from archsearch.config.known_name import KnownName
from archsearch.config.losses import LOSSES
from archsearch.config.metrics import METRICS
from archsearch.config.optimizers import Adam, AnyOptimizer
from archsearch.config.schedules import AnySchedule, OneCycle
from archsearch.config.trackers import LogSettings, by_name

__all__ = [
    "DataSettings",
    "EngineName",
    "Initialization",
    "Precision",
    "Scale",
    "TrainSettings",
]


Precision = Literal["float32", "tf32", "bf16"]

EngineName = Literal["native", "torch"]
"""Who computes: the project's own engine, or torch."""

Initialization = Literal["he", "torch"]
"""How weights are drawn at first."""

Scale = Literal["unit", "signed", "standardize"]
"""What numbers a net is fed and gives."""


class DataSettings(Settings):
    """Which pictures, how many, and how they are split."""

    source: Annotated[
        str,
        Field(
            description="`cifar10` or another torchvision set, `photos` (built in), "
            "or `folder:PATH` (relative to the study file)."
        ),
    ] = "cifar10"
    limit: Annotated[
        int | None,
        Field(
            ge=10, description="Number of pictures, drawn from the whole source before the split."
        ),
    ] = None
    split: Annotated[
        Literal["80/10/10", "official"],
        Field(description="`80/10/10` over all pictures, or the source's own parts."),
    ] = "80/10/10"
    seed: Annotated[
        int,
        Field(
            ge=0,
            description="Seed of split, limit and baselines; independent of the training seed.",
        ),
    ] = 0
    standardize: Annotated[
        bool,
        Field(description="Feed the net (x − mean)/std of the training split; targets stay [0,1]."),
    ] = False
    scale: Annotated[
        Scale,
        Field(
            description="Numbers that the net is fed and gives: `unit` has both in [0, 1], "
            "`signed` in [−1, 1], as a tanh gives them; `standardize` is `standardize: true`. "
            "Errors are of pictures in [0, 1] whichever it is."
        ),
    ] = "unit"

    @model_validator(mode="before")
    @classmethod
    def _one_scale(cls, given: object) -> object:
        """``standardize: true`` and ``scale: standardize`` are the same; either gives both."""
        if not isinstance(given, dict):
            return given
        scale, flag = given.get("scale"), given.get("standardize")
        if scale in get_args(Scale) and flag in {True, False}:
            if flag == (scale == "standardize"):
                return given
            raise ValueError(
                f"`scale: {scale}` and `standardize: {str(flag).lower()}` are two scales; "
                "leave one of them out"
            )
        if scale == "standardize":
            return {**given, "standardize": True}
        return {**given, "scale": "standardize"} if flag is True else given

    @property
    def signed(self) -> bool:
        """Whether nets are fed pictures in [−1, 1] and give them so."""
        return self.scale == "signed"

    @model_serializer(mode="wrap")
    def _as_before(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, object]:
        """Store a scale only where it isn't that of earlier versions."""
        written: dict[str, object] = handler(self)
        if info.mode == "json" and not self.signed:
            del written["scale"]
        return written


_BEFORE: dict[str, object] = {
    "metrics": (),
    "engine": "auto",
    "initialization": "torch",
    "clip_norm": None,
    "early_stopping": None,
}
"""Settings of the recipe that earlier versions didn't have, each with what they did."""


class TrainSettings(Settings):
    """The recipe: how the weights are found."""

    epochs: Annotated[
        int, Field(ge=1, le=100_000, description="Passes over the training split.")
    ] = 10
    batch_size: Annotated[int, Field(ge=1, le=65_536, description="Pictures per step.")] = 64
    optimizer: Annotated[
        AnyOptimizer,
        Field(description="Optimizer: a name, or a name with options under it."),
    ] = Adam.at_defaults()
    initialization: Annotated[
        Initialization,
        Field(
            description="How weights are drawn at first: `he` keeps the variance of signals from "
            "layer to layer, with biases 0; `torch` is PyTorch's default."
        ),
    ] = "he"
    lr: Annotated[float, Field(gt=0, le=100, description="Peak learning rate.")] = 1e-2
    schedule: Annotated[
        AnySchedule,
        Field(
            description="How the learning rate changes: a name, or a name with options under it."
        ),
    ] = OneCycle.at_defaults()
    weight_decay: Annotated[
        float,
        Field(ge=0, le=10, description="Weight decay: how strongly weights are pulled towards 0."),
    ] = 0.0
    clip_norm: Annotated[
        Annotated[float | None, Field(gt=0, le=1e9)],
        BeforeValidator(lambda given: None if given == "none" else given),
        Field(
            json_schema_extra={
                "anyOf": [
                    {"type": "number", "exclusiveMinimum": 0, "maximum": 1e9},
                    {"const": "none"},
                ]
            },
            description="Scale the gradient of all weights down to this norm where it is longer; "
            "`none` never does.",
        ),
    ] = 0.1
    early_stopping: Annotated[
        EarlyStopping | None,
        Field(
            description="End a training whose validation error no longer falls, and keep the "
            "weights of its best epoch; by default all epochs are trained. Schedules plan for all."
        ),
    ] = None
    loss: Annotated[
        str,
        KnownName(LOSSES),
        Field(
            description="What training minimizes; `huber` is quadratic up to 0.1, `bce` needs a "
            "sigmoid output. `colorize-bins` has its own loss."
        ),
    ] = "mse"
    precision: Annotated[
        Precision,
        Field(
            description="Precision of training steps; `tf32` and `bf16` need hardware for it. "
            "Losses and all scores are float32."
        ),
    ] = "float32"
    metrics: Annotated[
        tuple[Annotated[str, KnownName(METRICS)], ...],
        Field(
            description="Measured besides `mse`, `psnr` and `ssim`: metrics of packages that "
            "add some."
        ),
    ] = ()
    engine: Annotated[
        Literal["auto", EngineName],
        Field(
            description="What computes: `native` is fast on processors and refuses nets that it "
            "can't train, `torch` takes all, `auto` is native where it can."
        ),
    ] = "auto"
    seed: Annotated[
        int, Field(ge=0, lt=2**64, description="Seed of weights and order of pictures.")
    ] = 0
    log: Annotated[
        LogSettings | None,
        BeforeValidator(by_name),
        Field(
            exclude=True,
            repr=False,
            description="Record trainings with `tensorboard`, `mlflow` or `wandb` too: a list of "
            "names, or a mapping with settings. It changes no result and isn't kept.",
        ),
    ] = None

    @model_validator(mode="after")
    def _from_before(self, info: ValidationInfo) -> Self:
        """What is stored, which is JSON, lacks the settings that its version didn't have."""
        lacking = _BEFORE.keys() - self.model_fields_set
        if info.mode != "json" or not lacking:
            return self
        return self.model_copy(update={name: _BEFORE[name] for name in lacking})

    @model_serializer(mode="wrap")
    def _as_before(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, object]:
        """Store later settings only where they aren't as before, so that earlier files agree."""
        written: dict[str, object] = handler(self)
        if info.mode != "json":
            return written
        as_before = {name for name, value in _BEFORE.items() if getattr(self, name) == value}
        return {name: value for name, value in written.items() if name not in as_before}

    def as_begun(self, begun: TrainSettings) -> TrainSettings:
        """The recipe of what was begun before, in all that this one leaves open.

        Only defaults that have changed since an earlier version matter here.

        Example:
            >>> before = TrainSettings(initialization="torch")
            >>> TrainSettings(epochs=3).as_begun(before).initialization
            'torch'
        """
        fields = type(self).model_fields
        changed = {name for name, before in _BEFORE.items() if fields[name].default != before}
        kept = {name: getattr(begun, name) for name in changed - self.model_fields_set}
        kept["optimizer"] = self.optimizer.as_begun(begun.optimizer)
        return self.model_copy(update=kept)
