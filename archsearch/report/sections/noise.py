"""How much of the error's spread is the seed's, and how much the architecture's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from archsearch.report.statistics.noise import NoiseShares, noise_shares
from archsearch.report.statistics.sample import FLOOR, Sample

__all__ = ["Noise", "compute"]


@dataclass(frozen=True)
class Noise:
    """Seed noise against architecture effect; None with one seed.

    ``without_collapsed`` is the same without collapsed runs, ``all`` itself where there are none.
    """

    all: NoiseShares | None
    without_collapsed: NoiseShares | None

    @property
    def kept(self) -> NoiseShares | None:
        """Without collapsed runs; with them where it can't be had without."""
        return self.without_collapsed or self.all


def compute(sample: Sample) -> Noise:
    """Over the architectures that have a run of every seed."""
    found = noise_shares(_balanced(sample))
    if not len(sample.collapsed):
        return Noise(found, found)
    return Noise(found, noise_shares(_balanced(sample.without_collapsed())))


def _balanced(sample: Sample) -> np.ndarray:
    """Log MSE, architectures × seeds: those with a run of every seed, of equal plans the first."""
    runs = sample.runs.drop_duplicates(["key", "seed"])
    table = runs.pivot_table(index="key", columns="seed", values="val_mse").dropna()
    logs: np.ndarray = np.log(np.maximum(table.to_numpy(dtype=np.float64), FLOOR))
    return logs
