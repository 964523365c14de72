"""Study files and settings: what a training and a study are told. Torch-free."""

from archsearch.config.conditions import condition_order, parse_condition
from archsearch.config.domain_values import value_problems
from archsearch.config.file_kind import is_study
from archsearch.config.model import INPUT_CHANNELS, Model, load, open_model
from archsearch.config.objectives import OBJECTIVES, Objective
from archsearch.config.overrides import changed, parse_assignment, split_assignments
from archsearch.config.search_methods import SEARCHES, SearchMethod
from archsearch.config.search_rules import check_search
from archsearch.config.settings import DataSettings, RunSettings, TrainSettings
from archsearch.config.sources import SOURCES, SourceKind, SourceRequest, absolute_source
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
from archsearch.config.task_rules import check_task, task_conflicts
from archsearch.config.task_settings import (
    COLOR_TASKS,
    TASK_NAMES,
    AnyTask,
    Colorize,
    ColorizeBins,
    ColorizeChroma,
    Denoise,
    Inpaint,
    Reconstruct,
    TaskSettings,
    changed_task,
    options_of,
    read_task,
)
from archsearch.config.task_space import task_space_problems
from archsearch.config.tasks import needs_color, pictures_of, task_channels

__all__ = [
    "COLOR_TASKS",
    "INPUT_CHANNELS",
    "OBJECTIVES",
    "SEARCHES",
    "SOURCES",
    "TASK_NAMES",
    "AnyTask",
    "BudgetSettings",
    "ChoiceDomain",
    "Colorize",
    "ColorizeBins",
    "ColorizeChroma",
    "DataSettings",
    "Denoise",
    "Domain",
    "FloatDomain",
    "Inpaint",
    "IntDomain",
    "Model",
    "Objective",
    "Reconstruct",
    "RunSettings",
    "SearchMethod",
    "SearchSettings",
    "SourceKind",
    "SourceRequest",
    "StudyFile",
    "StudySettings",
    "TaskSettings",
    "TrainSettings",
    "absolute_source",
    "changed",
    "changed_task",
    "check_search",
    "check_task",
    "condition_order",
    "is_study",
    "load",
    "load_study",
    "needs_color",
    "open_model",
    "open_study",
    "options_of",
    "parse_assignment",
    "parse_condition",
    "pictures_of",
    "read_task",
    "split_assignments",
    "task_channels",
    "task_conflicts",
    "task_space_problems",
    "value_problems",
]
