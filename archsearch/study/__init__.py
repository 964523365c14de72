"""Studies: a space searched by worker processes, in a storage that survives them.

::

    study file ─ open_study ─▶ planned trials and claims, one Optuna trial each
    WorkerPool of Workers, or RayPool ─ claim (trial, seed) ─ train ─ finish ─ publish ─▶ Optuna
"""

from archsearch.study.events import EventKind, Say, StudyEvent, silent
from archsearch.study.run import run_study
from archsearch.study.store.storage import DEFAULT_STORAGE
from archsearch.study.training.trainer import Job, Prepared, Trained, Trainer
from archsearch.study.workers.options import RayOptions, RunOptions

__all__ = [
    "DEFAULT_STORAGE",
    "EventKind",
    "Job",
    "Prepared",
    "RayOptions",
    "RunOptions",
    "Say",
    "StudyEvent",
    "Trained",
    "Trainer",
    "run_study",
    "silent",
]
