"""The nine-layer net: error over epochs, and the test error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from archsearch.report.drawing.style import error_axis
from exercise import results
from exercise.estimates import mean, mse, mse_with_interval
from exercise.markdown import table

REPORT = "nine-layer"
HEAD = ("epochs", "seeds", "training MSE", "validation MSE", "test MSE (interval)")


def answer(reports: Path) -> list[str]:
    """The test errors, with what predictions without a net reach."""
    runs = results.runs(reports / REPORT)
    rows = [_row(epochs, group) for epochs, group in runs.groupby("epochs")]
    lines = [_told(runs), "", *table(HEAD, rows), "", *_baselines(runs)]
    return [*lines, "", *table(("", "test pictures"), _pictures(reports / REPORT))]


def _row(epochs: object, group: pd.DataFrame) -> list[str]:
    test = mean(group["test_mse"])
    means = [mse(group[name].mean()) for name in ("train_mse", "val_mse")]
    return [str(epochs), str(test.n), *means, mse_with_interval(test)]


def _told(runs: pd.DataFrame) -> str:
    by_epochs = runs.groupby("epochs")["test_mse"].mean()
    first, last = by_epochs.index[0], by_epochs.index[-1]
    told = f"After {first} epochs the nine-layer net has a test MSE of {mse(by_epochs[first])}."
    if last != first:
        gain = 100 * (1 - by_epochs[last] / by_epochs[first])
        told += (
            f" {last} epochs take {gain:.0f} % off, to {mse(by_epochs[last])}. In each of the two "
            "the learning rate falls to near 0 at the end, so the shorter isn't a part of the "
            "longer."
        )
    return told


def _baselines(runs: pd.DataFrame) -> list[str]:
    row = runs.iloc[0]
    latent, feed = int(row["latent_size"]), int(row["bottleneck_size"])
    fed = row["baselines_pca_bottleneck"]
    lines = [
        f"Predictions without a net have these test MSEs: the channel mean "
        f"{mse(row['baselines_channel_mean'])}, PCA with {latent:,} numbers "
        f"{mse(row['baselines_pca'])} (patch PCA "
        f"{mse(row['baselines_patch_pca'])}), and PCA with the {feed} numbers that feed this "
        f"latent {mse(fed)}."
    ]
    if fed < runs["test_mse"].min():
        lines.append(
            "That many numbers can hold far more of a picture than this net puts into them. So its "
            "layers or their training limit it more than the size of its latent does."
        )
    return lines


def _pictures(report: Path) -> Iterator[list[str]]:
    """The originals, and what the best run of each length makes of them."""
    told = set()
    for what, run, file in results.pictures(report):
        epochs = run.split("-")[0]
        if epochs not in told:
            told.add(epochs)
            name = f"after {epochs} epochs" if run else what
            yield [name, f"![{name}]({file})"]


def draw(reports: Path, axes: Axes) -> None:
    """Training and validation MSE over epochs, the mean of all seeds."""
    found = results.epochs(reports / REPORT)
    longest = found.groupby("run")["epoch"].transform("max")
    for epochs, group in found.groupby(longest):
        means = group.groupby("epoch")[["train_mse", "val_mse"]].mean()
        (line,) = axes.plot(
            means.index, means["val_mse"], label=f"{epochs} epochs, validation (mean of the seeds)"
        )
        color = line.get_color()
        axes.plot(means.index, means["train_mse"], ":", color=color, label="training")
    axes.set(xlabel="epoch", yscale="log")
    error_axis(axes, "MSE")
    axes.legend(frameon=False)
