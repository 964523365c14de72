"""Noise taken away by the same nets."""

from __future__ import annotations

from pathlib import Path

from archsearch.config import Denoise
from exercise import results
from exercise.estimates import mean, mse, mse_with_interval
from exercise.markdown import table

REPORT = "denoising"
NAMES = {"nine-layer": "the nine-layer net", "best": "number 1 of question 5"}


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
    noise = (
        "To each pixel, between 0 and 1, noise is added with a standard deviation of "
        f"{Denoise().sigma:g}."
    )
    told = (
        f"The noisy picture is bettered by {' and by '.join(good)}."
        if good
        else "Neither net comes nearer to the picture than the noisy one is: they lose more "
        "detail than they take away noise."
    )
    return [f"{noise} {told}", "", *table(("prediction", "test MSE (interval)"), rows)]
