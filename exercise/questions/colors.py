"""Gray pictures to color: what works, what it lacks, and which ideas help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes

from exercise import results
from exercise.estimates import Mean, mse, mse_with_interval

REPORT = "colorize"
BASELINES = {"gray_copy": "the gray picture itself", "mean_chroma": "mean chroma for every pixel"}
COLORED = 0.9
"""Share of the originals' saturation from which a picture counts as colored."""


def answer(reports: Path) -> list[str]:
    """Every variant with its errors and its saturation, and what they mean."""
    color = results.summary(reports / REPORT)["color"]
    lines = ["| variant | test MSE | ΔE 2000 | saturation |", "|---|---|---|---|"]
    for key, name in BASELINES.items():
        row = color["baselines"][key]
        lines.append(
            f"| {name} | {mse(row['test_mse'])} | {row['delta_e']:.2f} | {row['desaturation']:.2f} |"
        )
    for row in color["variants"]:
        fields = [name_of(row), mse_with_interval(_mean(row["test_mse"]))]
        fields += [f"{row[key]['mean']:.2f}" for key in ("delta_e", "desaturation")]
        lines.append(f"| {' | '.join(fields)} |")
    return [
        _told(color),
        "",
        *lines,
        "",
        "Saturation is the predicted distance from gray, divided by the true one.",
    ]


def name_of(row: dict[str, Any]) -> str:
    """A variant in words: the task, and what was chosen beside it."""
    task = {"colorize": "RGB", "colorize-chroma": "chroma", "colorize-bins": "classes of chroma"}[
        row["task"]
    ]
    skips = "without skips" if "skips false" in row["options"] else "with skips"
    loss = ", l1" if "loss l1" in row["options"] else ""
    return f"{task}, {skips}{loss}"


def _mean(found: dict[str, Any]) -> Mean:
    return Mean(found["mean"], found["low"], found["high"], found["n"])


def _told(color: dict[str, Any]) -> str:
    variants, guess = color["variants"], color["baselines"]["mean_chroma"]
    best = min(variants, key=lambda row: row["test_mse"]["mean"])
    nearest = min(variants, key=lambda row: abs(1 - row["desaturation"]["mean"]))
    gain = 100 * (1 - best["test_mse"]["mean"] / guess["test_mse"])
    verb = f"{gain:.0f} % below" if gain > 0 else f"{-gain:.0f} % above"
    told = [
        f"The lowest error has {name_of(best)}: {mse(best['test_mse']['mean'])}, {verb} the mean chroma. Its colors are pale: {best['desaturation']['mean']:.2f} of the originals' saturation."
    ]
    delta = nearest["delta_e"]["mean"] - guess["delta_e"]
    worse = "above" if delta > 0 else "below"
    told.append(
        f"The saturation nearest the originals' has {name_of(nearest)}: {nearest['desaturation']['mean']:.2f}, at a ΔE of {nearest['delta_e']['mean']:.2f}, {abs(delta):.2f} {worse} that of the mean chroma."
    )
    return " ".join(told)


def draw(reports: Path, axes: Axes) -> None:
    """Color error against saturation, a point for each variant, with the two guesses."""
    color = results.summary(reports / REPORT)["color"]
    for row in color["variants"]:
        axes.plot(row["desaturation"]["mean"], row["delta_e"]["mean"], "o", label=name_of(row))
    for key, name in BASELINES.items():
        row = color["baselines"][key]
        axes.plot(row["desaturation"], row["delta_e"], "x", color="0.4")
        axes.annotate(
            name,
            (row["desaturation"], row["delta_e"]),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize=8,
        )
    axes.axvline(1, color="0.6", linewidth=0.8)
    axes.set(xlabel="share of the originals' saturation", ylabel="ΔE 2000")
    axes.legend(frameon=False, fontsize=8)
