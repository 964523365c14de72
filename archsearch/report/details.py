"""All statistics beyond the headline, computed once for page, figures and summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from archsearch.records import StudyRecord
from archsearch.report.statistics.correlation import SIZES, Correlations, Estimate
from archsearch.report.statistics.effects import MOST_LEVELS, FactorTest, factor_effects
from archsearch.report.statistics.epochs import AtEpoch, error_table, over_epochs
from archsearch.report.statistics.factors import Factor, searched_factors
from archsearch.report.statistics.families import Grouping, within_families
from archsearch.report.statistics.importance import Importances, importances
from archsearch.report.statistics.knee import Knee, Line, find_knee, fit_line
from archsearch.report.statistics.noise import NoiseShares, noise_shares
from archsearch.report.statistics.pairs import Paired, paired_effects
from archsearch.report.statistics.ranges import RangeLeft, leave_range_out
from archsearch.report.statistics.rivals import Rival, compare_rivals
from archsearch.report.statistics.sample import FLOOR, Sample

__all__ = ["AREA", "Details", "WithoutCollapsed", "compute_details"]

AREA = "latent height×width"
_SAME = 1e-6
"""Slopes that differ by less are of the same errors."""


class WithoutCollapsed(NamedTuple):
    """What one collapsed run could make of a study, computed without any."""

    noise: NoiseShares | None
    effects: tuple[FactorTest, ...]
    paired: tuple[Paired, ...]


@dataclass(frozen=True)
class Details:
    """What stands behind the headline; see the modules of ``statistics`` for each.

    Attributes:
        rivals: latent size and what else may go with the error.
        groupings: the correlation within families, several ways to make them.
        ranges: the correlation without parts of the range.
        line: the log–log fit.
        knee: its best bend, shown or not.
        noise: seed noise against architecture effect; None with one seed.
        epochs: correlation and slope after every epoch.
        factors: the searched choices that vary.
        effects: what each does to the error.
        paired: the same from like architectures.
        importances: shares of explained variance.
        without_collapsed: the same without collapsed runs; None where there are none.
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


def compute_details(
    study: StudyRecord,
    sample: Sample,
    found: Correlations,
    by_task: Mapping[str, Estimate],
    *,
    seed: int = 0,
) -> Details:
    """Compute all of it over the sample's architectures.

    Args:
        study: the record.
        sample: the runs.
        found: their correlations; what is the same number here is taken from there.
        by_task: the correlation within each task, likewise.
        seed: of resamples and permutations.
    """
    table = sample.architectures()
    latent = table["latent_size"].to_numpy(dtype=np.float64)
    mse = table["val_mse"].to_numpy(dtype=np.float64)
    factors = searched_factors(study, table)
    epochs, errors = error_table(study, sample)
    return Details(
        rivals=tuple(_as_found(rival, found) for rival in compare_rivals(table, seed=seed)),
        groupings=tuple(
            _as_pooled(grouping, found, by_task)
            for grouping in within_families(latent, mse, _groupings(table, factors), seed=seed)
        ),
        ranges=leave_range_out(latent, mse, seed=seed),
        line=fit_line(latent, mse),
        knee=find_knee(latent, mse, seed=seed),
        noise=noise_shares(_balanced(sample)),
        epochs=_ending_as(found, over_epochs(latent, epochs, errors, seed=seed)),
        factors=factors,
        effects=factor_effects(factors, mse) if len(mse) > 2 else (),
        paired=paired_effects(table, factors),
        importances=importances(factors, mse, seed=seed),
        without_collapsed=_without_collapsed(study, sample),
    )


def _as_found(rival: Rival, found: Correlations) -> Rival:
    """The rival with the correlation that the page has of it elsewhere."""
    known = {name: found.measures[name]["spearman"] for name in SIZES}
    return rival._replace(estimate=known.get(rival.name, rival.estimate))  # type: ignore[call-overload]


def _as_pooled(
    grouping: Grouping, found: Correlations, by_task: Mapping[str, Estimate]
) -> Grouping:
    """The grouping with the headline's ρ where it is of all, and each task's own."""
    whole = found.measures["latent_size"]["spearman"]
    if grouping.pooled.value is not None and grouping.pooled.n == whole.n:
        grouping = grouping._replace(pooled=whole)
    if grouping.by != "task":
        return grouping
    families = (
        one._replace(estimate=by_task.get(one.label, one.estimate)) for one in grouping.families
    )
    return grouping._replace(families=tuple(families))


def _ending_as(found: Correlations, epochs: tuple[AtEpoch, ...]) -> tuple[AtEpoch, ...]:
    """The epochs, the last with the headline's numbers where it is of the same errors."""
    whole, slope = found.measures["latent_size"]["spearman"], found.slopes["latent_size"]
    if not epochs or epochs[-1].slope.value is None or slope.value is None:
        return epochs
    *before, last = epochs
    if abs((last.slope.value or 0) - slope.value) > _SAME:  # runs differ in epochs
        return epochs
    return (*before, last._replace(spearman=whole, slope=slope))


def _without_collapsed(study: StudyRecord, sample: Sample) -> WithoutCollapsed | None:
    if not sample.runs["collapsed"].any():
        return None
    table = sample.architectures(collapsed=False)
    factors = searched_factors(study, table)
    mse = table["val_mse"].to_numpy(dtype=np.float64)
    return WithoutCollapsed(
        noise=noise_shares(_balanced(sample, collapsed=False)),
        effects=factor_effects(factors, mse) if len(mse) > 2 else (),
        paired=paired_effects(table, factors),
    )


def _groupings(table: pd.DataFrame, factors: tuple[Factor, ...]) -> dict[str, list[str]]:
    """Families by the latent's height×width, by encoder depth, and by each choice."""
    areas = zip(table["latent_height"], table["latent_width"], strict=True)
    groupings = {
        AREA: [f"{height:.0f}×{width:.0f}" for height, width in areas],
        "encoder depth": [f"{depth:.0f}" for depth in table["encoder_depth"]],
    }
    for factor in factors:
        if factor.kind == "choice" and len(factor.levels) <= MOST_LEVELS:
            groupings[factor.name] = [value or "unset" for value in factor.values]
    return groupings


def _balanced(sample: Sample, *, collapsed: bool = True) -> np.ndarray:
    """Log MSE, architectures × seeds; of equal plans the first trial.

    Without collapsed runs, only architectures of which none has collapsed.
    """
    runs = sample.runs.drop_duplicates(["key", "seed"])
    runs = runs if collapsed else runs[~runs["collapsed"].astype(bool)]
    table = runs.pivot_table(index="key", columns="seed", values="val_mse").dropna()
    logs: np.ndarray = np.log(np.maximum(table.to_numpy(dtype=np.float64), FLOOR))
    return logs
