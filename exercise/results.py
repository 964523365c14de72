"""What reports have written, as tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["best_trials", "epochs", "facts", "runs", "summary", "trials"]


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
    """What a report says of its nets, pictures and epochs."""
    lines = (report / "report.md").read_text(encoding="utf-8").splitlines()
    told = next(line for line in lines if " · " in line and not line.startswith("#"))
    return ", ".join(told.split(" · ")[:3])


def best_trials(report: Path, number: int) -> list[int]:
    """Numbers of the trials with the lowest validation MSE, the best first."""
    means = trials(report).groupby("number")["val_mse"].mean()
    return [int(each) for each in means.sort_values().index[:number]]
