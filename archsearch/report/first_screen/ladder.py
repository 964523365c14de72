"""The same test pictures through nets of growing latent size, the originals on top."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from archsearch.records import PlanRecord, SeedRecord
from archsearch.report.drawing.sample_grids import (
    Pictures,
    read_sample_grid,
    same_columns,
    side_by_side,
)
from archsearch.report.findings import Findings
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import PictureRow, PictureRows

__all__ = ["ladder"]

_MOST_ROWS = 6
_MOST_PICTURES = 6


class _Run(NamedTuple):
    """One training that kept pictures."""

    trial: int
    plan: PlanRecord
    seed: SeedRecord
    mse: float


def ladder(findings: Findings) -> PictureRows | None:
    """A row for each of up to six sizes, by the run with the lowest error of its size.

    None where no pictures are in reach. Where all nets have one size, it is the best, the
    median and the worst run.
    """
    chosen = _chosen(_runs(findings))
    read = [(run, _grid(findings, run)) for run in chosen]
    found = [(run, grid.fixed) for run, grid in read if grid is not None]
    kept, columns = same_columns([grid for _, grid in found])
    columns = columns[:_MOST_PICTURES]
    if not kept:
        return None
    first = found[kept[0]][1]
    rows = [PictureRow("original", "", side_by_side(first.true[columns]))]
    rows += [_row(findings, *found[place], columns) for place in kept]
    left = len(found) - len(kept)
    note = f" {left} of the nets saw other pictures and aren’t shown." if left else ""
    return PictureRows(
        "sizes",
        "The same test pictures through nets of growing latent size",
        "Each row is one run, the best of its size, with its own validation error." + note,
        tuple(rows),
    )


def _runs(findings: Findings) -> list[_Run]:
    """Of complete trials, every run that kept pictures, the lowest error first.

    Those whose latent is their only code, where there are any.
    """
    trials = findings.study.trials
    runs = [
        _Run(trial.number, trial.plan, seed, seed.result.val.mse)
        for trial in trials
        if trial.state == "complete" and trial.plan is not None
        for seed in trial.seeds
        if seed.pictures and seed.result is not None
    ]
    coded = [run for run in runs if not run.plan.reads_past_latent]
    return sorted(coded or runs, key=lambda run: run.mse)


def _chosen(ranked: list[_Run]) -> list[_Run]:
    """The best of each size, sizes spread evenly on a log scale."""
    best: dict[int, _Run] = {}
    for run in ranked:
        best.setdefault(run.plan.latent_size, run)
    sizes = sorted(best)
    if len(sizes) < 2:
        places = sorted({0, len(ranked) // 2, len(ranked) - 1})
        return [ranked[place] for place in places if ranked]
    if len(sizes) <= _MOST_ROWS:
        return [best[size] for size in sizes]
    wanted = np.geomspace(sizes[0], sizes[-1], _MOST_ROWS)
    nearest = {min(sizes, key=lambda size: abs(np.log(size / at))) for at in wanted}
    return [best[size] for size in sorted(nearest)]


def _row(findings: Findings, run: _Run, grid: Pictures, columns: list[int]) -> PictureRow:
    seeds = len([seed for seed in _seeds(findings, run.trial) if seed.result is not None])
    which = f", seed {run.seed.seed}" if seeds > 1 else ""
    return PictureRow(
        f"{run.plan.latent_size:,} numbers",
        f"{findings.subject.called(run.trial)}{which}: val MSE {error(run.mse)}",
        side_by_side(grid.predicted[columns]),
        run.trial,
    )


def _seeds(findings: Findings, number: int) -> tuple[SeedRecord, ...]:
    return next(trial.seeds for trial in findings.study.trials if trial.number == number)


def _grid(findings: Findings, run: _Run) -> Pictures | None:
    stored = findings.subject.pictures(run.seed)
    return None if stored is None else read_sample_grid(stored, run.plan)
