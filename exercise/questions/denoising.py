"""Noise taken away by the same nets."""

from __future__ import annotations

from pathlib import Path

from exercise import results
from exercise.estimates import mean, mse, mse_with_interval

REPORT = "denoising"
NAMES = {"nine-layer": "the nine-layer net", "best": "the search's best net"}


def answer(reports: Path) -> list[str]:
    """The error of both nets, beside that of the noisy picture."""
    table = results.runs(reports / REPORT)
    lines = ["| prediction | test MSE |", "|---|---|"]
    lines.append(f"| the noisy picture itself | {mse(table['baselines_untouched'].iloc[0])} |")
    lines.append(
        f"| the best linear map through as many numbers | {mse(table['baselines_linear'].iloc[0])} |"
    )
    means = {}
    for key, name in NAMES.items():
        errors = table[table["run"].str.startswith(f"{key}-seed")]["test_mse"]
        means[key] = errors.mean()
        lines.append(f"| {name} | {mse_with_interval(mean(errors))} |")
    noisy = table["baselines_untouched"].iloc[0]
    good = [NAMES[key] for key, value in means.items() if value < noisy]
    told = (
        f"{' and '.join(good).capitalize()} come nearer to the picture than the noisy one is."
        if good
        else "Neither net comes nearer to the picture than the noisy one is: both lose more detail than they take away noise."
    )
    return [told, "", *lines]
