"""The main figure: validation error against latent size, beside linear codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from archsearch.records import known_baselines, pareto_order
from archsearch.report.drawing.style import (
    COLORS,
    FAINT,
    INK,
    error_axis,
    figure,
    hover_id,
    legend_below,
    size_axis,
    thinned,
)
from archsearch.report.sentences.headline import caption
from archsearch.report.statistics.sample import FLOOR

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["latent_figure"]

_LINES = (
    (INK, (0, (1, 2))),
    (COLORS[5], (0, (5, 2))),
    (COLORS[5], (0, (1, 1))),
    (COLORS[5], (0, (3, 1, 1, 1))),
)
"""Colors and dashes of the baselines that have no size, the channel mean first."""
_MARKERS = ("o", "s", "^", "D", "P")
_MOST_BARS = 250
_RASTER_FROM = 2000
_ROOM_BELOW = 30


def latent_figure(findings: Findings) -> Figure | None:
    """One point a trial, bars over seeds, PCA curves, channel mean, Pareto front of the axes."""
    shown = findings.shown
    if shown.empty:
        return None
    made, (axes,) = figure(7.6, 5.6)
    spare = findings.secondary.without_collapsed
    _models(axes, shown, spare.word if spare else "")
    _front(axes, shown)
    _linear_codes(axes, findings, shown)
    _frame(axes, shown)
    made.suptitle(_title(findings), fontsize=10, color=INK)
    legend_below(made, axes)
    return made


def _title(findings: Findings) -> str:
    """The correlation; with collapsed runs also without them, and marked if a search chose."""
    title = caption(findings.found.measures["latent_size"]["spearman"])
    spare = findings.secondary.without_collapsed
    if spare is not None:
        rho = findings.without_collapsed.measures["latent_size"]["spearman"]
        title += f"\nwithout {spare.word} runs: {caption(rho)}"
    return title if findings.study.designed else f"trials that a search chose: {title}"


def _models(axes: Axes, shown: pd.DataFrame, word: str) -> None:
    shapes = shown["latent_height"].astype(int).astype(str) + "×"
    shapes += shown["latent_width"].astype(int).astype(str)
    areas = shown["latent_height"] * shown["latent_width"]
    names = shapes[areas.sort_values().index].drop_duplicates().tolist()
    if len(names) > len(_MARKERS):
        _points(axes, shown, ("trial", word), COLORS[0], "o")
        return
    for name, color, marker in zip(names, COLORS, _MARKERS, strict=False):
        _points(axes, shown[shapes == name], (f"trial, latent {name}", word), color, marker)


def _points(
    axes: Axes, rows: pd.DataFrame, labels: tuple[str, str], color: str, marker: str
) -> None:
    """Trials, hollow where a run collapsed; ``labels`` are theirs and what is added for those."""
    label, word = labels
    size, error = rows["latent_size"], rows["val_mse"].clip(lower=FLOOR)
    hollow = rows["collapsed"].to_numpy()
    crowded = len(rows) > _RASTER_FROM
    if len(rows) <= _MOST_BARS:
        axes.vlines(
            size, rows["low"].clip(lower=FLOOR), rows["high"].clip(lower=FLOOR), color=color, lw=1.2
        )
    area = thinned(len(rows), most=38, least=9)
    alpha = thinned(len(rows), most=0.95, least=0.55)
    axes.scatter(
        size[~hollow], error[~hollow], s=area, marker=marker, color=color, alpha=alpha,
        linewidths=0, label=label, zorder=3, gid=hover_id(rows["number"][~hollow]),
        rasterized=crowded,
    )  # fmt: skip
    if hollow.any():
        axes.scatter(
            size[hollow], error[hollow], s=area + 8, marker=marker, facecolors="none",
            edgecolors=color, label=f"{label}, {word}", zorder=3,
            gid=hover_id(rows["number"][hollow]), rasterized=crowded,
        )  # fmt: skip


def _front(axes: Axes, shown: pd.DataFrame) -> None:
    points = shown[["latent_size", "val_mse"]].to_numpy().tolist()
    rows = shown.iloc[pareto_order(points, ("latent.size", "val.mse"))]
    if len(rows) > 1:
        axes.step(
            rows["latent_size"], rows["val_mse"].clip(lower=FLOOR), where="post", color=INK, lw=0.9,
            label="Pareto front of both axes", zorder=2,
        )  # fmt: skip


def _linear_codes(axes: Axes, findings: Findings, shown: pd.DataFrame) -> None:
    curves = findings.study.curves
    if curves is None:
        pca = shown.dropna(subset="pca_val").sort_values("latent_size")
        sizes, errors = pca["latent_size"].to_numpy(), pca["pca_val"].to_numpy()
        patch = shown.dropna(subset="patch_pca_val")
        patch_sizes, patch_errors = patch["latent_size"], patch["patch_pca_val"]
    else:
        low, high = shown["latent_size"].min() / 2, shown["latent_size"].max() * 2
        points = [point for point in curves.pca if low <= point.components <= high]
        sizes = np.array([point.components for point in points])
        errors = np.array([point.val for point in points])
        patch_sizes = pd.Series([point.latent_size for point in curves.patch_pca], dtype=float)
        patch_errors = pd.Series([point.val for point in curves.patch_pca], dtype=float)
    if len(sizes):
        axes.plot(
            sizes, np.maximum(errors, FLOOR), color=COLORS[4], lw=1.8,
            label="PCA with as many numbers", zorder=1.5,
        )  # fmt: skip
    if len(patch_sizes):
        axes.scatter(
            patch_sizes, patch_errors.clip(lower=FLOOR), marker="_", color=COLORS[4], zorder=2.5,
            s=thinned(len(patch_sizes), most=90, least=30), linewidths=1.8,
            label="patch PCA of the same shape",
        )  # fmt: skip
    _other_baselines(axes, findings, shown)


def _other_baselines(axes: Axes, findings: Findings, shown: pd.DataFrame) -> None:
    """Marks at the sizes that a baseline has equal; lines where it has none."""
    styles = iter(_LINES)
    for baseline in known_baselines(result.baselines for result in findings.study.results):
        known = shown.dropna(subset=f"{baseline.name}_val")
        errors = known[f"{baseline.name}_val"].clip(lower=FLOOR)
        if errors.empty:
            continue
        if not baseline.size:
            color, style = next(styles, _LINES[-1])
            axes.axhline(
                float(errors.iloc[0]), color=color, lw=1.3, ls=style, label=baseline.label, zorder=1
            )
        elif baseline.size == "latent.size" and baseline.name != "pca":
            axes.scatter(
                known["latent_size"], errors, marker="_", color=COLORS[4], zorder=2.5,
                s=thinned(len(known), most=90, least=30), linewidths=1.8,
                label=f"{baseline.label} through as many numbers",
            )  # fmt: skip


def _frame(axes: Axes, shown: pd.DataFrame) -> None:
    sizes = shown["latent_size"]
    axes.set_xlim(sizes.min() / 1.5, sizes.max() * 1.5)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    least = shown["low"].clip(lower=FLOOR).min() / _ROOM_BELOW
    if low < least and least > FLOOR:  # else the curves press all trials into a strip
        axes.text(
            0.99, 0.01, "linear codes go on below", transform=axes.transAxes, ha="right",
            va="bottom", fontsize=8, color=INK,
        )  # fmt: skip
        low = least
    axes.set_ylim(max(low, FLOOR / 2), high)
    if low <= FLOOR * 1.5:
        axes.axhline(FLOOR, color=FAINT, lw=3, zorder=0, label="floor: 1e-7 or less")
    error_axis(axes, "validation MSE (RGB in [0, 1])")
    size_axis(axes, "latent size (numbers a picture)")
