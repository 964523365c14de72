"""The best net with a latent no larger than the nine-layer net's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from archsearch.config import load_study
from archsearch.report.drawing.style import error_axis, size_axis
from exercise import results
from exercise.estimates import mean, mse, mse_with_interval
from exercise.markdown import table
from exercise.parts import SEARCHES, STUDIES, WINNERS

AGAIN, REFERENCE = "winners", "nine-layer"
SOUGHT = ("the lowest error", "the lowest error at each latent size")
"""What the searches look for."""
UP = {
    "nearest": "nearest upsampling",
    "transposed": "transposed convolutions",
    "shuffle": "pixel shuffle",
}
HEAD = (
    "net", "its layers", "latent", "parameters", "MACs", "PCA's test MSE", "validation MSE",
    "test MSE (interval)",
)  # fmt: skip


def answer(reports: Path) -> list[str]:
    """The winners of the searches, trained as the nine-layer net was."""
    best = results.best_trials(reports, SEARCHES, WINNERS)
    winners, nine = _winners(reports), _reference(reports)
    lowest = min(winners, key=lambda rank: winners[rank]["val_mse"].mean())
    winner = winners[lowest]
    params, macs = (winner.iloc[0][name] / nine.iloc[0][name] for name in ("params", "macs"))
    told = (
        f"{_searched(reports)} The {len(winners)} nets with the lowest validation MSE, numbered in "
        "that order, were trained again as the nine-layer net was. Then number "
        f"{lowest} has the lowest. Its test MSE is {mse(winner['test_mse'].mean())}; the "
        f"nine-layer net's is {nine['test_mse'].mean() / winner['test_mse'].mean():.1f} times "
        f"that. It has {params:.1f} times the "
        f"parameters and {macs:.1f} times the MACs. PCA has as many numbers as each net's latent."
    )
    layers = [_layers(reports / search, trial) for search, trial in best]
    rows = [
        _row("the nine-layer net", "those of question 2", nine),
        *(_row(f"number {rank}", layers[rank - 1], group) for rank, group in winners.items()),
    ]
    return [told, "", *table(HEAD, rows)]


def _winners(reports: Path) -> dict[int, pd.DataFrame]:
    """The runs of the winners, by their rank in the searches."""
    again = results.runs(reports / AGAIN)
    return {int(str(r)): runs for r, runs in again.groupby(again["run"].str.split("-").str[0])}


def _reference(reports: Path) -> pd.DataFrame:
    """The runs of the nine-layer net that were trained as the winners were."""
    nine = results.runs(reports / REFERENCE)
    return nine[nine["epochs"] == results.runs(reports / AGAIN)["epochs"].iloc[0]]


def _searched(reports: Path) -> str:
    """What was searched, how often, and how many nets each search trained."""
    found = [
        f"for {sought} ({results.trials(reports / name)['key'].nunique()} nets)"
        for name, sought in zip(SEARCHES, SOUGHT, strict=True)
        if (reports / name).exists()
    ]
    limits = load_study(STUDIES / f"{SEARCHES[0]}.yaml").settings.constraints
    return (
        f"Nets with {', '.join(f'`{limit}`' for limit in limits)} were searched "
        f"{' and '.join(found)}, on {results.pictures_of(reports / SEARCHES[0])} pictures."
    )


def _row(name: str, layers: str, group: pd.DataFrame) -> list[str]:
    sizes = (f"{size:,}" for size in group.iloc[0][["latent_size", "params", "macs"]])
    linear, val = mse(group["baselines_pca"].iloc[0]), mse(group["val_mse"].mean())
    return [name, layers, *sizes, linear, val, mse_with_interval(mean(group["test_mse"]))]


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
    winners = _winners(reports)
    sizes = [runs["latent_size"].iloc[0] for runs in winners.values()]
    errors = [runs["val_mse"].mean() for runs in winners.values()]
    axes.plot(sizes, errors, "*", markersize=11, label="the winners, trained again")
    for rank, size, error in zip(winners, sizes, errors, strict=True):
        beside = (-13, 6 - 5 * rank)  # below each other, where nets are alike
        axes.annotate(str(rank), (size, error), xytext=beside, textcoords="offset points")
    nine = _reference(reports)
    at = nine["latent_size"].iloc[0], nine["val_mse"].mean()
    axes.plot(*at, "s", markersize=7, color="0.2", label="the nine-layer net, trained like them")
    there = [name for name in SEARCHES if (reports / name).exists()]
    trials = pd.concat([results.trials(reports / name) for name in there])
    linear = trials.groupby("latent_size")["pca_val_mse"].first()
    axes.plot(linear.index, linear, "--", color="0.4", label="PCA")
    axes.set(xscale="log", yscale="log")
    size_axis(axes, "latent size")
    error_axis(axes, "validation MSE")
    axes.legend(frameon=False)
