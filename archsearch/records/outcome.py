"""What became of a training, in three words: collapsed, no better than a guess, not converged.

They are different things. A collapsed net gives the same output for every picture. One
that is no better than a guess may give different ones, all wrong. One that hasn't
converged might have done better with more steps, or other ones.
"""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

from archsearch.records.results import RunResult

__all__ = [
    "Convergence",
    "Guess",
    "best_guess",
    "convergence",
    "no_better_than_guess",
]

STILL_FALLING = 0.05
"""Share of the error that may fall over the last quarter of the steps."""

OVER_BEST = 0.10
"""How far the last epoch's error may lie over the best one's, as a share of that."""

ANNEALED = 20.0
"""A rate under this part of its highest has been annealed."""

_FLOOR = 1e-12


class Guess(NamedTuple):
    """The best that can be had without looking at what a net is fed: its name, its test MSE."""

    name: str
    mse: float


class Convergence(NamedTuple):
    """How a training ended; shares of the validation error.

    Attributes:
        fell: over the last quarter of the steps, between epochs on a log scale; None
            after a single epoch.
        annealed: whether the learning rate ended near 0, which flattens any curve.
        over_best: the last epoch's error over the best one's.
        best_epoch: the epoch with the lowest error.
    """

    fell: float | None
    annealed: bool
    over_best: float
    best_epoch: int

    @property
    def still_falling(self) -> bool:
        """Whether more steps at this rate would have gone on."""
        return self.fell is not None and self.fell > STILL_FALLING and not self.annealed

    @property
    def rose(self) -> bool:
        """Whether an earlier epoch was clearly better."""
        return self.over_best > OVER_BEST

    @property
    def failed(self) -> bool:
        """Whether the training hasn't converged; if not, that isn't sure either."""
        return self.still_falling or self.rose


def best_guess(result: RunResult) -> Guess:
    """The constant guess of a run's task: the mean chroma where colors are predicted."""
    found = [
        Guess(f"the {baseline.label}", errors.test)
        for baseline, errors in result.baselines.known()
        if baseline.constant and errors.test is not None
    ]
    return found[-1]


def no_better_than_guess(result: RunResult) -> bool:
    """Whether :func:`best_guess` has as low a test MSE as the run, or a lower one."""
    return result.test.mse >= best_guess(result).mse


def convergence(result: RunResult) -> Convergence | None:
    """How a run's training ended; None without a history.

    Epochs have equally many steps, so the last quarter begins at three quarters of them.
    """
    errors = [max(epoch.val_mse, _FLOOR) for epoch in result.history]
    if not errors:
        return None
    best = min(range(len(errors)), key=errors.__getitem__)
    return Convergence(
        fell=_fall(errors),
        annealed=result.history[-1].lr < max(epoch.lr for epoch in result.history) / ANNEALED,
        over_best=errors[-1] / errors[best] - 1,
        best_epoch=result.history[best].epoch,
    )


def _fall(errors: list[float]) -> float | None:
    """The share that the error lost since three quarters of the epochs were over."""
    if len(errors) < 2:
        return None
    before, part = divmod(3 * len(errors) / 4 - 1, 1)
    ends = log(errors[int(before)]), log(errors[int(before) + 1])
    return 1 - errors[-1] / exp(ends[0] + part * (ends[1] - ends[0]))
