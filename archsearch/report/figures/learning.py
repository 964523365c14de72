"""Learning curves: is the order of the architectures settled?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archsearch.report.drawing.style import error_axis, figure, plain, size_colors, thinned

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archsearch.records import TrialRecord
    from archsearch.report.analysis.findings import Findings

__all__ = ["learning_figure"]

_RASTER_FROM = 300


def learning_figure(findings: Findings) -> Figure | None:
    """Validation error over epochs, a line a trial (mean over seeds), colored by latent size."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import LineCollection
    from matplotlib.ticker import MaxNLocator, NullLocator

    lines = [line for line in map(_mean_history, findings.study.trials) if line is not None]
    if not lines:
        return None
    sizes = np.array([size for size, _ in lines], dtype=float)
    colormap, norm = size_colors(sizes)
    made, (axes,) = figure(7.6, 4.4)
    drawn = LineCollection(
        [points for _, points in lines], cmap=colormap, norm=norm, array=sizes,
        linewidths=thinned(len(lines), most=1.6, least=0.5),
        alpha=thinned(len(lines), most=0.9, least=0.5),
        rasterized=len(lines) > _RASTER_FROM,
    )  # fmt: skip
    axes.add_collection(drawn)
    last = max(points[-1, 0] for _, points in lines)
    axes.set_xlim(1 - 0.02 * last, last * 1.02 if last > 1 else 2)
    every = np.concatenate([points[:, 1] for _, points in lines])
    axes.set_yscale("log")
    axes.set_ylim(every.min() / 1.15, every.max() * 1.15)
    error_axis(axes)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.set_xlabel("epoch")
    if sizes.min() < sizes.max():
        bar = made.colorbar(ScalarMappable(norm, colormap), ax=axes, label="latent size")
        ends = np.geomspace(sizes.min(), sizes.max(), 5)
        bar.set_ticks([float(f"{tick:.2g}") if tick > 100 else round(tick) for tick in ends[1:-1]])
        bar.ax.yaxis.set_minor_locator(NullLocator())
        bar.ax.yaxis.set_major_formatter(plain)
        bar.outline.set_visible(False)
    return made


def _mean_history(trial: TrialRecord) -> tuple[int, np.ndarray] | None:
    """Latent size, and (epoch, mean validation MSE) for the epochs that all seeds have."""
    histories = [seed.result.history for seed in trial.seeds if seed.result]
    if trial.plan is None or not histories or not min(map(len, histories)):
        return None
    length = min(map(len, histories))
    errors = np.array([[epoch.val_mse for epoch in one[:length]] for one in histories])
    epochs = [epoch.epoch for epoch in histories[0][:length]]
    return trial.plan.latent_size, np.column_stack([epochs, np.maximum(errors.mean(axis=0), 1e-7)])
