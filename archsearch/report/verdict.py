"""The page's answer in one word, from one interval."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from archsearch.report.statistics.intervals import Estimate, nothing
from archsearch.report.statistics.least_squares import log_log_slope
from archsearch.space import FEWEST_FOR_VERDICT, Headline, comparable, detectable_correlation

__all__ = ["Answer", "Verdict", "answer_of", "slope_within_trunks"]

Verdict = Literal["yes", "little", "not-shown", "too-few", "searched"]

LITTLE_RHO = 0.3
LITTLE_CHANGE = 0.05
"""Of the error, a doubling of the latent."""


class Answer(NamedTuple):
    """Does the error correlate with latent size?

    Attributes:
        verdict: *yes*: the interval excludes 0. *little*: it lies inside ±0.3 (ρ) or ±5 %
            a doubling (slope). *not-shown*: neither. *too-few*: under six
            architectures, or sizes or errors all the same.
            *searched*: the trials were chosen by their errors.
        measure: what ``estimate`` is.
        estimate: Spearman's ρ, or the slope of log MSE on log latent size within trunks.
        trunks: in which the slope is taken; 0 for Spearman's ρ.
        detectable: the |ρ| that four of five such studies would have shown; None if none.
    """

    verdict: Verdict
    measure: Headline
    estimate: Estimate
    trunks: int
    detectable: float | None


def answer_of(spearman: Estimate, within: Estimate, trunks: int, *, designed: bool) -> Answer:
    """The answer by the slope within trunks where the design has them, else by Spearman's ρ."""
    measure: Headline = "slope_within_trunks" if trunks else "spearman"
    estimate = within if trunks else spearman
    detectable = detectable_correlation(estimate.n, measure, max(trunks, 1))
    verdict = _verdict(estimate, measure) if designed else "searched"
    return Answer(verdict, measure, estimate, trunks, detectable)


def _verdict(estimate: Estimate, measure: Headline) -> Verdict:
    low, high = estimate.low, estimate.high
    if estimate.n < FEWEST_FOR_VERDICT or low is None or high is None:
        return "too-few"
    if estimate.clear:
        return "yes"
    if measure == "spearman":
        return "little" if low > -LITTLE_RHO and high < LITTLE_RHO else "not-shown"
    little = 2**low - 1 > -LITTLE_CHANGE and 2**high - 1 < LITTLE_CHANGE
    return "little" if little else "not-shown"


def slope_within_trunks(architectures: pd.DataFrame) -> tuple[Estimate, int]:
    """The slope of log MSE on log latent size within equal trunks, and how many trunks.

    No slope and no trunks where too few architectures share theirs
    (:func:`archsearch.space.comparable`).

    Args:
        architectures: with columns trunk, latent_size and val_mse.
    """
    none = nothing(len(architectures)), 0
    if architectures["trunk"].isna().any():
        return none
    places = comparable(architectures["trunk"].tolist(), architectures["latent_size"].tolist())
    if not places:
        return none
    kept = architectures.iloc[list(places)]
    sizes, errors = (kept[name].to_numpy(dtype=np.float64) for name in ("latent_size", "val_mse"))
    return log_log_slope(sizes, errors, kept["trunk"].tolist()), int(kept["trunk"].nunique())
