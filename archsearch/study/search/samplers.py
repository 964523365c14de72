"""The samplers with every option named, and the form in which each learns of rules.

====== ==================  =====================================================
method infeasible is kept  because
====== ==================  =====================================================
tpe    pruned              it weighs pruned trials by their violations
nsga2  complete            it ignores pruned ones; feasible ones dominate
gp     complete            it ignores pruned ones; it models each violation
cmaes  pruned              it knows no constraints: it draws again
====== ==================  =====================================================

No sampler sees failed trials.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from archsearch.config import DESIGNS, ChoiceDomain, SearchSettings
from archsearch.errors import InputError
from archsearch.space import SearchSpace

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

__all__ = ["KEEPS_COMPLETE", "check_sampler", "make_sampler", "sampler_options"]

KEEPS_COMPLETE = frozenset({"nsga2", "gp"})
"""Methods that learn of infeasible proposals only where those are complete trials."""

FEWEST, MOST = 6, 50
GENERATIONS = 5
"""As many as the slots should make, so that a short search has some too."""


def sampler_options(search: SearchSettings, dimensions: int) -> dict[str, object]:
    """What the sampler is made with, to be recorded; empty for designs.

    Options that Optuna deprecates are left alone; no other is left to its default.
    """
    if search.method in DESIGNS:
        return {}
    from optuna import __version__ as version

    return {"optuna": version, "method": search.method, **_options(search, dimensions)}


def check_sampler(space: SearchSpace, search: SearchSettings) -> None:
    """Refuse a space that the method can't search.

    Raises:
        InputError: cmaes where all domains are choices.
    """
    searched = space.domains.values()
    if search.method == "cmaes" and all(isinstance(d, ChoiceDomain) for d in searched):
        raise InputError(
            "method cmaes needs numbers, and the space has only choices",
            help="use method tpe or nsga2, or write a domain as int or float",
        )


def make_sampler(search: SearchSettings, dimensions: int, seed: int) -> BaseSampler:
    """The sampler for one proposal."""
    from optuna import samplers

    options = _options(search, dimensions)
    if search.method == "tpe":
        return samplers.TPESampler(seed=seed, **options)  # type: ignore[arg-type]
    if search.method == "nsga2":
        crossover = samplers.nsgaii.UniformCrossover(swapping_prob=SWAPPING)
        kept = {name: value for name, value in options.items() if name != "crossover"}
        return samplers.NSGAIISampler(seed=seed, crossover=crossover, **kept)  # type: ignore[arg-type]
    if search.method == "gp":
        independent = samplers.RandomSampler(seed=seed)
        kept = {name: value for name, value in options.items() if name != "independent_sampler"}
        return samplers.GPSampler(seed=seed, independent_sampler=independent, **kept)  # type: ignore[arg-type]
    from archsearch.study.search.cma_sampler import CmaSampler

    return CmaSampler(seed, **options)  # type: ignore[arg-type]


SWAPPING = 0.5

_TPE = {
    "n_startup_trials": 10,
    "n_ei_candidates": 24,
    "multivariate": True,
    "group": False,
    "constant_liar": True,
}

_GP = {
    "independent_sampler": "random",
    "n_startup_trials": 10,
    "deterministic_objective": False,
    "warn_independent_sampling": False,
}


def _options(search: SearchSettings, dimensions: int) -> Mapping[str, object]:
    if search.method == "tpe":
        return _TPE
    if search.method == "nsga2":
        return {
            "population_size": min(max(search.trials // GENERATIONS, FEWEST), MOST),
            "mutation": None,  # a mutated value is drawn anew
            "mutation_prob": 1 / max(1, dimensions),
            "crossover": "uniform",
            "crossover_prob": 0.9,
            "swapping_prob": SWAPPING,
            "elite_population_selection_strategy": None,  # NSGA-II's own
            "child_generation_strategy": None,
            "after_trial_strategy": None,
        }
    if search.method == "gp":
        return _GP
    return {"n_startup_trials": 1, "popsize": 4 + int(3 * math.log(max(1, dimensions)))}
