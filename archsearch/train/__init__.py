"""From a plan, settings and pictures to a trained net and its numbers.

``fit`` trains; ``train_run`` does so into a run directory that survives a kill.
"""

from archsearch.train.allocator import keep_memory
from archsearch.train.devices import check_device, worker_device
from archsearch.train.engine_choice import EngineChoice, engine_for
from archsearch.train.fit import OnEpoch, OnNote, TrainedRun, fit, measure
from archsearch.train.kept import kept_baselines, kept_pca_curve
from archsearch.train.loop.epoch import OnStep
from archsearch.train.loop.precision import check_precision
from archsearch.train.run_folder.loaded import load_model, load_run, load_trained
from archsearch.train.run_folder.run import train_run, write_imported

__all__ = [
    "EngineChoice",
    "OnEpoch",
    "OnNote",
    "OnStep",
    "TrainedRun",
    "check_device",
    "check_precision",
    "engine_for",
    "fit",
    "keep_memory",
    "kept_baselines",
    "kept_pca_curve",
    "load_model",
    "load_run",
    "load_trained",
    "measure",
    "train_run",
    "worker_device",
    "write_imported",
]
