"""Seconds to the plain script's quality: its error after ten epochs, by the default recipe."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace

from benchmarks.contender import Race
from benchmarks.races import Finished, run_together

__all__ = ["Quality", "measure", "table"]

PLAIN_EPOCHS = 10


@dataclass(frozen=True)
class Quality:
    """Means over seeds. Seconds run until the last epoch's validation error is known.

    ``ours_whole_seconds`` has the final scores in it, too, which the plain script hasn't.
    """

    spec: str
    epochs: int
    plain_mse: float
    ours_mse: float
    plain_seconds: float
    ours_seconds: float
    ours_whole_seconds: float

    @property
    def reached(self) -> bool:
        """Whether the default recipe meets the plain script's error."""
        return self.ours_mse <= self.plain_mse


def measure(race: Race, epochs: int, seeds: int = 3) -> Quality:
    """Train both with each seed, in turn; ours for ``epochs`` with its own batch size."""
    plain, ours = [], []
    for seed in range(seeds):
        plain.append(run_together([replace(race, who="plain", seed=seed, epochs=PLAIN_EPOCHS)]))
        own = replace(race, who="ours", seed=seed, epochs=epochs, batch_size=0)
        ours.append(run_together([own]))
    whole = statistics.mean(run.whole_seconds for run in ours)
    return Quality(
        *(race.spec, epochs, _mse(plain), _mse(ours), _seconds(plain), _seconds(ours), whole)
    )


def _mse(runs: list[Finished]) -> float:
    return statistics.mean(run.val_mse for run in runs)


def _seconds(runs: list[Finished]) -> float:
    return statistics.mean(run.epochs_seconds for run in runs)


def table(results: list[Quality]) -> str:
    """Errors, seconds and the share of the plain script's time."""
    lines = [
        f"{'':<20}{'plain':>9}{'s':>8}{'ours':>9}{'epochs':>8}{'s':>8}{'share':>8}{'whole':>8}"
    ]
    lines += [
        f"{one.spec:<20}{one.plain_mse:>9.5f}{one.plain_seconds:>8.1f}{one.ours_mse:>9.5f}"
        f"{one.epochs:>8}{one.ours_seconds:>8.1f}{one.ours_seconds / one.plain_seconds:>8.3f}"
        f"{one.ours_whole_seconds:>8.1f}"
        f"{'' if one.reached else '  not reached'}"
        for one in results
    ]
    return "\n".join(lines) + "\n"
