"""Whether a net has learned nothing: it guesses the same for every picture."""

from __future__ import annotations

from archsearch.config import ColorizeBins, ColorizeChroma, TaskSettings
from archsearch.records.results import Baselines, Scores

__all__ = ["collapsed"]

COLLAPSED = 0.98
"""Share of a constant guess's error from which on a net has learned no more than it."""

GRAY = 0.02
"""Desaturation under which predictions are as good as gray."""


def collapsed(task: TaskSettings, val: Scores, baselines: Baselines) -> bool:
    """Tell whether a net does no better than the constant guess of its task.

    - ``colorize-chroma``: MSE within 2 % of the mean chroma's, or worse;
    - ``colorize-bins``, which gives up MSE for color: mean chroma under 2 % of the
      true;
    - all others: MSE within 2 % of the channel mean's, or worse.

    Example:
        >>> from archsearch.config import Reconstruct
        >>> mean = Baselines(channel_mean_val=0.0630, channel_mean_test=0.0630)
        >>> [collapsed(Reconstruct(), Scores(mse=mse), mean) for mse in (0.0620, 0.0610)]
        [True, False]
    """
    if isinstance(task, ColorizeBins) and val.color is not None:
        return val.color.desaturation is not None and val.color.desaturation < GRAY
    constant = baselines.channel_mean_val
    if isinstance(task, ColorizeChroma) and baselines.mean_chroma_val is not None:
        constant = baselines.mean_chroma_val
    return val.mse >= COLLAPSED * constant
