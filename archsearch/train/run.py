"""A run directory: what a training leaves for people and programs.

::

    spec.yaml  config.json         from the start: what is trained
    history.csv  checkpoint…       after each epoch
    model.safetensors  curves.png  pictures.png  metrics.json (last)
"""

from __future__ import annotations

from pathlib import Path

import torch

from archsearch.config.load import load  # FIXME
from archsearch.config.settings import RunSettings
from archsearch.data import Pictures
from archsearch.errors import RunConflictError
from archsearch.files import write_text
from archsearch.nn import Autoencoder, build, load_weights, save_weights
from archsearch.records import RunRecord, load_run, write_run
from archsearch.records.results import Baselines, EpochRecord, RunResult
from archsearch.records.runs import (
    CONFIG_FILE,
    HISTORY_FILE,
    METRICS_FILE,
    SPEC_FILE,
    history_csv,
)
from archsearch.spec import to_yaml
from archsearch.spec.plan import ModelPlan
from archsearch.train.epoch import OnStep
from archsearch.train.figures import draw_curves, draw_pictures
from archsearch.train.fit import OnEpoch, TrainedRun, fit
from archsearch.train.lock import locked

__all__ = ["MODEL_FILE", "load_model", "train_run"]

MODEL_FILE = "model.safetensors"
CHECKPOINT_FILE = "checkpoint.safetensors"
CURVES_FILE = "curves.png"
PICTURES_FILE = "pictures.png"
