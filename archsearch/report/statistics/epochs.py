"""Is the answer stable over training? The correlation and slope after every epoch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.records import StudyRecord
from archsearch.report.statistics.intervals import FEWEST, Estimate
from archsearch.report.statistics.least_squares import log_log_slope
from archsearch.report.statistics.rank import spearman, spearmans_of
from archsearch.report.statistics.sample import FLOOR, Sample, runs_of

__all__ = ["AtEpoch", "error_table", "over_epochs"]

Floats = npt.NDArray[np.float64]

_MOST_EPOCHS = 120


class AtEpoch(NamedTuple):
    """The state after one epoch; ``agreement`` is ρ of its errors with the last epoch's."""

    epoch: int
    spearman: Estimate
    slope: Estimate
    agreement: float | None


def error_table(study: StudyRecord, sample: Sample) -> tuple[list[int], Floats]:
    """The epochs that every run of the sample has, and the errors, shape (n, epochs).

    Rows are those of ``sample.architectures()``, the mean over its runs.
    """
    keys = {key: place for place, key in enumerate(sample.runs["key"].unique())}
    histories = [
        (keys[trial.plan.key], result.history)
        for trial, _, result in runs_of(study, sample)
        if trial.plan
    ]
    if not histories:
        return [], np.empty((0, 0))
    last = min(len(history) for _, history in histories)
    sums, runs = np.zeros((len(keys), last)), np.zeros(len(keys))
    for place, history in histories:
        sums[place] += [record.val_mse for record in history[:last]]
        runs[place] += 1
    epochs = [record.epoch for record in histories[0][1][:last]]
    return epochs, np.maximum(sums / runs[:, None], FLOOR)


def over_epochs(
    latent_n: npt.ArrayLike, epochs: list[int], errors_nE: Floats, *, seed: int = 0
) -> tuple[AtEpoch, ...]:
    """Spearman's ρ and the log–log slope of latent size with error after each epoch.

    Every epoch up to 120; of more, 120 evenly chosen, the last among them.
    """
    latent = np.asarray(latent_n, dtype=np.float64)
    if len(latent) < FEWEST or np.ptp(latent) == 0 or not epochs:
        return ()
    chosen = np.unique(np.linspace(0, len(epochs) - 1, _MOST_EPOCHS).round().astype(int))
    ranks = spearmans_of(latent, errors_nE.T[chosen], seed=seed)
    found = []
    for place, estimate in zip(chosen, ranks, strict=True):
        error = errors_nE[:, place]
        agreement = spearman(errors_nE[:, -1], error)
        found.append(
            AtEpoch(
                epochs[place],
                estimate,
                log_log_slope(latent, error),
                agreement if np.isfinite(agreement) else None,
            )
        )
    return tuple(found)
