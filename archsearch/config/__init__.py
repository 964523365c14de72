"""Study files and settings: what a training and a study are told. Torch-free."""

from archsearch.config.file_kind import is_study
from archsearch.config.model import Model, load, open_model
from archsearch.config.overrides import changed, parse_assignment, split_assignments
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
from archsearch.config.study_file import StudyFile, load_study, open_study
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
    "StudyFile",
    "StudySettings",
    "TaskSettings",
    "TrainSettings",
    "changed",
    "is_study",
    "load",
    "load_study",
    "open_model",
    "open_study",
    "parse_assignment",
    "split_assignments",
    "task_channels",
]
