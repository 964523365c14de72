"""The best net with a latent no larger than the nine-layer net's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from exercise import results
from exercise.estimates import mean, mse, mse_with_interval

SEARCH, WINNERS, FRONT = "best-net", "winners", "size-front"


def answer(reports: Path) -> list[str]:
    """The winners, trained as the nine-layer net was."""
    found = results.trials(reports / SEARCH)
    table = results.runs(reports / WINNERS)
    table = table.assign(rank=[int(str(run).split("-")[0]) for run in table["run"]])
    lines = ["| net | latent | parameters | MACs | test MSE |", "|---|---|---|---|---|"]
    reference = results.runs(reports / "nine-layer")
    briefly = reference[reference["epochs"] == reference["epochs"].min()]
    for name, group in [
        ("the nine-layer net", briefly),
        *((f"{rank}", g) for rank, g in table.groupby("rank")),
    ]:
        row = group.iloc[0]
        error = mse_with_interval(mean(group["test_mse"]))
        lines.append(
            f"| {name} | {row['latent_size']:,} | {row['params']:,} | {row['macs']:,} | {error} |"
        )
    best = table.groupby("rank")["test_mse"].mean().min()
    ratio = briefly["test_mse"].mean() / best
    told = (
        f"Of {found['number'].nunique()} nets that the search trained, the best three were trained again as the nine-layer net was, "
        f"on all pictures for {int(table['epochs'].iloc[0])} epochs. The best of them has a test MSE of {mse(best)}: the nine-layer net's is {ratio:.1f} times as high."
    )
    return [told, "", *lines]


def draw(reports: Path, axes: Axes) -> None:
    """The searches' nets by size and error, with PCA."""
    for name, label in ((SEARCH, "search for the lowest error"), (FRONT, "search for the front")):
        if (reports / name).exists():
            table = results.trials(reports / name)
            axes.plot(
                table["latent_size"], table["val_mse"], "o", markersize=3, alpha=0.6, label=label
            )
    table = results.trials(reports / SEARCH).sort_values("latent_size")
    axes.plot(
        table["latent_size"], np.maximum(table["pca_val_mse"], 1e-7), "--", color="0.4", label="PCA"
    )
    axes.set(xscale="log", yscale="log", xlabel="latent size", ylabel="validation MSE")
    axes.legend(frameon=False)
