"""Gray pictures to color: what works, what it lacks, and which ideas help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from exercise import results
from exercise.estimates import Mean, change_with_interval, mean, mse, mse_with_interval
from exercise.markdown import table

REPORT = "colorize"
BASELINES = {"gray_copy": "the gray picture itself", "mean_chroma": "the mean chroma everywhere"}
TASKS = {"colorize": "RGB", "colorize-chroma": "chroma", "colorize-bins": "classes of chroma"}


def answer(reports: Path) -> list[str]:
    """Every variant with its errors and its saturation, and what they mean."""
    color = results.summary(reports / REPORT)["color"]
    rows = [_guess(name, color["baselines"][key]) for key, name in BASELINES.items()]
    rows += [_row(variant) for variant in color["variants"]]
    told = f"{_in_short(color)} {_lowest(color)} {_most_colored(color)}"
    note = (
        "Luminance is how bright a pixel is; chroma is its color, two numbers (Cb and Cr) that are "
        "0 for gray. RGB: the net predicts all of the picture. Chroma: it predicts the chroma "
        "alone, and the luminance of the gray picture is merged in as it is. Classes: it predicts "
        "how likely each of many chromas is, rare ones counted more, and the picture gets a mean "
        "near the likeliest (Zhang, Isola and Efros 2016). Skips are connections past the latent. "
        "Saturation is the predicted distance from gray, divided by the true one. ΔE 2000 is the "
        "difference of colors as people see it (CIEDE2000), 0 for none."
    )
    if any("gain 1.5" in variant["options"] for variant in color["variants"]):
        note += " A gain multiplies the predicted chroma's distance from gray, after training."
    head = ("prediction", "test MSE (interval)", "ΔE 2000 (interval)", "saturation (interval)")
    named = {name_of(variant): variant for variant in color["variants"]}
    trials = results.trials(reports / REPORT)
    ideas = [_idea(*idea, named, trials) for idea in IDEAS if {idea[1], idea[2]} <= named.keys()]
    lines = [
        told,
        "",
        note,
        "",
        *table(head, rows),
        "",
        "What each idea does, the MSE with an interval over seeds:",
        "",
        *ideas,
    ]
    return [*lines, "", *_pictures(reports / REPORT, color)]


def _pictures(report: Path, color: dict[str, Any]) -> list[str]:
    """The report's rows of pictures, by the names of the variants."""
    names = {variant["trial"]: name_of(variant) for variant in color["variants"]}
    found = re.findall(
        r"^\| (?:(gray|original)|trial (\d+)).*\((figures/colors-fixed-\d+\.png)\) \|$",
        (report / "report.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    rows = (
        [guess or names[int(trial)], f"![{guess or names[int(trial)]}]({report.name}/{place})"]
        for guess, trial, place in found
    )
    return table(("", "test pictures"), rows)


IDEAS = (
    ("Chroma instead of RGB, with skips", "RGB, with skips", "chroma, with skips"),
    ("Chroma instead of RGB, without skips", "RGB, without skips", "chroma, without skips"),
    ("Skips, for RGB", "RGB, without skips", "RGB, with skips"),
    ("Skips, for chroma", "chroma, without skips", "chroma, with skips"),
    ("L1 instead of MSE as the loss", "chroma, with skips", "chroma, with skips, L1"),
    ("A gain of 1.5", "chroma, with skips", "chroma, with skips, gain 1.5"),
    ("A gain of 1.5, with L1", "chroma, with skips, L1", "chroma, with skips, L1, gain 1.5"),
    ("Classes instead of numbers", "chroma, with skips", "classes of chroma, with skips"),
)
"""What is changed, and the names of two variants that differ in nothing else."""


def _idea(what: str, without: str, having: str, named: dict[str, Any], trials: pd.DataFrame) -> str:
    one, other = named[without], named[having]
    before, after = (
        trials[trials["number"] == each["trial"]].set_index("seed")["test_mse"]
        for each in (one, other)
    )
    effect = mean(np.log((after / before).dropna()))
    far, near = (each["delta_e"]["mean"] for each in (one, other))
    pale, colored = (each["desaturation"]["mean"] for each in (one, other))
    return (
        f"- {what}: MSE {change_with_interval(effect)}, ΔE {far:.2f} → {near:.2f}, saturation "
        f"{pale:.2f} → {colored:.2f}."
    )


def name_of(variant: dict[str, Any]) -> str:
    """A variant in words: the task, and what was chosen beside it."""
    skips = "without skips" if "skips false" in variant["options"] else "with skips"
    loss = ", L1" if "loss l1" in variant["options"] else ""
    gain = ", gain 1.5" if "gain 1.5" in variant["options"] else ""
    return f"{TASKS[variant['task']]}, {skips}{loss}{gain}"


def _guess(name: str, scores: dict[str, float]) -> list[str]:
    return [
        name,
        mse(scores["test_mse"]),
        f"{scores['delta_e']:.2f}",
        f"{scores['desaturation']:.2f}",
    ]


def _row(variant: dict[str, Any]) -> list[str]:
    test = variant["test_mse"]
    error = mse_with_interval(Mean(test["mean"], test["low"], test["high"], test["n"]))
    return [
        name_of(variant),
        error,
        *(_spread(variant[key]) for key in ("delta_e", "desaturation")),
    ]


def _spread(found: dict[str, float | None]) -> str:
    """A mean, with its interval where there is one."""
    if found["low"] is None:
        return f"{found['mean']:.2f}"
    return f"{found['mean']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def _in_short(color: dict[str, Any]) -> str:
    """How far it goes, for who reads one sentence."""
    gray = color["baselines"]["gray_copy"]["delta_e"]
    nearer = [each for each in color["variants"] if each["delta_e"]["mean"] < gray]
    if not nearer:
        return "No variant's colors are nearer to the true ones (ΔE) than the gray picture's."
    most = max(each["desaturation"]["mean"] for each in nearer)
    return (
        f"In part: {len(nearer)} of {len(color['variants'])} variants are nearer to the true "
        f"colors (ΔE) than the gray picture is, with at most {most:.2f} of their saturation."
    )


def _lowest(color: dict[str, Any]) -> str:
    guess = color["baselines"]["mean_chroma"]["test_mse"]
    best = min(color["variants"], key=lambda each: each["test_mse"]["mean"])
    error, saturation = best["test_mse"]["mean"], best["desaturation"]["mean"]
    gain = 100 * (1 - error / guess)
    away = f"{gain:.0f} % below" if gain > 0 else f"{-gain:.0f} % above"
    return (
        f"The lowest error has “{name_of(best)}”: {mse(error)}, {away} that of the mean chroma, "
        f"with {saturation:.2f} of the originals' saturation.{_tied(best, color)}"
    )


def _tied(best: dict[str, Any], color: dict[str, Any]) -> str:
    """The variants whose intervals overlap that of the best one."""
    high = best["test_mse"]["high"]
    if high is None:
        return ""
    names = [
        f"“{name_of(each)}”"
        for each in color["variants"]
        if each is not best and each["test_mse"]["low"] <= high
    ]
    return f" The intervals of these overlap with its own: {', '.join(names)}." if names else ""


def _most_colored(color: dict[str, Any]) -> str:
    guess = color["baselines"]["mean_chroma"]["delta_e"]
    nearest = min(color["variants"], key=lambda each: abs(1 - each["desaturation"]["mean"]))
    away = round(nearest["delta_e"]["mean"], 2) - round(guess, 2)
    return (
        f"The saturation nearest the originals' has “{name_of(nearest)}”: "
        f"{nearest['desaturation']['mean']:.2f}, at a color difference ΔE of "
        f"{nearest['delta_e']['mean']:.2f}, {abs(away):.2f} {'above' if away > 0 else 'below'} "
        f"that of the mean chroma.{_most_colored_below(guess, nearest, color)}"
    )


def _most_colored_below(guess: float, nearest: dict[str, Any], color: dict[str, Any]) -> str:
    """The variant nearest the originals' saturation of those under a color difference."""
    under = [each for each in color["variants"] if each["delta_e"]["mean"] <= guess]
    if not under or nearest in under:
        return ""
    best = min(under, key=lambda each: abs(1 - each["desaturation"]["mean"]))
    return (
        f" Of the nets with a ΔE no larger than the mean chroma's ({guess:.2f}), “{name_of(best)}” "
        f"comes nearest: {best['desaturation']['mean']:.2f}, at {best['delta_e']['mean']:.2f}."
    )


def draw(reports: Path, axes: Axes) -> None:
    """Color error against saturation, a point for each variant, with the two guesses."""
    color = results.summary(reports / REPORT)["color"]
    for variant in color["variants"]:
        at = variant["desaturation"]["mean"], variant["delta_e"]["mean"]
        axes.plot(*at, "o", label=name_of(variant))
    for key, name in BASELINES.items():
        scores = color["baselines"][key]
        at = scores["desaturation"], scores["delta_e"]
        axes.plot(*at, "x", color="0.4")
        axes.annotate(name, at, xytext=(4, 4), textcoords="offset points", fontsize=8)
    axes.axvline(1, color="0.6", linewidth=0.8)
    axes.set(xlabel="share of the originals' saturation", ylabel="ΔE 2000, lower is better")
    axes.legend(frameon=False, fontsize=8)
