"""Study files and settings: what a training and a study are told. Torch-free."""

from archsearch.config.baselines import BASELINES, LINEAR_CODES, Baseline
from archsearch.config.conditions import condition_order, parse_condition
from archsearch.config.conflict import Conflict
from archsearch.config.domain_values import value_problems
from archsearch.config.losses import LOSSES, LossKind, OutputRule
from archsearch.config.metrics import METRICS, MetricKind
from archsearch.config.model import INPUT_CHANNELS, Model, load
from archsearch.config.overrides import changed, parse_assignment, split_assignments
from archsearch.config.quantities import OBJECTIVES, PLANNED, Quantity, planned
from archsearch.config.run_settings import RunSettings
from archsearch.config.search_methods import SEARCHES, SearchMethod
from archsearch.config.search_rules import check_search
from archsearch.config.settings import DataSettings, EngineName, TrainSettings
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
from archsearch.config.study_file import StudyFile, load_study
from archsearch.config.task_space import task_space_problems
from archsearch.config.tasks.catalogue import TASKS, words_of
from archsearch.config.tasks.channels import needs_rgb, pictures_of, task_channels
from archsearch.config.tasks.colorize import Colorize
from archsearch.config.tasks.colorize_bins import ColorizeBins
from archsearch.config.tasks.colorize_chroma import ColorizeChroma
from archsearch.config.tasks.denoise import Denoise
from archsearch.config.tasks.inpaint import Inpaint
from archsearch.config.tasks.kind import TaskKind, TaskWords
from archsearch.config.tasks.reading import changed_task, kind_of, options_of, read_task
from archsearch.config.tasks.reconstruct import Reconstruct
from archsearch.config.tasks.rules import check_task, task_conflicts
from archsearch.config.tasks.settings import TaskSettings

__all__ = [
    "BASELINES",
    "INPUT_CHANNELS",
    "LINEAR_CODES",
    "LOSSES",
    "METRICS",
    "OBJECTIVES",
    "PLANNED",
    "SEARCHES",
    "SOURCES",
    "TASKS",
    "Baseline",
    "BudgetSettings",
    "ChoiceDomain",
    "Colorize",
    "ColorizeBins",
    "ColorizeChroma",
    "Conflict",
    "DataSettings",
    "Denoise",
    "Domain",
    "EngineName",
    "FloatDomain",
    "Inpaint",
    "IntDomain",
    "LossKind",
    "MetricKind",
    "Model",
    "OutputRule",
    "Quantity",
    "Reconstruct",
    "RunSettings",
    "SearchMethod",
    "SearchSettings",
    "SourceKind",
    "SourceRequest",
    "StudyFile",
    "StudySettings",
    "TaskKind",
    "TaskSettings",
    "TaskWords",
    "TrainSettings",
    "absolute_source",
    "changed",
    "changed_task",
    "check_search",
    "check_task",
    "condition_order",
    "kind_of",
    "load",
    "load_study",
    "needs_rgb",
    "options_of",
    "parse_assignment",
    "parse_condition",
    "pictures_of",
    "planned",
    "read_task",
    "split_assignments",
    "task_channels",
    "task_conflicts",
    "task_space_problems",
    "value_problems",
    "words_of",
]
