"""The numbers of a finished training by name: columns of ``trials.csv``, metrics of trackers."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from archsearch.config.metrics import METRICS
from archsearch.records.results import RunResult

__all__ = [
    "COLORS",
    "SPLITS",
    "baseline_columns",
    "code_columns",
    "color_columns",
    "known",
    "known_numbers",
    "score_columns",
]

SPLITS = ("val", "test")
COLORS = ("chroma_mse", "desaturation", "delta_e")
"""Scores of the test split where colors are what is predicted."""

_CODES = ("active", "rank", "mse", "mse_8bit", "mse_4bit")


def known_numbers(result: RunResult) -> dict[str, float]:
    """Every score that is known, of all metrics, baselines, latent codes and colors."""
    parts = (score_columns, baseline_columns, code_columns, color_columns)
    return {name: value for part in parts for name, value in known(part(result)).items()}


def known(columns: Mapping[str, float | None]) -> dict[str, float]:
    """Those that have a finite value, which other programs can store.

    Example:
        >>> known({"val_mse": 0.02, "val_ssim": None})
        {'val_mse': 0.02}
    """
    return {
        name: float(value)
        for name, value in columns.items()
        if value is not None and isfinite(value)
    }


def score_columns(result: RunResult) -> Mapping[str, float | None]:
    """Every metric of both splits, those of every run first.

    Their names are ``val_NAME``, as quantities have them, and ``test_NAME``.
    """
    scores = dict(zip(SPLITS, (result.val, result.test), strict=True))
    names = dict.fromkeys((*METRICS.builtin, *(result.val.metrics or ())))
    return {f"{split}_{name}": scores[split].value(name) for name in names for split in SPLITS}


def baseline_columns(result: RunResult) -> Mapping[str, float | None]:
    """The errors of each baseline that is known: ``NAME_val_mse``, ``NAME_test_mse``."""
    return {
        f"{baseline.name}_{split}_mse": getattr(errors, split)
        for baseline, errors in result.baselines.known()
        for split in SPLITS
    }


def code_columns(result: RunResult) -> Mapping[str, float | None]:
    """What was measured of the latent codes: ``codes_NAME``; nothing in old records."""
    if result.codes is None:
        return {}
    return {f"codes_{name}": getattr(result.codes, name) for name in _CODES}


def color_columns(result: RunResult) -> Mapping[str, float | None]:
    """Scores of the test split where colors are what is predicted."""
    color = result.test.color
    return {} if color is None else {name: getattr(color, name) for name in COLORS}
