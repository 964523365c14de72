"""The nine-layer net: error over epochs, and the test error."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from exercise import results
from exercise.estimates import mean, mse, mse_with_interval

REPORT = "nine-layer"


def answer(reports: Path) -> list[str]:
    """The test errors, with what predictions without a net reach."""
    table = results.runs(reports / REPORT)
    lines = ["| epochs | seeds | training MSE | validation MSE | test MSE (95 % interval) |"]
    lines += ["|---|---|---|---|---|"]
    for epochs, group in table.groupby("epochs"):
        test = mean(group["test_mse"])
        fields = [str(epochs), str(test.n), mse(group["train_mse"].mean())]
        fields += [mse(group["val_mse"].mean()), mse_with_interval(test)]
        lines.append(f"| {' | '.join(fields)} |")
    return [_told(table), "", *lines, "", _baselines(table)]


def _told(table: pd.DataFrame) -> str:
    by_epochs = table.groupby("epochs")["test_mse"].mean()
    first, last = by_epochs.index[0], by_epochs.index[-1]
    told = f"After {first} epochs the nine-layer net has a test MSE of {mse(by_epochs[first])}."
    if last != first:
        gain = 1 - by_epochs[last] / by_epochs[first]
        told += f" {last} epochs take {100 * gain:.0f} % off, to {mse(by_epochs[last])}."
    return told


def _baselines(table: pd.DataFrame) -> str:
    row = table.iloc[0]
    latent, feed = int(row["latent_size"]), int(row["bottleneck_size"])
    return (
        f"For comparison, the test MSE of the channel mean is {mse(row['baselines_channel_mean'])}, and of PCA "
        f"with {latent:,} numbers {mse(row['baselines_pca'])}; with the {feed} numbers that feed this latent, "
        f"{mse(row['baselines_pca_bottleneck'])}. So neither the latent's size nor its feed limits this net: training and its "
        "form do."
    )


def draw(reports: Path, axes: Axes) -> None:
    """Training and validation MSE over epochs, the mean of all seeds."""
    found = results.epochs(reports / REPORT)
    longest = found.groupby("run")["epoch"].transform("max")
    for epochs, group in found.groupby(longest):
        means = group.groupby("epoch")[["train_mse", "val_mse"]].mean()
        (line,) = axes.plot(means.index, means["val_mse"], label=f"{epochs} epochs, validation")
        axes.plot(means.index, means["train_mse"], ":", color=line.get_color(), label="training")
    axes.set(xlabel="epoch", ylabel="MSE", yscale="log")
    axes.legend(frameon=False)
