"""The learning rate as a pure function of step and history, so that resuming needs no state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from archsearch.config.schedules import Cosine, OneCycle, Plateau, Step
from archsearch.config.settings import TrainSettings

__all__ = ["MOMENTUM", "Rate", "rate_at"]

MOMENTUM = 0.9
"""Adam's β₁ or SGD's momentum, where neither optimizer nor schedule says otherwise."""


class Rate(NamedTuple):
    """What one step is taken with; ``momentum`` is Adam's β₁ or SGD's momentum."""

    lr: float
    momentum: float


def rate_at(settings: TrainSettings, step: int, steps: int, errors: Sequence[float] = ()) -> Rate:
    """Give the rate of a step.

    - constant: ``lr`` throughout, momentum 0.9;
    - cosine: eta_min + (lr − eta_min)/2 · (1 + cos π·step/steps), momentum 0.9;
    - onecycle: lr/25 → lr over the first 30 % of the steps, then down to
      lr/250,000, along cosines, with momentum .95 → .85 → .95 against it:
      torch's ``OneCycleLR`` with its defaults (Smith & Topin 2018,
      arXiv:1708.07120). A run of a single step takes it at the peak;
    - step: lr · gamma^⌊epoch/step_size⌋, torch's ``StepLR``, momentum 0.9;
    - plateau: lr times a factor for each time that ``patience`` was at its end, torch's
      ``ReduceLROnPlateau``, momentum 0.9.

    Momentum that the optimizer's settings give holds instead.

    Args:
        settings: ``lr``, ``schedule``, ``epochs`` and ``optimizer``.
        step: from 0 to ``steps`` − 1.
        steps: of the whole run, equally many in each epoch.
        errors: validation errors of the epochs before.

    Example:
        >>> rate_at(TrainSettings(lr=0.1, schedule="cosine"), 50, 100)
        Rate(lr=0.05, momentum=0.9)
    """
    rate = _scheduled(settings, step, steps, tuple(errors))
    held = settings.optimizer.held_momentum
    return rate if held is None else Rate(rate.lr, held)


def _scheduled(settings: TrainSettings, step: int, steps: int, errors: tuple[float, ...]) -> Rate:
    peak, schedule = settings.lr, settings.schedule
    match schedule:
        case OneCycle():
            return _one_cycle(schedule, peak, step, steps)
        case Cosine():
            return Rate(_cosine(peak, schedule.eta_min, step / steps), MOMENTUM)
        case Step():
            every = schedule.step_size or math.ceil(settings.epochs / 3)
            epoch = step * settings.epochs // steps
            return Rate(peak * schedule.gamma ** (epoch // every), MOMENTUM)
        case Plateau():
            return Rate(_on_plateau(schedule, peak, errors), MOMENTUM)
    return Rate(peak, MOMENTUM)


def _one_cycle(schedule: OneCycle, peak: float, step: int, steps: int) -> Rate:
    low, high = schedule.base_momentum, schedule.max_momentum
    if steps == 1:
        return Rate(peak, low)
    start, last = peak / schedule.div_factor, steps - 1
    top = schedule.pct_start * steps - 1
    if step <= top:
        share = step / top if top else 1.0
        return Rate(_cosine(start, peak, share), _cosine(high, low, share))
    share = (step - top) / (last - top)
    end = start / schedule.final_div_factor
    return Rate(_cosine(peak, end, share), _cosine(low, high, share))


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


@lru_cache(maxsize=4)  # asked for at every step of an epoch
def _on_plateau(schedule: Plateau, peak: float, errors: tuple[float, ...]) -> float:
    lr, best, borne, resting = peak, math.inf, 0, 0
    for error in errors:
        better = error < best * (1 - schedule.threshold)
        best = error if better else best
        borne = 0 if better or resting else borne + 1
        resting = max(resting - 1, 0)
        if borne > schedule.patience:
            lr = max(lr * schedule.factor, min(lr, schedule.min_lr))
            borne, resting = 0, schedule.cooldown
    return lr
