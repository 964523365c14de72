"""The learning rate as a pure function of the step, so that resuming needs no state."""

from __future__ import annotations

import math
from typing import NamedTuple

from archsearch.config.settings import TrainSettings

__all__ = ["Rate", "rate_at"]

MOMENTUM = 0.9
RISING_SHARE = 0.3
START_DIVISOR = 25.0
END_DIVISOR = 1e4
LOWEST_MOMENTUM, HIGHEST_MOMENTUM = 0.85, 0.95


class Rate(NamedTuple):
    """What one step is taken with; ``momentum`` is Adam's β₁ or SGD's momentum."""

    lr: float
    momentum: float


def rate_at(settings: TrainSettings, step: int, steps: int) -> Rate:
    """Give the rate of a step.

    - constant: ``lr`` throughout, momentum 0.9;
    - cosine: lr/2 · (1 + cos π·step/steps), momentum 0.9;
    - onecycle: lr/25 → lr over the first 30 % of the steps, then down to
      lr/250,000, along cosines, with momentum .95 → .85 → .95 against it:
      torch's ``OneCycleLR`` with its defaults (Smith & Topin 2018,
      arXiv:1708.07120). A run of a single step takes it at the peak.

    Args:
        settings: ``lr`` and ``schedule``.
        step: from 0 to ``steps`` − 1.
        steps: of the whole run.

    Example:
        >>> rate_at(TrainSettings(lr=0.1, schedule="cosine"), 50, 100)
        Rate(lr=0.05, momentum=0.9)
    """
    match settings.schedule:
        case "constant":
            return Rate(settings.lr, MOMENTUM)
        case "cosine":
            return Rate(_cosine(settings.lr, 0.0, step / steps), MOMENTUM)
        case "onecycle":
            return _one_cycle(settings.lr, step, steps)


def _one_cycle(peak: float, step: int, steps: int) -> Rate:
    if steps == 1:
        return Rate(peak, LOWEST_MOMENTUM)
    start, last = peak / START_DIVISOR, steps - 1
    top = RISING_SHARE * steps - 1
    if step <= top:
        share = step / top
        lr = _cosine(start, peak, share)
        return Rate(lr, _cosine(HIGHEST_MOMENTUM, LOWEST_MOMENTUM, share))
    share = (step - top) / (last - top)
    lr = _cosine(peak, start / END_DIVISOR, share)
    return Rate(lr, _cosine(LOWEST_MOMENTUM, HIGHEST_MOMENTUM, share))


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))
