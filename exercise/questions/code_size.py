"""Does the size of the code decide the error, and does its geometry?"""

from __future__ import annotations

from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from archsearch.report.drawing.style import error_axis, size_axis
from exercise import results
from exercise.estimates import Mean, change, change_with_interval, mean, mse
from exercise.markdown import table

REPORT, LONG, FACTORS = "code-size", "code-long", "nine-layer-factors"
EQUAL = 0.02
"""Errors that differ by a smaller share are as good as each other."""


def answer(reports: Path) -> list[str]:
    """The slope, the errors by size and geometry with those of PCA, and the paired geometries."""
    nets = architectures(reports / REPORT)
    shown = (
        "The table has test MSEs, means over seeds, of the better of the trunks. Places are the "
        "spatial positions of the code, its height × width; cells are empty where a place would "
        "have less than one number. The last column is the best net's error divided by PCA's."
    )
    said = [_limit(nets), *_doublings(nets), *_geometry(nets), *_trunk(nets), *_ordinary(reports)]
    lines = [_slope(reports), "", shown, "", *_by_size(nets), "", *said]
    if pictures := results.pictures(reports / REPORT):
        rows = ([what, f"![{what}]({file})"] for what, _, file in pictures)
        lines += ["", *table(("in the code", "test pictures"), rows)]
    return [*lines, "", *_longer(reports)] if (reports / LONG).exists() else lines


def architectures(report: Path) -> pd.DataFrame:
    """A row for each architecture: means over its seeds, and what was searched."""
    trials = results.trials(report)
    searched = [name for name in trials.columns if name.startswith("space.")]
    means = ["test_mse", "pca_test_mse", "latent_size", "params"]
    found = trials.groupby([*searched, "key"], as_index=False)[means].mean()
    return found.rename(columns=lambda name: name.removeprefix("space."))


def _slope(reports: Path) -> str:
    found = results.summary(reports / REPORT)
    trials = results.trials(reports / REPORT)
    seeds = trials.groupby("number").size()
    rank, slope = found["correlations"]["latent_size"]["spearman"], found["slope_within_trunks"]
    few, many = trials["params"].min(), trials["params"].max()
    widths = [f"{width:.0f}" for width in sorted(trials["space.width"].unique())]
    told = [
        f"{len(seeds)} nets that are narrow only at the code were trained for "
        f"{trials['epochs'].max():.0f} epochs, with {_from_to(seeds.min(), seeds.max())}. Their "
        f"layers on either side of the code, the trunk, have "
        f"{'one of the widths' if len(widths) > 1 else 'the width'} {' and '.join(widths)} "
        "(channels of the first) and stay the same "
        f"while the code varies; the code's own two layers grow with it (the whole nets have "
        f"{few:,} to {many:,} parameters)."
    ]
    if slope:
        value, low, high = (slope[name] * log(2) for name in ("value", "low", "high"))
        doubling = change_with_interval(Mean(value, low, high, slope["n"]))
        told.append(
            "On average over all sizes, between nets of the same trunk, each doubling of the code "
            f"changes the error by {doubling}."
        )
    if rank["low"] is not None:
        told.append(
            f"Over all {rank['n']} nets the rank correlation of size and error is {_rank(rank)}; "
            "size varies far more in them than anything else."
        )
    best = architectures(reports / REPORT).groupby("latent_size")["test_mse"].min()
    first, last = (best.iloc[places] for places in (slice(2), slice(-2, None)))
    more = "more, the larger the code is" if _share(last) > _share(first) else "most in small codes"
    told.append(
        f"The lowest error of each size falls by {_fall(first)} and by {_fall(last)}: a doubling "
        f"gains {more}, in percent."
    )
    return " ".join(told)


def _share(ends: pd.Series) -> float:
    return float(1 - ends.iloc[1] / ends.iloc[0])


def _fall(ends: pd.Series) -> str:
    small, large = ends.index
    return f"{100 * _share(ends):.0f} % from {small:.0f} to {large:.0f} numbers"


def _from_to(least: int, most: int) -> str:
    """How many seeds, in words."""
    number = str(most) if least == most else f"{least} to {most}"
    return f"{number} seed{'s' if most > 1 else ''} each"


def _by_size(nets: pd.DataFrame) -> list[str]:
    columns = [f"{places}×{places} places" for places in _places(nets)]
    rows = [_row(size, group, _places(nets)) for size, group in nets.groupby("latent_size")]
    return table(["numbers in the code", "PCA", *columns, "best net / PCA"], rows)


def _row(size: object, group: pd.DataFrame, all_places: list[int]) -> list[str]:
    pca, best = group["pca_test_mse"].iloc[0], group["test_mse"].min()
    errors = group.groupby("places")["test_mse"].min()
    cells = [mse(errors[places]) if places in errors else "" for places in all_places]
    return [f"{size:.0f}", mse(pca), *cells, f"{best / pca:.2f}"]


def _places(nets: pd.DataFrame) -> list[int]:
    return sorted(int(places) for places in nets["places"].unique())


def _limit(nets: pd.DataFrame) -> str:
    """Where the best net beats PCA, is as good, and is worse."""
    by_size = nets.groupby("latent_size")
    ratios = by_size["test_mse"].min() / by_size["pca_test_mse"].first()
    groups = (
        ("beats PCA with as many numbers at", ratios[ratios < 1 - EQUAL]),
        ("is as good as PCA, within 2 %, at", ratios[(ratios - 1).abs() <= EQUAL]),
        ("is worse than PCA at", ratios[ratios > 1 + EQUAL]),
    )
    told = [f"{what} {_listed(found)}" for what, found in groups if len(found)]
    lost = (
        " There it doesn't use its code as well as a linear code does." if groups[2][1].size else ""
    )
    return f"The best net {'; it '.join(told)}.{lost}"


def _listed(ratios: pd.Series) -> str:
    """Sizes, with the range of the ratios."""
    ends = dict.fromkeys(f"{size:.0f}" for size in (ratios.index[0], ratios.index[-1]))
    low_high = dict.fromkeys(f"{ratio:.2f}" for ratio in (ratios.min(), ratios.max()))
    return f"{' to '.join(ends)} numbers ({' to '.join(low_high)} of its error)"


def _doublings(nets: pd.DataFrame) -> list[str]:
    """What a doubling does at each number of places: means over neighbors in the same trunk.

    Over the sizes that all have, since a doubling does more in large codes.
    """
    told = []
    ends = nets.groupby("places")["code"].agg(["min", "max"])
    low, high = ends["min"].max(), ends["max"].min()
    shared = nets[nets["code"].between(low, high)]
    for places in _places(shared):
        own = shared[shared["places"] == places].sort_values("code")
        steps = [
            np.diff(np.log(line["test_mse"])) / np.diff(np.log2(line["code"]))
            for _, line in own.groupby("width")
        ]
        told.append(f"{change(float(np.concatenate(steps).mean()))} at {places}×{places}")
    if not told[1:] or low == high:
        return []
    between = f"Between {low:.0f} and {high:.0f} numbers, the sizes that all have"
    return [f"{between}, a doubling changes the error by {', '.join(told)}."]


def _ordinary(reports: Path) -> list[str]:
    """What the nets of question 3 say, whose layers weren't made for this question."""
    if not (reports / FACTORS).exists():
        return []
    found = results.summary(reports / FACTORS)["correlations"]
    told = [
        f"{_rank(found[name]['spearman'])} with {what}"
        for name, what in (
            ("latent_size", "the size of the latent"),
            ("bottleneck_size", "the numbers that pass the narrowest place"),
        )
        if name in found and found[name]["spearman"]["low"] is not None
    ]
    if not told:
        return []
    return [
        "The nets of question 3 differ in more than their latent. Among them the rank correlation "
        f"of the error is {' and '.join(told)}."
    ]


def _rank(found: dict[str, float]) -> str:
    value, low, high = (f"{found[name]:.2f}".replace("-", "−") for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _geometry(nets: pd.DataFrame) -> list[str]:
    errors = nets.pivot_table(index=["width", "code"], columns="places", values="test_mse")
    lines = []
    for few, many in pairwise(_places(nets)):
        both = errors[[few, many]].dropna()
        if len(both) < 2:
            continue
        logs = pd.Series(np.log(both[many] / both[few]))
        effect, by_code = mean(logs), logs.groupby("code").mean()
        ends = (
            f"{change(by_code[code])} at {code}" for code in (by_code.index[0], by_code.index[-1])
        )
        lines.append(
            f"At the same trunk and size, {many}×{many} places instead of {few}×{few} change the "
            f"error by {change_with_interval(effect)}, over {effect.n} pairs: {' and '.join(ends)} "
            "numbers, in the mean of the trunks."
        )
    return lines


def _trunk(nets: pd.DataFrame) -> list[str]:
    errors = nets.pivot_table(index=["places", "code"], columns="width", values="test_mse").dropna()
    if errors.shape[1] != 2 or len(errors) < 2:
        return []
    thin, wide = errors.columns
    logs = np.log(errors[wide] / errors[thin])
    effect, by_places = mean(logs), logs.groupby("places").mean()
    each = ", ".join(f"{change(value)} at {at:.0f}×{at:.0f}" for at, value in by_places.items())
    return [
        f"A trunk twice as wide changes the error by {change_with_interval(effect)}, over "
        f"{effect.n} pairs: {each}."
    ]


def _longer(reports: Path) -> list[str]:
    nets = architectures(reports / LONG).sort_values("latent_size")
    rows = [
        [
            f"{row['latent_size']:.0f}",
            *(mse(row[name]) for name in ("pca_test_mse", "test_mse")),
            f"{row['test_mse'] / row['pca_test_mse']:.2f}",
        ]
        for _, row in nets.iterrows()
    ]
    trials = results.trials(reports / LONG)
    seeds = trials.groupby("number").size()
    told = (
        f"With codes at one place, nets were trained for {trials['epochs'].max():.0f} epochs on "
        f"{results.pictures_of(reports / LONG)} pictures, too, with "
        f"{_from_to(seeds.min(), seeds.max())}. PCA was fitted on the same pictures."
    )
    head = ("numbers in the code", "PCA", "net", "net / PCA")
    return [told, "", *table(head, rows)]


def draw(reports: Path, axes: Axes) -> None:
    """Error against size, a color for each geometry, with PCA."""
    nets = architectures(reports / REPORT).sort_values("latent_size")
    pca = nets.groupby("latent_size")["pca_test_mse"].first()
    axes.plot(pca.index, pca, "--", color="0.4", label="PCA")
    for number, places in enumerate(_places(nets)):
        label: str | None = f"{places}×{places} places"
        for _, line in nets[nets["places"] == places].groupby("width"):
            x, y = line["latent_size"], line["test_mse"]
            axes.plot(x, y, "o-", color=f"C{number}", markersize=4, label=label)
            label = None
    axes.set(xscale="log", yscale="log")
    size_axis(axes, "numbers in the code")
    error_axis(axes, "test MSE")
    axes.legend(frameon=False, title="a line for each trunk")
