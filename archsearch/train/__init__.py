"""From a plan, settings and pictures to a trained net and its numbers.

``fit`` trains; ``train_run`` does so into a run directory that survives a kill.
"""

from archsearch.train.allocator import keep_memory
from archsearch.train.devices import check_device, worker_device
from archsearch.train.engine_choice import EngineChoice, engine_for
from archsearch.train.fit import OnEpoch, TrainedRun, fit, measure
from archsearch.train.loop.epoch import OnStep
from archsearch.train.loop.precision import check_precision
from archsearch.train.run_folder.run import (
    load_model,
    load_trained,
    train_run,
    write_imported,
)

__all__ = [
    "EngineChoice",
    "OnEpoch",
    "OnStep",
    "TrainedRun",
    "check_device",
    "check_precision",
    "engine_for",
    "fit",
    "keep_memory",
    "load_model",
    "load_trained",
    "measure",
    "train_run",
    "worker_device",
    "write_imported",
]
