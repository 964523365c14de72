"""What a net is fed and what it should give back, and how well it does.

::

    pictures ─ make_task ─▶ Task: feed → (input, target), loss, predict
    predictions, truth ─ Scorer ─▶ Scores: MSE, PSNR, SSIM
    pictures, latents ─ baselines ─▶ channel mean, PCA, patch PCA
"""

from archsearch.tasks.baselines import (
    baselines,
    channel_mean,
    collapsed,
    patch_of,
    pca_curve,
)
from archsearch.tasks.losses import check_loss
from archsearch.tasks.make import make_task
from archsearch.tasks.metrics import Scorer, psnr, ssim
from archsearch.tasks.pictures import PictureSet, SplitErrors
from archsearch.tasks.task import Task

__all__ = [
    "PictureSet",
    "Scorer",
    "SplitErrors",
    "Task",
    "baselines",
    "channel_mean",
    "check_loss",
    "collapsed",
    "make_task",
    "patch_of",
    "pca_curve",
    "psnr",
    "ssim",
]
