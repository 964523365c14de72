"""The best net with a latent no larger than the nine-layer net's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from archsearch.report.drawing.style import error_axis, size_axis
from exercise import results
from exercise.estimates import mean, mse, mse_with_interval
from exercise.markdown import table
from exercise.parts import SEARCHES, WINNERS

AGAIN, REFERENCE = "winners", "nine-layer"
SOUGHT = ("the lowest error", "the lowest error at each latent size")
"""What the searches look for."""
UP = {
    "nearest": "nearest upsampling",
    "transposed": "transposed convolutions",
    "shuffle": "pixel shuffle",
}
HEAD = ("net", "its layers", "latent", "parameters", "MACs", "test MSE (interval)")


def answer(reports: Path) -> list[str]:
    """The winners of the searches, trained as the nine-layer net was."""
    best = results.best_trials(reports, SEARCHES, WINNERS)
    again = results.runs(reports / AGAIN)
    ranks = again.groupby(again["run"].str.split("-").str[0])
    nine = results.runs(reports / REFERENCE)
    nine = nine[nine["epochs"] == again["epochs"].iloc[0]]
    means = ranks["test_mse"].mean()
    lowest, first = means.min(), ranks.get_group(means.idxmin()).iloc[0]
    params, macs = (first[name] / nine.iloc[0][name] for name in ("params", "macs"))
    told = (
        f"{_searched(reports)} The best {len(ranks)} nets were trained again as the "
        f"nine-layer net was. The best of them has a test MSE of {mse(lowest)}; the nine-layer "
        f"net's is {nine['test_mse'].mean() / lowest:.1f} times that. The best has {params:.1f} "
        f"times the parameters and {macs:.1f} times the MACs."
    )
    layers = [_layers(reports / search, trial) for search, trial in best]
    rows = [
        _row("the nine-layer net", "those of question 2", nine),
        *(_row(f"number {rank}", layers[int(rank) - 1], group) for rank, group in ranks),
    ]
    return [told, "", *table(HEAD, rows)]


def _searched(reports: Path) -> str:
    """How many nets each search trained, and how good its best was then."""
    told = []
    for name, sought in zip(SEARCHES, SOUGHT, strict=True):
        if (reports / name).exists():
            found = results.trials(reports / name)
            nets = found.groupby("key")["val_mse"].mean()
            told.append(
                f"A search for {sought} trained {len(nets)} nets; "
                f"its best had a validation MSE of {mse(nets.min())}."
            )
    return " ".join(told)


def _row(name: str, layers: str, group: pd.DataFrame) -> list[str]:
    sizes = group.iloc[0][["latent_size", "params", "macs"]]
    error = mse_with_interval(mean(group["test_mse"]))
    return [name, layers, *(f"{size:,}" for size in sizes), error]


def _layers(report: Path, number: int) -> str:
    """What was chosen for a trial, in words."""
    trials = results.trials(report)
    one = trials[trials["number"] == number].iloc[0]
    chosen = {name.removeprefix("space."): one[name] for name in trials if "space." in name}
    kernel = f"{chosen['defaults.conv.kernel']:.0f}"
    down = {"pool": "max pooling", "stride": "strides"}[chosen["down"]]
    levels = f"{chosen['depth']:.0f} level{'s' if chosen['depth'] > 1 else ''}"
    return (
        f"{levels} from {chosen['width']:.0f} channels, {kernel}×{kernel}, "
        f"{chosen['defaults.conv.activation']}, {down}, up by {UP[chosen['up']]}"
        f"{', residual' if chosen['residual'] else ''}"
    )


def draw(reports: Path, axes: Axes) -> None:
    """The searches' nets by size and error, with PCA."""
    for name, sought in zip(SEARCHES, SOUGHT, strict=True):
        if (reports / name).exists():
            trials = results.trials(reports / name)
            x, y = trials["latent_size"], trials["val_mse"]
            axes.plot(x, y, "o", markersize=3, alpha=0.6, label=f"search for {sought}")
    again, nine = results.runs(reports / AGAIN), results.runs(reports / REFERENCE)
    nine = nine[nine["epochs"] == again["epochs"].iloc[0]]
    best = again.groupby(again["run"].str.split("-").str[0])[["latent_size", "val_mse"]].mean()
    again_label = "the best, again on more pictures"
    axes.plot(best["latent_size"], best["val_mse"], "*", markersize=11, label=again_label)
    at = nine["latent_size"].iloc[0], nine["val_mse"].mean()
    axes.plot(*at, "s", markersize=7, color="0.2", label="the nine-layer net, on as many")
    there = [name for name in SEARCHES if (reports / name).exists()]
    trials = pd.concat([results.trials(reports / name) for name in there])
    linear = trials.groupby("latent_size")["pca_val_mse"].first()
    axes.plot(linear.index, linear, "--", color="0.4", label="PCA")
    axes.set(xscale="log", yscale="log")
    size_axis(axes, "latent size")
    error_axis(axes, "validation MSE")
    axes.legend(frameon=False)
