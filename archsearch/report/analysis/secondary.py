"""All statistics beyond the headline, computed once for page, figures and summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from archsearch.records import StudyRecord
from archsearch.report.outcome import collapsed_word
from archsearch.report.statistics.effects import MOST_LEVELS, FactorTest, factor_effects
from archsearch.report.statistics.epochs import AtEpoch, error_table, over_epochs
from archsearch.report.statistics.factors import Factor, searched_factors
from archsearch.report.statistics.groups import Grouping, within_groups
from archsearch.report.statistics.importance import Importances, importances
from archsearch.report.statistics.knee import Knee, Line, find_knee, fit_line
from archsearch.report.statistics.noise import NoiseShares, noise_shares
from archsearch.report.statistics.pairs import Paired, paired_effects
from archsearch.report.statistics.ranges import RangeLeft, leave_range_out
from archsearch.report.statistics.rivals import RIVALS, Rival, compare_rivals
from archsearch.report.statistics.sample import FLOOR, Sample

__all__ = ["AREA", "SecondaryAnalyses", "WithoutCollapsed", "secondary_analyses"]

AREA = RIVALS["latent_area"]


class WithoutCollapsed(NamedTuple):
    """Statistics over the runs without the mark ``collapsed``: one such run may decide them.

    ``word`` is what the runs left out are called, "collapsed" or "marked"; see
    :func:`archsearch.report.outcome.collapsed_word`.
    """

    word: str
    noise: NoiseShares | None
    effects: tuple[FactorTest, ...]
    paired: tuple[Paired, ...]


@dataclass(frozen=True)
class SecondaryAnalyses:
    """The details behind the answer; see the modules of ``statistics`` for each.

    Attributes:
        rivals: latent size and what else may correlate with the error.
        groupings: the correlation within groups, several ways to make them.
        ranges: the correlation without parts of the range.
        line: the log–log fit.
        knee: its best bend, shown or not.
        noise: seed noise against architecture effect; None with one seed.
        epochs: correlation and slope after every epoch.
        factors: the searched choices that vary.
        effects: what each does to the error.
        paired: the same from like architectures.
        importances: shares of explained variance.
        without_collapsed: noise, effects and pairs without collapsed runs; None where
            there are no such runs.
        single: p of the findings that stand elsewhere, by name, corrected.
        looks: the tests that all ``p_holm`` are corrected for.
    """

    rivals: tuple[Rival, ...]
    groupings: tuple[Grouping, ...]
    ranges: tuple[RangeLeft, ...]
    line: Line | None
    knee: Knee | None
    noise: NoiseShares | None
    epochs: tuple[AtEpoch, ...]
    factors: tuple[Factor, ...]
    effects: tuple[FactorTest, ...]
    paired: tuple[Paired, ...]
    importances: Importances
    without_collapsed: WithoutCollapsed | None = None
    single: Mapping[str, float | None] = field(default_factory=dict)
    looks: int = 0

    @property
    def kept_noise(self) -> NoiseShares | None:
        """The noise without collapsed runs; with them where it can't be had without."""
        spare = self.without_collapsed
        return self.noise if spare is None or spare.noise is None else spare.noise


def secondary_analyses(study: StudyRecord, sample: Sample, *, seed: int = 0) -> SecondaryAnalyses:
    """Compute all of it over the sample's architectures."""
    table = sample.architectures()
    latent = table["latent_size"].to_numpy(dtype=np.float64)
    mse = table["val_mse"].to_numpy(dtype=np.float64)
    factors = searched_factors(study, table)
    epochs, errors = error_table(study, sample)
    return SecondaryAnalyses(
        rivals=compare_rivals(table, seed=seed),
        groupings=within_groups(latent, mse, _groupings(table, factors), seed=seed),
        ranges=leave_range_out(latent, mse, seed=seed),
        line=fit_line(latent, mse),
        knee=find_knee(latent, mse, seed=seed),
        noise=noise_shares(_balanced(sample)),
        epochs=over_epochs(latent, epochs, errors, seed=seed),
        factors=factors,
        effects=factor_effects(factors, mse) if len(mse) > 2 else (),
        paired=paired_effects(table, factors),
        importances=importances(factors, mse, seed=seed),
        without_collapsed=_without_collapsed(study, sample),
    )


def _without_collapsed(study: StudyRecord, sample: Sample) -> WithoutCollapsed | None:
    collapsed = sample.collapsed
    if collapsed.empty:
        return None
    kept = sample.without_collapsed()
    table = kept.architectures()
    factors = searched_factors(study, table)
    mse = table["val_mse"].to_numpy(dtype=np.float64)
    return WithoutCollapsed(
        word=collapsed_word(collapsed["variance_share"]),
        noise=noise_shares(_balanced(kept)),
        effects=factor_effects(factors, mse) if len(mse) > 2 else (),
        paired=paired_effects(table, factors),
    )


def _groupings(table: pd.DataFrame, factors: tuple[Factor, ...]) -> dict[str, list[str]]:
    """Groups by the latent's height×width, by encoder depth, and by each choice."""
    areas = zip(table["latent_height"], table["latent_width"], strict=True)
    groupings = {
        AREA: [f"{height:.0f}×{width:.0f}" for height, width in areas],
        "encoder depth": [f"{depth:.0f}" for depth in table["encoder_depth"]],
    }
    for factor in factors:
        if factor.kind == "choice" and len(factor.levels) <= MOST_LEVELS:
            groupings[factor.name] = [value or "unset" for value in factor.values]
    return groupings


def _balanced(sample: Sample) -> np.ndarray:
    """Log MSE, architectures × seeds: those with a run of every seed, of equal plans the first."""
    runs = sample.runs.drop_duplicates(["key", "seed"])
    table = runs.pivot_table(index="key", columns="seed", values="val_mse").dropna()
    logs: np.ndarray = np.log(np.maximum(table.to_numpy(dtype=np.float64), FLOOR))
    return logs
