"""The numbers on the searched choices, and their JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from archsearch.records import StudyRecord
from archsearch.report.sections.correction import Look
from archsearch.report.sections.estimates import estimate_json
from archsearch.report.statistics.effects import FactorTest, factor_effects
from archsearch.report.statistics.factors import Factor, searched_factors
from archsearch.report.statistics.importance import Importances, importances
from archsearch.report.statistics.pairs import Paired, paired_effects
from archsearch.report.statistics.sample import Sample

__all__ = [
    "ChoiceEffects",
    "Choices",
    "compute",
    "corrected",
    "effects_json",
    "to_json",
]


@dataclass(frozen=True)
class ChoiceEffects:
    """What choices do to the error: all together, and among architectures that are alike.

    Attributes:
        effects: of each choice, alone and with the others held equal.
        paired: among architectures that differ in one thing.
    """

    effects: tuple[FactorTest, ...]
    paired: tuple[Paired, ...]


@dataclass(frozen=True)
class Choices:
    """The searched choices.

    Attributes:
        factors: those that vary over the architectures with a result.
        all: their effects over all runs.
        without_collapsed: the same without collapsed runs; None where there are none.
        importances: shares of explained variance.
    """

    factors: tuple[Factor, ...]
    all: ChoiceEffects
    without_collapsed: ChoiceEffects | None
    importances: Importances


def compute(study: StudyRecord, sample: Sample, *, seed: int = 0) -> Choices:
    """Over all architectures of the sample, whatever their decoders read."""
    table = sample.architectures()
    factors = searched_factors(study, table)
    mse = table["val_mse"].to_numpy(dtype=np.float64)
    without = None
    if len(sample.collapsed):
        without = _effects(study, sample.without_collapsed())
    return Choices(factors, _effects(study, sample), without, importances(factors, mse, seed=seed))


def _effects(study: StudyRecord, sample: Sample) -> ChoiceEffects:
    table = sample.architectures()
    factors = searched_factors(study, table)
    mse = table["val_mse"].to_numpy(dtype=np.float64)
    return ChoiceEffects(
        factor_effects(factors, mse) if len(mse) > 2 else (), paired_effects(table, factors)
    )


def corrected(found: Choices, look: Look) -> Choices:
    """With ``look`` of each p, with and without collapsed runs."""
    return replace(
        found,
        all=_corrected(found.all, look),
        without_collapsed=found.without_collapsed and _corrected(found.without_collapsed, look),
    )


def _corrected(found: ChoiceEffects, look: Look) -> ChoiceEffects:
    return ChoiceEffects(
        tuple(one._replace(p_holm=look(one.p)) for one in found.effects),
        tuple(one._replace(p_holm=look(one.estimate.p)) for one in found.paired),
    )


def to_json(found: Choices) -> dict[str, object]:
    """For the details of ``summary.json``."""
    shares = found.importances
    return {
        **effects_json(found.all),
        "importances": {
            "evaluator": shares.evaluator,
            "shares": shares.shares,
            "chance": None if shares.refused else shares.noise_column,
            "refused": shares.refused or None,
            "n": shares.n,
        },
    }


def effects_json(found: ChoiceEffects) -> dict[str, object]:
    """Effects and pairs, of all runs or of those that didn't collapse."""
    return {"factors": _factors(found.effects), "paired": _paired(found.paired)}


def _paired(pairs: Sequence[Paired]) -> list[dict[str, object]]:
    return [
        {
            "what": each.what,
            "contrast": each.contrast,
            "held": each.held,
            "groups": each.groups,
            "log_mse": estimate_json(each.estimate),
            "p_holm": each.p_holm,
        }
        for each in pairs
    ]


def _factors(tests: Sequence[FactorTest]) -> dict[str, object]:
    return {
        test.factor: {
            "share": test.share,
            "p": test.p,
            "p_holm": test.p_holm,
            "log_mse": {
                effect.contrast: {
                    "alone": estimate_json(effect.alone),
                    "others_equal": estimate_json(effect.adjusted),
                }
                for effect in test.effects
            },
        }
        for test in tests
    }
