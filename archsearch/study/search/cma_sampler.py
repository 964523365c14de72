"""CMA-ES over a space's numbers, rebuilt from the trials for each proposal.

Optuna's own CmaEsSampler keeps its optimizer in the database as a pickle, and a
pickle is code to whoever loads it. This one keeps one whole number a trial, the
generation that it was drawn from, and tells a fresh optimizer the same results
again. Its proposals are those of Optuna's, but for rounding, as long as trials
end in the order of their numbers.

Source: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from cmaes import CMA
from optuna import Study
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.search_space import IntersectionSearchSpace
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

__all__ = ["CmaSampler"]

GENERATION = "cma:generation"
"""Attribute of a trial, as Optuna's sampler names it: older studies go on."""

Vector = npt.NDArray[np.float64]
Numeric = IntDistribution | FloatDistribution


class CmaSampler(BaseSampler):
    """Proposes numbers by CMA-ES; choices, and all else it can't move, at random.

    Args:
        seed: of this one proposal.
        popsize: results that end a generation.
        n_startup_trials: complete trials before which numbers are drawn at random, too.
    """

    def __init__(self, seed: int, *, popsize: int, n_startup_trials: int = 1) -> None:
        self._seed = seed
        self._popsize = popsize
        self._n_startup_trials = n_startup_trials
        self._independent = RandomSampler(seed=seed)

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """The numbers that all complete trials share, by name, but those of one value."""
        shared = IntersectionSearchSpace().calculate(study)
        return {
            name: distribution
            for name, distribution in shared.items()
            if isinstance(distribution, Numeric) and not distribution.single()
        }

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """A draw from the distribution as the results so far have moved it."""
        complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        if not search_space or len(complete) < self._n_startup_trials:
            return {}
        scales = {
            name: _Scale.of(distribution)
            for name, distribution in search_space.items()
            if isinstance(distribution, Numeric)
        }
        generations = _by_generation(complete)
        draws = np.random.RandomState(self._seed)
        if not any(generation > 0 for generation in generations):
            draws.randint(1, 2**31 - 2)  # Optuna's seed of a first optimizer
        optimizer = self._replayed(generations, scales, study.direction)
        optimizer.reseed_rng(int(draws.randint(1, 2**16)) + trial.number)
        study._storage.set_trial_system_attr(trial._trial_id, GENERATION, optimizer.generation)
        drawn = optimizer.ask()
        return {
            name: scale.value(float(x))
            for (name, scale), x in zip(scales.items(), drawn, strict=True)
        }

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:
        """A random draw."""
        return self._independent.sample_independent(study, trial, param_name, param_distribution)

    def _replayed(
        self,
        generations: Mapping[int, Sequence[FrozenTrial]],
        scales: Mapping[str, _Scale],
        direction: StudyDirection,
    ) -> CMA:
        """The optimizer that has been told every whole generation so far."""
        size = len(scales)
        optimizer = CMA(
            mean=np.full(size, 0.5),
            sigma=1 / 6,
            bounds=np.tile([0.0, 1.0], (size, 1)),
            n_max_resampling=10 * size,
            population_size=self._popsize,
        )
        sign = -1.0 if direction == StudyDirection.MAXIMIZE else 1.0
        while len(told := generations.get(optimizer.generation, ())) >= self._popsize:
            optimizer.tell(
                [(_point(t, scales), sign * float(t.values[0])) for t in told[: self._popsize]]
            )
        return optimizer


@dataclass(frozen=True)
class _Scale:
    """A number's way to [0, 1] and back: whole numbers with half a step at both ends."""

    distribution: Numeric
    low: float
    high: float

    @classmethod
    def of(cls, distribution: Numeric) -> _Scale:
        half = 0.5 * (distribution.step or 0)
        low, high = distribution.low - half, distribution.high + half
        if distribution.log:
            low, high = math.log(low), math.log(high)
        return cls(distribution, low, high)

    def place(self, value: float) -> float:
        """Where a value stands in [0, 1]."""
        found = math.log(value) if self.distribution.log else float(value)
        return (found - self.low) / (self.high - self.low)

    def value(self, place: float) -> int | float:
        """The value that stands nearest to a place in [0, 1]."""
        known = self.distribution
        found = self.low + place * (self.high - self.low)
        if known.log:
            found = math.exp(found)
        if isinstance(known, FloatDistribution):
            below = float(np.nextafter(known.high, known.low))
            return min(max(found, known.low), below)
        steps = (
            round(found) - known.low
            if known.log
            else math.floor((found - known.low) / known.step + 0.5)
        )
        return min(max(known.low + steps * known.step, known.low), known.high)


def _by_generation(complete: Sequence[FrozenTrial]) -> dict[int, list[FrozenTrial]]:
    """Trials with a usable result by the generation they were drawn from, first ended first."""
    found: defaultdict[int, list[FrozenTrial]] = defaultdict(list)
    # In the order in which they ended: what ends later changes no generation told before.
    for trial in sorted(complete, key=lambda t: (t.datetime_complete or datetime.min, t.number)):
        generation = trial.system_attrs.get(GENERATION)
        if isinstance(generation, int) and trial.values and math.isfinite(trial.values[0]):
            found[generation].append(trial)
    return found


def _point(trial: FrozenTrial, scales: Mapping[str, _Scale]) -> Vector:
    return np.array([scale.place(trial.params[name]) for name, scale in scales.items()])
