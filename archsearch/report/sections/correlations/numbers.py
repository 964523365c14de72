"""What correlates with the error, as numbers: latent size and its rivals, by several measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from archsearch.report.sections.correction import Look
from archsearch.report.sections.estimates import estimate_json
from archsearch.report.statistics.correlation import SIZES, Correlations, correlations
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.rank import spearman_with_p
from archsearch.report.statistics.rivals import Rival, compare_rivals
from archsearch.report.statistics.sample import Sample

__all__ = ["SizeCorrelations", "compute", "corrected", "rivals_json", "to_json"]


@dataclass(frozen=True)
class SizeCorrelations:
    """How strongly the error correlates with sizes.

    Attributes:
        sizes: all measures of each size, over all architectures whose latent is their only code.
        without_collapsed: the same without collapsed runs; ``sizes`` itself where there are none.
        rivals: Spearman's ρ of latent size and of what else may explain the error.
        by_task: ρ of latent size within each task; empty where all runs have the same.
        partial_p: the corrected p of latent size with the other sizes held equal.
    """

    sizes: Correlations
    without_collapsed: Correlations
    rivals: tuple[Rival, ...]
    by_task: Mapping[str, Estimate]
    partial_p: float | None = None

    @property
    def partial(self) -> Estimate:
        """Of latent size with the other sizes held equal."""
        return self.sizes.measures["latent_size"]["partial_spearman"]


def compute(sample: Sample, *, seed: int = 0) -> SizeCorrelations:
    """All correlations over the architectures of ``sample``, those whose latent is their code."""
    table = sample.architectures()
    sizes = _correlate(table, seed)
    kept = sample.without_collapsed()
    return SizeCorrelations(
        sizes=sizes,
        without_collapsed=_correlate(kept.architectures(), seed)
        if len(sample.collapsed)
        else sizes,
        rivals=compare_rivals(table, seed=seed),
        by_task=_by_task(sample, seed),
    )


def _correlate(architectures: pd.DataFrame, seed: int) -> Correlations:
    """Every measure of every size that is known of all architectures."""
    known = [size for size in SIZES if architectures[size].notna().all()]
    return correlations(
        architectures["val_mse"].to_numpy(),
        {size: architectures[size].to_numpy() for size in known},
        architectures["latent_area"].to_numpy(),
        seed=seed,
    )


def _by_task(sample: Sample, seed: int) -> dict[str, Estimate]:
    """One architecture may stand under several tasks: each counts it by itself."""
    tasks = sorted(sample.runs["task"].dropna().unique().tolist())
    if len(tasks) < 2:
        return {}
    found = {}
    for task in tasks:
        runs = sample.runs[sample.runs["task"] == task]
        table = Sample(runs, sample.seeds).architectures()
        latent, error = table["latent_size"].to_numpy(), table["val_mse"].to_numpy()
        found[str(task)] = spearman_with_p(latent, error, seed=seed)
    return found


def corrected(found: SizeCorrelations, look: Look) -> SizeCorrelations:
    """With ``look`` of each p but the headline's own."""
    first, others = found.rivals[:1], found.rivals[1:]
    return replace(
        found,
        partial_p=look(found.partial.p),
        rivals=(*first, *(one._replace(p_holm=look(one.estimate.p)) for one in others)),
    )


def to_json(found: SizeCorrelations, *, designed: bool) -> dict[str, object]:
    """For ``summary.json``; of a search's trials the numbers have keys of their own."""
    sizes, spare = found.sizes, found.without_collapsed
    slope = sizes.slopes["latent_size"] if designed else None
    told: dict[str, object] = {
        "correlations": _measures(sizes, known=designed),
        "correlations_without_collapsed": _measures(spare, known=designed),
        "slope_loglog": estimate_json(slope, sizes.n),
        "spearman_by_task": {
            task: estimate_json(estimate if designed else None, estimate.n)
            for task, estimate in found.by_task.items()
        },
    }
    return told if designed else told | {"correlations_adaptive": _measures(sizes, known=True)}


def rivals_json(found: SizeCorrelations) -> dict[str, object]:
    """For the details of ``summary.json``."""
    return {
        rival.name: {
            **estimate_json(rival.estimate),
            "p_holm": rival.p_holm,
            "latent_stronger_by": estimate_json(rival.gap) if rival.gap else None,
        }
        for rival in found.rivals
    }


def _measures(found: Correlations, *, known: bool) -> dict[str, object]:
    return {
        size: {
            name: estimate_json(estimate if known else None, found.n)
            for name, estimate in measures.items()
        }
        for size, measures in found.measures.items()
    }
