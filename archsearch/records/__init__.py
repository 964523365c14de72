"""What a trial and a run leave behind; reading and writing it.

Imports neither torch nor, before a function needs them, pandas and Optuna.
"""

from archsearch.records.curves import Curves, PatchPoint, PcaPoint
from archsearch.records.plans import LayerRecord, PlanRecord, plan_record
from archsearch.records.results import (
    Baselines,
    Environment,
    EpochRecord,
    Number,
    Record,
    RunResult,
    Scores,
)
from archsearch.records.studies import (
    SeedRecord,
    SeedState,
    StudyRecord,
    TrialRecord,
    TrialState,
    Value,
    trial_counts,
)

__all__ = [
    "Baselines",
    "Curves",
    "Environment",
    "EpochRecord",
    "LayerRecord",
    "Number",
    "PatchPoint",
    "PcaPoint",
    "PlanRecord",
    "Record",
    "RunResult",
    "Scores",
    "SeedRecord",
    "SeedState",
    "StudyRecord",
    "TrialRecord",
    "TrialState",
    "Value",
    "plan_record",
    "trial_counts",
]
