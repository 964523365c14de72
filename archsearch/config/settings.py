"""What a training is told: pictures, task and recipe. Frozen, checked, typed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["DataSettings", "RunSettings", "Settings", "TaskSettings", "TrainSettings"]


class Settings(BaseModel):
    """Base of all settings: frozen, unknown keys refused, no coercion of text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DataSettings(Settings):
    """Which pictures, how many, and how they are split."""

    source: Annotated[
        str,
        Field(
            description="`cifar10` or another torchvision set, `photos` (built in), "
            "or `folder:PATH` (relative to the file that names it)."
        ),
    ] = "cifar10"
    limit: Annotated[
        int | None, Field(ge=10, description="Pictures taken of the whole source, then split.")
    ] = None
    split: Annotated[
        Literal["80/10/10", "official"],
        Field(description="`80/10/10` over all pictures, or the source's own test part."),
    ] = "80/10/10"
    seed: Annotated[
        int, Field(ge=0, description="Seed of split, limit and baselines; never the training's.")
    ] = 0
    standardize: Annotated[
        bool,
        Field(description="Feed the net (x − mean)/std of the training split; targets stay [0,1]."),
    ] = False


class TaskSettings(Settings):
    """What the net is fed and what it should give back."""

    name: Annotated[
        Literal["reconstruct"], Field(description="`reconstruct`: the picture itself.")
    ] = "reconstruct"

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class TrainSettings(Settings):
    """The recipe: how the weights are found."""

    epochs: Annotated[
        int, Field(ge=1, le=100_000, description="Passes over the training split.")
    ] = 10
    batch_size: Annotated[int, Field(ge=1, le=65_536, description="Pictures per step.")] = 64
    optimizer: Annotated[
        Literal["adam", "adamw", "sgd"], Field(description="sgd has Nesterov momentum 0.9.")
    ] = "adam"
    lr: Annotated[float, Field(gt=0, le=100, description="Learning rate, at its peak.")] = 1e-2
    schedule: Annotated[
        Literal["constant", "cosine", "onecycle"],
        Field(description="How the learning rate moves over all steps."),
    ] = "onecycle"
    weight_decay: Annotated[
        float, Field(ge=0, le=10, description="How strongly weights are drawn to 0.")
    ] = 0.0
    loss: Annotated[Literal["mse", "bce"], Field(description="`bce` needs a sigmoid output.")] = (
        "mse"
    )
    seed: Annotated[int, Field(ge=0, description="Seed of weights and order of pictures.")] = 0


class RunSettings(Settings):
    """Everything about a training but the model."""

    data: DataSettings = DataSettings()
    task: TaskSettings = TaskSettings()
    train: TrainSettings = TrainSettings()
