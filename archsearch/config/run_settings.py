"""Everything that a training is told but its model."""

from __future__ import annotations

from archsearch.config.base import Settings
from archsearch.config.settings import DataSettings, TrainSettings
from archsearch.config.tasks.catalogue import DEFAULT_TASK
from archsearch.config.tasks.reading import AnyTask

__all__ = ["RunSettings"]


class RunSettings(Settings):
    """Everything about a training but the model."""

    data: DataSettings = DataSettings.at_defaults()
    task: AnyTask = DEFAULT_TASK
    train: TrainSettings = TrainSettings.at_defaults()
