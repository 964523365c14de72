"""The samplers of archsearch's own methods, with every option named.

What each declares of itself is in ``config.search_methods``. No sampler sees failed trials.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from archsearch.config import ChoiceDomain, SearchSettings
from archsearch.errors import ExtensionError, InputError
from archsearch.extensions import refer
from archsearch.space import SearchSpace

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

__all__ = ["check_sampler", "make_sampler", "sampler_options"]

FEWEST, MOST = 6, 50
GENERATIONS = 5
"""As many as the planned trials should make, so that a short search has some too."""
SWAPPING = 0.5


def sampler_options(search: SearchSettings, dimensions: int) -> dict[str, object]:
    """What the sampler is made with, to be recorded; empty for designs.

    Options that Optuna deprecates are left alone; no other is left to its default.
    """
    method = search.described
    if not method.adaptive:
        return {}
    from optuna import __version__ as version

    options = {} if method.options is None else refer(method.options)(search, dimensions)
    return {"optuna": version, "method": search.method, **options}


def check_sampler(space: SearchSpace, search: SearchSettings) -> None:
    """Refuse a space that the method can't search.

    Raises:
        InputError: only choices, where the method needs numbers.
    """
    searched = space.domains.values()
    if search.described.needs_numbers and all(isinstance(d, ChoiceDomain) for d in searched):
        raise InputError(
            f"method {search.method} needs numbers, and the space has only choices",
            help="use method tpe or nsga2, or write a domain as int or float",
        )


def make_sampler(search: SearchSettings, dimensions: int, seed: int) -> BaseSampler:
    """The sampler for one proposal.

    Raises:
        ExtensionError: the method gives something else.
    """
    from optuna.samplers import BaseSampler

    method = search.described
    if method.sampler is None:
        raise ValueError(f"{method.name} is a design")
    made = refer(method.sampler)(search, dimensions, seed)
    if not isinstance(made, BaseSampler):
        raise ExtensionError(
            f"the search method `{method.name}` gave a {type(made).__name__}, not a sampler",
            help="let it return a subclass of optuna.samplers.BaseSampler",
        )
    return made


def tpe(search: SearchSettings, dimensions: int, seed: int) -> BaseSampler:
    """Tree-structured Parzen estimator (Bergstra et al. 2011); it weighs pruned trials."""
    from optuna.samplers import TPESampler

    return TPESampler(seed=seed, **tpe_options(search, dimensions))  # type: ignore[arg-type]


def tpe_options(search: SearchSettings, dimensions: int) -> Mapping[str, object]:
    """What :func:`tpe` is made with."""
    return {
        "n_startup_trials": 10,
        "n_ei_candidates": 24,
        "multivariate": True,
        "group": False,
        "constant_liar": True,
    }


def nsga2(search: SearchSettings, dimensions: int, seed: int) -> BaseSampler:
    """NSGA-II (Deb et al. 2002)."""
    from optuna.samplers import NSGAIISampler
    from optuna.samplers.nsgaii import UniformCrossover

    crossover = UniformCrossover(swapping_prob=SWAPPING)
    options = {**nsga2_options(search, dimensions), "crossover": crossover}
    return NSGAIISampler(seed=seed, **options)  # type: ignore[arg-type]


def nsga2_options(search: SearchSettings, dimensions: int) -> Mapping[str, object]:
    """What :func:`nsga2` is made with; generations follow from the number of trials."""
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


def gp(search: SearchSettings, dimensions: int, seed: int) -> BaseSampler:
    """Gaussian processes; values that they don't give are drawn at random."""
    from optuna.samplers import GPSampler, RandomSampler

    random = RandomSampler(seed=seed)
    options = {**gp_options(search, dimensions), "independent_sampler": random}
    return GPSampler(seed=seed, **options)  # type: ignore[arg-type]


def gp_options(search: SearchSettings, dimensions: int) -> Mapping[str, object]:
    """What :func:`gp` is made with."""
    return {
        "independent_sampler": "random",
        "n_startup_trials": 10,
        "deterministic_objective": False,
        "warn_independent_sampling": False,
    }


def cmaes(search: SearchSettings, dimensions: int, seed: int) -> BaseSampler:
    """CMA-ES; it knows no constraints: after an infeasible proposal it draws again."""
    from archsearch.study.search.cma_sampler import CmaSampler

    return CmaSampler(seed, **cmaes_options(search, dimensions))


def cmaes_options(search: SearchSettings, dimensions: int) -> Mapping[str, int]:
    """What :func:`cmaes` is made with (Hansen's default population)."""
    return {"n_startup_trials": 1, "popsize": 4 + int(3 * math.log(max(1, dimensions)))}
