"""What a trial and a run leave behind; reading and writing it.

Imports neither torch nor, before a function needs them, pandas and Optuna.
"""

from archsearch.records.baselines import Baselines, known_baselines
from archsearch.records.curves import Curves, PatchPoint, PcaPoint
from archsearch.records.frame import EPOCH_COLUMNS, TRIAL_COLUMNS, epochs_frame, trials_frame
from archsearch.records.objectives import (
    objective_names,
    objective_value,
    pareto_front,
    pareto_order,
    trial_values,
    unknown_objectives,
)
from archsearch.records.outcome import (
    Convergence,
    Guess,
    best_guess,
    convergence,
    epoch_note,
    epochs_told,
    in_brief,
    no_better_than_guess,
)
from archsearch.records.pictures import FIRST, OF_EACH, pictures_damaged, read_pictures
from archsearch.records.plan_choices import plan_choices
from archsearch.records.plans import LayerRecord, PlanRecord, plan_record
from archsearch.records.results import Environment, EpochRecord, LatentCodes, RunResult
from archsearch.records.runs import RunRecord, load_run, write_run
from archsearch.records.scores import ChromaHistogram, ClassScores, ColorScores, Scores
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
    "FIRST",
    "OF_EACH",
    "TRIAL_COLUMNS",
    "Baselines",
    "ChromaHistogram",
    "ClassScores",
    "ColorScores",
    "Convergence",
    "Curves",
    "Environment",
    "EpochRecord",
    "Guess",
    "LatentCodes",
    "LayerRecord",
    "PatchPoint",
    "PcaPoint",
    "PlanRecord",
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
    "best_guess",
    "convergence",
    "epoch_note",
    "epochs_frame",
    "epochs_told",
    "in_brief",
    "known_baselines",
    "list_studies",
    "load_run",
    "load_studies",
    "load_study",
    "no_better_than_guess",
    "objective_names",
    "objective_value",
    "pareto_front",
    "pareto_order",
    "pictures_damaged",
    "plan_choices",
    "plan_record",
    "read_pictures",
    "trial_counts",
    "trial_values",
    "trials_frame",
    "unknown_objectives",
    "write_run",
]
