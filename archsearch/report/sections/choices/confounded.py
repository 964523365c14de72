"""Choices with an effect that can't be told from that of a size."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from archsearch.config import planned
from archsearch.report.formatting import decimal
from archsearch.report.sections.blocks import ReportWarning
from archsearch.report.sections.choices.computed import Choices
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.rank import spearman
from archsearch.report.statistics.rivals import RIVALS

__all__ = ["confounded_choices"]

_AS_GOOD_AS_ONE = 0.9
_COSTS = (each.column for each in planned("brief") if each.name != "latent.size")
_SIZES = (*_COSTS, "latent_area")  # a searched depth is the encoder's own


def confounded_choices(found: Choices, architectures: pd.DataFrame) -> Iterator[ReportWarning]:
    """A warning for each choice that is shown to change the error, and correlates with a size."""
    shown = {test.factor for test in found.all.effects if is_shown(test.p_holm)}
    for factor in found.factors:
        column = _as_numbers(factor)
        if factor.name not in shown or column is None:
            continue
        told = [
            f"{RIVALS[size]} (ρ = {decimal(rho)})" for size, rho in _tied(column, architectures)
        ]
        if told:
            yield ReportWarning(
                "confounded-choices",
                f"{factor.name} correlates with {' and '.join(told)}: their effects can’t be told "
                "apart.",
            )


def _tied(column: pd.Series[float], architectures: pd.DataFrame) -> Iterator[tuple[str, float]]:
    for size in _SIZES:
        if architectures[size].nunique() > 1:
            rho = spearman(column, architectures[size])
            if abs(rho) > _AS_GOOD_AS_ONE:
                yield size, rho


def _as_numbers(factor: Factor) -> pd.Series[float] | None:
    """A factor's numbers, or 0 and 1 for its two levels; None where it has no order."""
    if factor.numbers:
        return pd.Series(factor.numbers, dtype=float)
    levels = sorted(factor.levels, key=lambda level: (len(level), level))
    if len(levels) != 2:
        return None
    return pd.Series([levels.index(value) for value in factor.values], dtype=float)
