"""What became of a training, in three words: collapsed, no better than a guess, not converged.

They are different things. A collapsed net gives the same output for every picture. One
that is no better than a guess may give different ones, all wrong. One that hasn't
converged might have done better with more steps, or other ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

from archsearch.config.early_stopping import EarlyStopping
from archsearch.printable import count
from archsearch.records.results import RunResult

__all__ = [
    "Convergence",
    "Guess",
    "best_guess",
    "convergence",
    "epoch_note",
    "epochs_told",
    "in_brief",
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
        over_best: the error of the epoch whose weights are kept over the best one's.
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
    kept = (result.weights_epoch or len(errors)) - 1
    return Convergence(
        fell=_fall(errors),
        annealed=result.history[-1].lr < max(epoch.lr for epoch in result.history) / ANNEALED,
        over_best=errors[kept] / errors[best] - 1,
        best_epoch=result.history[best].epoch,
    )


def epochs_told(result: RunResult) -> str:
    """How many epochs a run was trained, of how many, and whose weights are kept.

    ``5 epochs``, or ``12 of 50 epochs, weights of epoch 7`` with early stopping. Of an imported
    net it is told where it came from: ``imported from net.py:model``.
    """
    if result.origin is not None:
        return f"imported from {result.origin}"
    of = "" if result.planned_epochs is None else f"{result.epochs} of "
    told = f"{of}{count(result.planned_epochs or result.epochs, 'epoch')}"
    kept = result.weights_epoch
    return told if kept is None else f"{told}, weights of epoch {kept}"


def epoch_note(
    errors: Sequence[float], stopping: EarlyStopping | None = None, *, constant: bool = False
) -> str:
    """What to know of a training after an epoch, in a few words; "" where all is well.

    Args:
        errors: validation MSE of the epochs so far.
        stopping: when the training ends early.
        constant: whether the net's output is the same for every picture.

    Example:
        >>> epoch_note([0.2, 0.1, 0.12], EarlyStopping(patience=5))
        '20 % over epoch 2, no lower for 1 of 5 epochs'
        >>> epoch_note([0.2], constant=True)
        'constant output'
    """
    best = min(range(len(errors)), key=errors.__getitem__)
    over = errors[-1] / max(errors[best], _FLOOR) - 1
    waited = 0 if stopping is None else stopping.waited(errors)
    told = [
        "constant output" if constant else "",
        f"{100 * over:.0f} % over epoch {best + 1}" if over > OVER_BEST else "",
        f"no lower for {waited} of {count(stopping.patience, 'epoch')}"
        if stopping and waited
        else "",
    ]
    return ", ".join(filter(None, told))


def in_brief(result: RunResult) -> str:
    """What became of a run in a few words, or "" where there is nothing to say of it."""
    ended = None if result.collapsed else convergence(result)
    told = [
        "collapsed" if result.collapsed else "",
        f"ended {100 * ended.over_best:.0f} % over epoch {ended.best_epoch}"
        if ended is not None and ended.rose
        else "",
        f"stopped after {epochs_told(result)}" if result.planned_epochs is not None else "",
    ]
    return ", ".join(filter(None, told))


def _fall(errors: list[float]) -> float | None:
    """The share that the error lost since three quarters of the epochs were over."""
    if len(errors) < 2:
        return None
    before, part = divmod(3 * len(errors) / 4 - 1, 1)
    ends = log(errors[int(before)]), log(errors[int(before) + 1])
    return 1 - errors[-1] / exp(ends[0] + part * (ends[1] - ends[0]))
