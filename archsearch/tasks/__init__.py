"""What a net is fed and what it should give back, and how well it does.

::

    pictures ─ make_task ─▶ Task: feed → input, loss, predict
    predictions, truth ─ Scorer ─▶ Scores: MSE, PSNR, SSIM
    pictures, latents ─ task_baselines ─▶ channel mean, PCA, untouched, gray copy, …
"""

from archsearch.tasks.baselines.channel_mean import channel_mean
from archsearch.tasks.baselines.linear_codes import linear_code_baselines, patch_of, pca_curve
from archsearch.tasks.baselines.of_task import task_baselines
from archsearch.tasks.bases import (
    LuminanceTask,
    PictureTask,
    RegressionTask,
    feeds_pictures,
    regression,
)
from archsearch.tasks.collapse import VarianceShare, collapsed
from archsearch.tasks.color.scores import ColorScorer
from archsearch.tasks.exact import exact
from archsearch.tasks.losses import Loss, check_loss, make_loss
from archsearch.tasks.make import make_task, make_task_for_apply, plain_task
from archsearch.tasks.metrics import Scorer, psnr, ssim
from archsearch.tasks.noise import Batch, derived_seed
from archsearch.tasks.pictures import PictureSet, SplitErrors
from archsearch.tasks.signed import SignedOutput
from archsearch.tasks.standardize import Standardize
from archsearch.tasks.task import Task, TaskContext, feed, predict
from archsearch.tasks.tried import check_extensions

__all__ = [
    "Batch",
    "ColorScorer",
    "Loss",
    "LuminanceTask",
    "PictureSet",
    "PictureTask",
    "RegressionTask",
    "Scorer",
    "SignedOutput",
    "SplitErrors",
    "Standardize",
    "Task",
    "TaskContext",
    "VarianceShare",
    "channel_mean",
    "check_extensions",
    "check_loss",
    "collapsed",
    "derived_seed",
    "exact",
    "feed",
    "feeds_pictures",
    "linear_code_baselines",
    "make_loss",
    "make_task",
    "make_task_for_apply",
    "patch_of",
    "pca_curve",
    "plain_task",
    "predict",
    "psnr",
    "regression",
    "ssim",
    "task_baselines",
]
