"""Does the size of the code decide the error, and does its geometry?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from exercise import results
from exercise.estimates import Mean, change_with_interval, mean, mse

REPORT, LONG = "code-size", "code-long"


def answer(reports: Path) -> list[str]:
    """The slope, the errors by size and geometry with those of PCA, and the paired geometries."""
    table = architectures(reports / REPORT)
    lines = [*_told(reports), "", *_by_size(table), "", _limit(table), "", *_geometry(table)]
    if (reports / LONG).exists():
        lines += ["", *_longer(reports)]
    return lines


def architectures(report: Path) -> pd.DataFrame:
    """A row for each architecture: means over its seeds."""
    table = results.trials(report)
    searched = [name for name in table.columns if name.startswith("space.")]
    means = ["test_mse", "pca_test_mse", "latent_size"]
    found = table.groupby([*searched, "key"], as_index=False)[means].mean()
    found.columns = [name.removeprefix("space.") for name in found.columns]
    return found


def _told(reports: Path) -> list[str]:
    found = results.summary(reports / REPORT)
    rank = found["correlations"]["latent_size"]["spearman"]
    slope = found["slope_within_trunks"]
    lines = []
    if slope:
        doubling = Mean(*(slope[name] * np.log(2) for name in ("value", "low", "high")), slope["n"])
        lines.append(
            f"Within a trunk and a geometry, each doubling of the code changes the error by {change_with_interval(doubling)}."
        )
    if rank and rank["low"] is not None:
        ends = f"{rank['low']:.2f} to {rank['high']:.2f}".replace("-", "−")
        value = f"{rank['value']:.2f}".replace("-", "−")
        lines.append(
            f"Over all {rank['n']} nets the rank correlation of size and error is {value} ({ends})."
        )
    return [" ".join(lines)]


def _by_size(table: pd.DataFrame) -> list[str]:
    lines = [
        "| numbers in the code | PCA | "
        + " | ".join(f"{p}×{p} places" for p in _places(table))
        + " | best net / PCA |"
    ]
    lines += ["|" + "---|" * (3 + len(_places(table)))]
    for size, group in table.groupby("latent_size"):
        pca = group["pca_test_mse"].iloc[0]
        cells = [f"{size:.0f}", mse(pca)]
        for places in _places(table):
            errors = group[group["places"] == places]["test_mse"]
            cells.append(mse(errors.min()) if len(errors) else "")
        lines.append(f"| {' | '.join(cells)} | {group['test_mse'].min() / pca:.2f} |")
    return lines


def _places(table: pd.DataFrame) -> list[int]:
    return sorted(int(places) for places in table["places"].unique())


def _limit(table: pd.DataFrame) -> str:
    ratios = (
        table.groupby("latent_size")["test_mse"].min()
        / table.groupby("latent_size")["pca_test_mse"].first()
    ).sort_index()
    beaten = ratios[ratios <= 1]
    if beaten.empty:
        return f"PCA with as many numbers beats the best net at every size, by {100 * (ratios.min() - 1):.0f} % at least: not the code but training and form limit these nets."
    worse = ratios[ratios > 1]
    told = f"The best net beats PCA with as many numbers up to a code of {beaten.index.max():.0f}."
    if len(worse):
        told += f" From {worse.index.min():.0f} on PCA is better, by {100 * (worse.iloc[-1] - 1):.0f} % at {worse.index[-1]:.0f}: there training and form limit the net, not the code."
    return told


def _geometry(table: pd.DataFrame) -> list[str]:
    lines = []
    places = _places(table)
    for few, many in zip(places, places[1:], strict=False):
        both = table.pivot_table(index=["width", "code"], columns="places", values="test_mse")[
            [few, many]
        ].dropna()
        if len(both) < 2:
            continue
        effect = mean(np.log(both[many] / both[few]))
        lines.append(
            f"At one trunk and size, {many}×{many} places instead of {few}×{few} change the error by {change_with_interval(effect)}, over {effect.n} pairs."
        )
    return lines


def _longer(reports: Path) -> list[str]:
    table = architectures(reports / LONG)
    lines = [
        "Trained for longer, on more pictures:",
        "",
        "| numbers in the code | PCA | net | net / PCA |",
        "|---|---|---|---|",
    ]
    for _, row in table.sort_values("latent_size").iterrows():
        ratio = row["test_mse"] / row["pca_test_mse"]
        lines.append(
            f"| {row['latent_size']:.0f} | {mse(row['pca_test_mse'])} | {mse(row['test_mse'])} | {ratio:.2f} |"
        )
    return lines


def draw(reports: Path, axes: Axes) -> None:
    """Error against size, a color for each geometry, with PCA."""
    table = architectures(reports / REPORT).sort_values("latent_size")
    pca = table.groupby("latent_size")["pca_test_mse"].first()
    axes.plot(pca.index, pca, "--", color="0.4", label="PCA")
    for number, places in enumerate(_places(table)):
        of = table[table["places"] == places]
        for place, (_, line) in enumerate(of.groupby("width")):
            axes.plot(
                line["latent_size"],
                line["test_mse"],
                "o-",
                color=f"C{number}",
                markersize=4,
                label=f"{places}×{places} places" if place == 0 else None,
            )
    axes.set(xscale="log", yscale="log", xlabel="numbers in the code", ylabel="test MSE")
    axes.legend(frameon=False)
