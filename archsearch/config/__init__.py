"""Study files and settings: what a training and a study are told. Torch-free."""

from archsearch.config.conditions import condition_order, parse_condition
from archsearch.config.file_kind import is_study
from archsearch.config.model import Model, load, open_model
from archsearch.config.overrides import changed, parse_assignment, split_assignments
from archsearch.config.search_rules import DESIGNS, MAXIMIZED, check_search
from archsearch.config.settings import DataSettings, RunSettings, TaskSettings, TrainSettings
from archsearch.config.study import (
    BudgetSettings,
    ChoiceDomain,
    Domain,
    FloatDomain,
    IntDomain,
    Objective,
    SearchSettings,
    StudySettings,
)
from archsearch.config.study_file import StudyFile, load_study, open_study
from archsearch.config.tasks import TASK_NAMES, task_channels

__all__ = [
    "DESIGNS",
    "MAXIMIZED",
    "TASK_NAMES",
    "BudgetSettings",
    "ChoiceDomain",
    "DataSettings",
    "Domain",
    "FloatDomain",
    "IntDomain",
    "Model",
    "Objective",
    "RunSettings",
    "SearchSettings",
    "StudyFile",
    "StudySettings",
    "TaskSettings",
    "TrainSettings",
    "changed",
    "check_search",
    "condition_order",
    "is_study",
    "load",
    "load_study",
    "open_model",
    "open_study",
    "parse_assignment",
    "parse_condition",
    "split_assignments",
    "task_channels",
]
