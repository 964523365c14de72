"""What a net is fed and what it should give back, and how well it does.

::

    pictures ─ make_task ─▶ Task: feed → input, loss, predict
    predictions, truth ─ Scorer ─▶ Scores: MSE, PSNR, SSIM
    pictures, latents ─ task_baselines ─▶ channel mean, PCA, untouched, gray copy, …
"""

from archsearch.tasks.baselines import (
    baselines,
    channel_mean,
    patch_of,
    pca_curve,
)
from archsearch.tasks.chance import Batch, derived_seed
from archsearch.tasks.collapse import VarianceShare, collapsed
from archsearch.tasks.color_scores import ColorScorer
from archsearch.tasks.losses import check_loss, squared_error
from archsearch.tasks.make import make_task, make_task_for_apply
from archsearch.tasks.metrics import Scorer, psnr, ssim
from archsearch.tasks.pictures import PictureSet, SplitErrors
from archsearch.tasks.task import Task, feed, predict
from archsearch.tasks.yardsticks import task_baselines

__all__ = [
    "Batch",
    "ColorScorer",
    "PictureSet",
    "Scorer",
    "SplitErrors",
    "Task",
    "VarianceShare",
    "baselines",
    "channel_mean",
    "check_loss",
    "collapsed",
    "derived_seed",
    "feed",
    "make_task",
    "make_task_for_apply",
    "patch_of",
    "pca_curve",
    "predict",
    "psnr",
    "squared_error",
    "ssim",
    "task_baselines",
]
