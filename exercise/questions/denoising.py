"""Noise taken away by the same nets."""

from __future__ import annotations

from pathlib import Path

from exercise import results
from exercise.estimates import mean, mse, mse_with_interval
from exercise.markdown import table

REPORT = "denoising"
NAMES = {"nine-layer": "the nine-layer net", "best": "the searches' best net"}


def answer(reports: Path) -> list[str]:
    """The error of both nets, beside that of the noisy picture."""
    runs = results.runs(reports / REPORT)
    noisy = runs["baselines_untouched"].iloc[0]
    rows = [["the noisy picture itself", mse(noisy)]]
    good = []
    for key, name in NAMES.items():
        errors = mean(runs[runs["run"].str.startswith(f"{key}-seed")]["test_mse"])
        rows.append([name, mse_with_interval(errors)])
        good += [name] if errors.value < noisy else []
    told = (
        f"The noisy picture is bettered by {' and by '.join(good)}."
        if good
        else "Neither net comes nearer to the picture than the noisy one is: they lose more "
        "detail than they take away noise."
    )
    return [told, "", *table(("prediction", "test MSE (interval)"), rows)]
