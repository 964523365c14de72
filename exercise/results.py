"""What reports have written, as tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["best_trials", "epochs", "facts", "pictures", "pictures_of", "runs", "summary", "trials"]

_PICTURES = r"^\| ([^|(]+?)(?: \(([^|]+)\))? \| !\[[^]]*\]\((figures/sizes-\d+\.png)\) \|$"
"""A row of a report's pictures: what it shows, of which run, and the file."""


def trials(report: Path) -> pd.DataFrame:
    """The trainings of a study's report that have a test error, one row for each seed."""
    return pd.read_csv(report / "trials.csv").dropna(subset="test_mse")


def runs(report: Path) -> pd.DataFrame:
    """The runs of a report of runs, one row each."""
    return pd.read_csv(report / "runs.csv")


def epochs(report: Path) -> pd.DataFrame:
    """Each epoch of each run or trial."""
    return pd.read_csv(report / "epochs.csv")


def summary(report: Path) -> dict[str, Any]:
    """A report's ``summary.json``."""
    found: dict[str, Any] = json.loads((report / "summary.json").read_text(encoding="utf-8"))
    return found


def facts(report: Path) -> str:
    """What a report says of its nets, pictures and epochs, without their source."""
    lines = (report / "report.md").read_text(encoding="utf-8").splitlines()
    told = next(line for line in lines if " · " in line and not line.startswith("#"))
    return re.sub(r" \([^()]*\)", "", ", ".join(told.split(" · ")[:3]))


def pictures(report: Path) -> list[tuple[str, str, str]]:
    """The report's rows of test pictures through nets: what, of which run, and the file.

    Files are given as the answers name them, beside the reports.
    """
    text = (report / "report.md").read_text(encoding="utf-8")
    found = re.findall(_PICTURES, text, re.MULTILINE)
    return [(what, run, f"{report.name}/{file}") for what, run, file in found]


def pictures_of(report: Path) -> str:
    """How many pictures its nets were trained and measured on, in all."""
    (number,) = re.findall(r"([\d,]+) pictures", facts(report))
    return str(number)


def best_trials(reports: Path, searches: Iterable[str], number: int) -> list[tuple[str, int]]:
    """The trials with the lowest validation MSE, the best first, each of another net.

    Each is told by its search and its number. Searches without a report are left out.
    """
    there = [name for name in searches if (reports / name).exists()]
    found = pd.concat([trials(reports / name).assign(search=name) for name in there])
    nets = found.groupby("key").agg({"search": "first", "number": "first", "val_mse": "mean"})
    best = nets.sort_values("val_mse")[:number]
    return [
        (search, int(trial)) for search, trial in zip(best["search"], best["number"], strict=True)
    ]
