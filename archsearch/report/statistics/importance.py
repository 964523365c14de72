"""How much of the error's variance each searched choice explains, by a named evaluator.

fANOVA (Hutter, Hoos & Leyton-Brown 2014) as Optuna implements it: a random
forest of log MSE over the choices, its variance taken apart. A column of pure
noise is added: what a choice explains is believed only above its share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.factors import Factor

if TYPE_CHECKING:
    from optuna.study import Study

__all__ = ["FEWEST_FOR_IMPORTANCE", "Importances", "importances"]

Floats = npt.NDArray[np.float64]

FEWEST_FOR_IMPORTANCE = 30
_MOST_ARCHITECTURES = 200
_TREES, _DEPTH = 16, 8
_NOISE_COLUMN = "\x00noise"


@dataclass(frozen=True)
class Importances:
    """Shares of the explained variance, or why there are none.

    Attributes:
        evaluator: its name, with its settings.
        shares: of each factor, the largest first; with the noise column they add up to 1.
        noise_column: the share that a column of pure noise got.
        refused: why nothing was computed, else "".
        n: architectures it was computed from.
    """

    evaluator: str
    shares: dict[str, float]
    noise_column: float
    refused: str
    n: int


def importances(factors: tuple[Factor, ...], mse_n: npt.ArrayLike, *, seed: int = 0) -> Importances:
    """FANOVA of log MSE; refused under 30 architectures, or 6 for each factor."""
    y = np.log(np.asarray(mse_n, dtype=np.float64))
    name = f"fANOVA (Optuna, {_TREES} trees, seed {seed})"
    least = max(FEWEST_FOR_IMPORTANCE, 6 * len(factors))
    if len(factors) < 2:
        return Importances(name, {}, 0.0, "fewer than two searched choices vary", len(y))
    if len(y) < least:
        reason = f"{len(y)} architectures are too few; it takes {least}"
        return Importances(name, {}, 0.0, reason, len(y))
    if np.ptp(y) < 1e-9:
        return Importances(name, {}, 0.0, "all errors are the same", len(y))
    rng = np.random.default_rng([seed, 8])
    kept = np.sort(rng.permutation(len(y))[:_MOST_ARCHITECTURES])
    shares = _fanova(factors, y, kept, rng.uniform(size=len(y)), seed)
    noise_column = shares.pop(_NOISE_COLUMN, 0.0)
    ordered = dict(sorted(shares.items(), key=lambda item: -item[1]))
    return Importances(name, ordered, noise_column, "", len(kept))


def _fanova(
    factors: tuple[Factor, ...],
    y: Floats,
    kept: npt.NDArray[np.intp],
    noise_column: Floats,
    seed: int,
) -> dict[str, float]:
    from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
    from optuna.importance import FanovaImportanceEvaluator
    from optuna.trial import TrialState, create_trial

    spaces: dict[str, BaseDistribution] = {_NOISE_COLUMN: FloatDistribution(0, 1)}
    columns: dict[str, list[float] | list[str]] = {_NOISE_COLUMN: noise_column.tolist()}
    for factor in factors:
        if factor.kind == "number":
            spaces[factor.name] = FloatDistribution(min(factor.numbers), max(factor.numbers))
            columns[factor.name] = list(factor.numbers)
        else:
            spaces[factor.name] = CategoricalDistribution(factor.levels)
            columns[factor.name] = list(factor.values)
    study = _quiet_study()
    study.add_trials(
        create_trial(
            state=TrialState.COMPLETE,
            value=float(y[place]),
            params={name: column[place] for name, column in columns.items()},
            distributions=spaces,
        )
        for place in kept
    )
    evaluator = FanovaImportanceEvaluator(n_trees=_TREES, max_depth=_DEPTH, seed=seed)
    found = evaluator.evaluate(study)
    total = sum(found.values()) or 1.0
    return {name: float(value / total) for name, value in found.items()}


def _quiet_study() -> Study:
    """A study in memory; Optuna would announce it on stderr."""
    from optuna import create_study, logging
    from optuna.samplers import RandomSampler

    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        return create_study(sampler=RandomSampler(seed=0))
    finally:
        logging.set_verbosity(before)
