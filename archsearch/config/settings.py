"""What a training is told: pictures, task and recipe. Frozen, checked, typed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer

from archsearch.config.base import Settings
from archsearch.config.known_name import KnownName
from archsearch.config.losses import LOSSES
from archsearch.config.metrics import METRICS
from archsearch.config.trackers import LogSettings, by_name

__all__ = ["DataSettings", "EngineName", "Precision", "TrainSettings"]


Precision = Literal["float32", "tf32", "bf16"]

EngineName = Literal["native", "torch"]
"""Who computes: the project's own engine, or torch."""


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


_LATER = ("metrics", "engine")
"""Settings of the recipe that earlier versions didn't have."""


class TrainSettings(Settings):
    """The recipe: how the weights are found."""

    epochs: Annotated[
        int, Field(ge=1, le=100_000, description="Passes over the training split.")
    ] = 10
    batch_size: Annotated[int, Field(ge=1, le=65_536, description="Pictures per step.")] = 64
    optimizer: Annotated[
        Literal["adam", "adamw", "sgd"],
        Field(description="Optimizer; sgd has Nesterov momentum 0.9."),
    ] = "adam"
    lr: Annotated[float, Field(gt=0, le=100, description="Peak learning rate.")] = 1e-2
    schedule: Annotated[
        Literal["constant", "cosine", "onecycle"],
        Field(description="How the learning rate changes over the steps."),
    ] = "onecycle"
    weight_decay: Annotated[
        float,
        Field(ge=0, le=10, description="Weight decay: how strongly weights are pulled towards 0."),
    ] = 0.0
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

    @model_serializer(mode="wrap")
    def _as_before(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Later settings only where they aren't at their defaults, so that earlier files agree."""
        written: dict[str, object] = handler(self)
        for name in _LATER:
            if getattr(self, name) == type(self).model_fields[name].default:
                written.pop(name, None)
        return written
