"""Where else a training is recorded: TensorBoard, MLflow, Weights & Biases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from archsearch.config.base import Settings

__all__ = ["LogSettings", "MlflowSettings", "TensorboardSettings", "WandbSettings", "by_name"]


class TensorboardSettings(Settings):
    """TensorBoard's event files."""

    folder: Annotated[
        str | None, Field(description="Folder of all runs; by default in the run directory.")
    ] = None


class MlflowSettings(Settings):
    """A run of MLflow."""

    tracking_uri: Annotated[
        str | None, Field(description="Server or database; by default MLflow's own.")
    ] = None
    experiment: Annotated[str, Field(description="Experiment that runs go to.")] = "archsearch"


class WandbSettings(Settings):
    """A run of Weights & Biases."""

    project: Annotated[str, Field(description="Project that runs go to.")] = "archsearch"
    entity: Annotated[str | None, Field(description="User or organization.")] = None
    mode: Annotated[
        Literal["online", "offline"], Field(description="`offline` keeps runs for `wandb sync`.")
    ] = "online"


class LogSettings(Settings):
    """Trackers by name; None where one isn't used."""

    tensorboard: Annotated[
        TensorboardSettings | None, Field(description="Write event files for TensorBoard.")
    ] = None
    mlflow: Annotated[MlflowSettings | None, Field(description="Record runs in MLflow.")] = None
    wandb: Annotated[
        WandbSettings | None, Field(description="Record runs in Weights & Biases.")
    ] = None

    def used(self) -> Iterator[tuple[str, Settings]]:
        """Those that are used, with their settings."""
        for name in type(self).model_fields:
            settings = getattr(self, name)
            if settings is not None:
                yield name, settings


def by_name(written: object) -> object:
    """A name or a list of names as the mapping that it stands for.

    Example:
        >>> by_name(["wandb", "mlflow"])
        {'wandb': {}, 'mlflow': {}}
    """
    if isinstance(written, str):
        return {written: {}}
    if isinstance(written, (list, tuple)) and all(isinstance(name, str) for name in written):
        return {name: {} for name in written}
    return written
