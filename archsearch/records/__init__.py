"""What a trial and a run leave behind; reading and writing it.

Imports neither torch nor, before a function needs them, pandas and Optuna.
"""

from archsearch.records.curves import Curves, PatchPoint, PcaPoint
from archsearch.records.frame import EPOCH_COLUMNS, TRIAL_COLUMNS, epochs_frame, trials_frame
from archsearch.records.pictures import read_pictures
from archsearch.records.plans import LayerRecord, PlanRecord, plan_record
from archsearch.records.results import (
    Baselines,
    ChromaHistogram,
    ClassScores,
    Codes,
    ColorScores,
    Environment,
    EpochRecord,
    Number,
    Record,
    RunResult,
    Scores,
)
from archsearch.records.runs import RunRecord, load_run, write_run
from archsearch.records.stored import list_studies, load_studies, load_study
from archsearch.records.studies import (
    SeedRecord,
    SeedState,
    StudyRecord,
    TrialRecord,
    TrialState,
    Unreadable,
    Value,
    trial_counts,
)

__all__ = [
    "EPOCH_COLUMNS",
    "TRIAL_COLUMNS",
    "Baselines",
    "ChromaHistogram",
    "ClassScores",
    "Codes",
    "ColorScores",
    "Curves",
    "Environment",
    "EpochRecord",
    "LayerRecord",
    "Number",
    "PatchPoint",
    "PcaPoint",
    "PlanRecord",
    "Record",
    "RunRecord",
    "RunResult",
    "Scores",
    "SeedRecord",
    "SeedState",
    "StudyRecord",
    "TrialRecord",
    "TrialState",
    "Unreadable",
    "Value",
    "epochs_frame",
    "list_studies",
    "load_run",
    "load_studies",
    "load_study",
    "plan_record",
    "read_pictures",
    "trial_counts",
    "trials_frame",
    "write_run",
]
