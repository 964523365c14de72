"""Reconstructions: by the best, the median and the worst run, and across latent sizes.

A row is of one run, and names it; a column is of one test picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archsearch.records import PlanRecord, SeedRecord, StudyRecord, read_pictures
from archsearch.report.drawing.style import figure
from archsearch.report.formatting import error
from archsearch.report.drawing.sample_grids import Bytes, Pictures, read_sample_grid, same_columns

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["pictures_figure", "sizes_figure"]

_MOST_SIZES = 6


class _Run(NamedTuple):
    """One training that kept pictures."""

    trial: int
    plan: PlanRecord
    seed: SeedRecord
    mse: float

    @property
    def title(self) -> str:
        size, mse = self.plan.latent_size, error(self.mse)
        return f"trial {self.trial}, seed {self.seed.seed}, latent {size:,}, validation MSE {mse}"


def pictures_figure(findings: Findings) -> Figure | None:
    """Test pictures and what three runs make of them; None where no pictures are in reach."""
    ranked = _ranked(findings.study)
    if not ranked:
        return None
    places = {"best": 0, "median": len(ranked) // 2, "worst": len(ranked) - 1}
    named: dict[int, str] = {}
    for name, place in places.items():
        named.setdefault(place, name)
    rows = {f"{name}: {ranked[place].title}": ranked[place] for place, name in named.items()}
    return _side_by_side(findings.study, rows)


def sizes_figure(findings: Findings) -> Figure | None:
    """The same test pictures from small to large latents, by the best run of each size.

    None where there are fewer than three sizes with pictures.
    """
    best: dict[int, _Run] = {}
    for run in _ranked(findings.study):
        best.setdefault(run.plan.latent_size, run)
    sizes = sorted(best)
    if len(sizes) < 3:
        return None
    wanted = np.geomspace(sizes[0], sizes[-1], _MOST_SIZES)
    nearest = {min(sizes, key=lambda size: abs(np.log(size / at))) for at in wanted}
    rows = {best[size].title: best[size] for size in sorted(nearest)}
    return _side_by_side(findings.study, rows)


def _ranked(study: StudyRecord) -> list[_Run]:
    """Of complete trials, every run that kept pictures; the lowest error first."""
    runs = [
        _Run(trial.number, trial.plan, seed, seed.result.val.mse)
        for trial in study.trials
        if trial.state == "complete" and trial.plan is not None
        for seed in trial.seeds
        if seed.pictures and seed.result is not None
    ]
    return sorted(runs, key=lambda run: run.mse)


def _side_by_side(study: StudyRecord, rows: Mapping[str, _Run]) -> Figure | None:
    """The originals, and under them what each run makes of them."""
    read = {title: _sample_grid(study, run) for title, run in rows.items()}
    found = [(title, grid.fixed) for title, grid in read.items() if grid is not None]
    kept, columns = same_columns([grid for _, grid in found])
    if not kept:
        return None
    others = len(found) - len(kept)
    said = f" ({others} of the runs saw other pictures and aren't shown)" if others else ""
    shown = [("test pictures" + said, found[0][1].true[columns])]
    shown += [(title, grid.predicted[columns]) for title, grid in (found[at] for at in kept)]
    grids = [(title, _in_a_row(pictures)) for title, pictures in shown]
    height, width = grids[0][1].shape[:2]
    made, panels = figure(7.6, (7.6 * height / width + 0.3) * len(grids), rows=len(grids))
    for panel, (title, picture) in zip(panels, grids, strict=True):
        panel.imshow(picture, interpolation="nearest")
        panel.set_title(title, fontsize=9)
        panel.set_axis_off()
    return made


def _sample_grid(study: StudyRecord, run: _Run) -> Pictures | None:
    stored = read_pictures(study, run.seed)
    return None if stored is None else read_sample_grid(stored, run.plan)


def _in_a_row(pictures: Bytes) -> Bytes:
    """N×H×W×3 → H×(N·W)×3."""
    count, height, width, _ = pictures.shape
    return pictures.swapaxes(0, 1).reshape(height, count * width, 3)
