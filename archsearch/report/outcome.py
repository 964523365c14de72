"""What became of a training, in sentences that each name a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil, isfinite
from types import MappingProxyType

from archsearch.config import TaskWords, words_of
from archsearch.printable import count
from archsearch.records import (
    Convergence,
    RunResult,
    best_guess,
    convergence,
    no_better_than_guess,
)
from archsearch.report.formatting import error

__all__ = ["REMEDIES", "collapsed_word", "ends_of", "outcome", "outcomes"]


_FEW_STEPS = 100
"""Steps under which a net that gives the same for every picture is barely trained."""

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "barely-trained": "Remedies: more epochs, more pictures, or smaller batches.",
        "collapsed": "Remedies: another seed, a lower learning rate, leaky_relu, a norm, "
        "or more steps.",
        "imported": "Remedies: the weights of its training (--weights), or the scale of its "
        "pictures (--scale).",
        "falling": "Remedies: more epochs, or a schedule that lowers the rate (onecycle, cosine).",
        "rose": "Remedies: a lower learning rate, or early stopping, which keeps the weights of "
        "the best epoch (train.early_stopping.patience=5).",
    }
)
"""What is told to do, for each way in which a training may end badly."""


def outcome(result: RunResult, batch_size: int) -> list[str]:
    """Whether a net has collapsed, is no better than a guess, hasn't converged; nothing if well.

    A collapsed net's error is that of a guess, and its curve means nothing, so of such
    a net, and of one that was marked so, only that is told.

    Args:
        result: the run's.
        batch_size: pictures in a training step.
    """
    if _same(result) and result.variance_share is not None:
        if result.origin is not None:
            return [_imported(result.variance_share)]
        steps = ceil(result.splits["train"] / batch_size) * result.epochs
        return [_collapsed(result.variance_share, steps)]
    if result.collapsed:
        return [_marked_before()]
    told = [_guessed(result)] if no_better_than_guess(result) else []
    ended = convergence(result)
    return told if ended is None else [*told, *_not_converged(ended)]


def _imported(share: float) -> str:
    return (
        f"The imported net gives the same for every picture (it varies {100 * share:.2g} % as "
        f"much as they do). {REMEDIES['imported']}"
    )


def _collapsed(share: float, steps: int) -> str:
    same = f"the same for every picture (it varies {100 * share:.2g} % as much as they do)"
    if steps < _FEW_STEPS:
        return (
            f"The net is barely trained, after {steps} step{'s'[: steps > 1]}: its output is still "
            f"{same}. {REMEDIES['barely-trained']}"
        )
    return f"The net has collapsed: its output is {same}. {REMEDIES['collapsed']}"


def _marked_before() -> str:
    return (
        "An earlier version marked this run as collapsed, since its error is within 2 % of a "
        "constant guess's or over it. Whether its output is the same for every picture wasn't "
        "measured: train it again to know."
    )


def _guessed(result: RunResult) -> str:
    guess = best_guess(result)
    return (
        f"The net is no better than a guess: {guess.name} has a test MSE of {error(guess.mse)}, "
        f"the net {error(result.test.mse)}. {words_of(result.task).no_better}"
    )


def _not_converged(ended: Convergence) -> list[str]:
    told = []
    if ended.still_falling and ended.fell is not None:
        told.append(
            "The training hasn't converged: over the last quarter of the steps the validation "
            f"error still fell by {100 * ended.fell:.0f} %, at a learning rate that wasn't "
            f"lowered. {REMEDIES['falling']}"
        )
    if ended.rose:
        told.append(
            f"The training hasn't converged: its last validation error lies "
            f"{100 * ended.over_best:.0f} % over that of epoch {ended.best_epoch}. "
            f"{REMEDIES['rose']}"
        )
    return told


def ends_of(results: Iterable[RunResult]) -> list[Convergence]:
    """How trainings ended, where that is known; a collapsed one's curve means nothing."""
    known = (convergence(result) for result in results if not result.collapsed)
    return [end for end in known if end is not None]


def collapsed_word(variance_shares: Iterable[float | None]) -> str:
    """What runs with the mark ``collapsed`` are called, from the ``variance_share`` of each.

    "marked" where an earlier version marked any by its error, without measuring whether
    the output is the same for every picture (None or NaN).
    """
    measured = all(share is not None and isfinite(share) for share in variance_shares)
    return "collapsed" if measured else "marked"


def outcomes(
    results: Sequence[RunResult], names: Sequence[str] | None = None
) -> Iterator[tuple[str, str]]:
    """What became of many runs: a code and a message for each thing that any of them did.

    Of those that collapsed, or were marked so, nothing else is told: their curves mean nothing.

    Args:
        results: the runs.
        names: how they are called; without, they are counted.
    """
    called = [""] * len(results) if names is None else names
    runs = list(zip(called, results, strict=True))
    trained = [run for run in runs if not run[1].collapsed]
    for cases, of in ((_LOST, runs), (_TRAINED, trained)):
        for code, is_so, message in cases:
            true = [name for name, result in of if is_so(result)]
            if true:
                which = ", ".join(true) if names else f"{len(true)} of {count(len(of), 'run')}"
                yield code, f"{which} {message}"
    ended = [end for _, result in trained if (end := convergence(result)) and end.fell is not None]
    if 2 * sum(end.annealed for end in ended) > len(ended):
        yield (
            "annealed",
            "The learning rate ends near 0 by its schedule, which flattens curves whether or not "
            "the nets have learned all they can: more epochs could change the order.",
        )


def _same(result: RunResult) -> bool:
    """Whether the output was measured to be the same for every picture."""
    return result.collapsed and result.variance_share is not None


def _marked(result: RunResult) -> bool:
    return result.collapsed and result.variance_share is None


def _falling(result: RunResult) -> bool:
    ended = convergence(result)
    return ended is not None and ended.still_falling


def _rose(result: RunResult) -> bool:
    ended = convergence(result)
    return ended is not None and ended.rose


_Case = tuple[str, Callable[[RunResult], bool], str]

_LOST: tuple[_Case, ...] = (
    (
        "collapsed-runs",
        _same,
        f"collapsed: one output for every picture. {REMEDIES['collapsed']}",
    ),
    (
        "marked-runs",
        _marked,
        "came with an earlier version’s mark: an error within 2 % of a constant guess’s or over "
        "it. Whether all outputs are the same wasn’t measured. Remedy: training again.",
    ),
)
"""What makes a run's error and curve meaningless."""

_TRAINED: tuple[_Case, ...] = (
    (
        "no-better-than-guess",
        no_better_than_guess,
        "ended no better on the test split than a guess (the mean training color; for colors, the "
        f"mean chroma), without having collapsed. {TaskWords().no_better}",
    ),
    (
        "still-falling",
        _falling,
        "ended too early: over the last quarter the error still fell by over 5 %, at a rate that "
        f"wasn’t lowered. {REMEDIES['falling']}",
    ),
    (
        "ended-over-best",
        _rose,
        f"ended over 10 % above the best epoch’s error. {REMEDIES['rose']}",
    ),
)
"""What may be said of the others."""
