"""Study files and settings: what a training and a study are told. Torch-free."""

from archsearch.config.model import Model, load, open_model
from archsearch.config.settings import DataSettings, RunSettings, TaskSettings, TrainSettings
from archsearch.config.study import (
    BudgetSettings,
    ChoiceDomain,
    Domain,
    FloatDomain,
    IntDomain,
    SearchSettings,
    StudySettings,
)
from archsearch.config.tasks import TASK_NAMES, task_channels

__all__ = [
    "TASK_NAMES",
    "BudgetSettings",
    "ChoiceDomain",
    "DataSettings",
    "Domain",
    "FloatDomain",
    "IntDomain",
    "Model",
    "RunSettings",
    "SearchSettings",
    "StudySettings",
    "TaskSettings",
    "TrainSettings",
    "load",
    "open_model",
    "task_channels",
]
