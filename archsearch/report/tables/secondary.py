"""The statistics behind the headline, as tables of text."""

from __future__ import annotations

from typing import NamedTuple

from archsearch.report.analysis.secondary import SecondaryAnalyses
from archsearch.report.formatting import change, decimal, p_value, with_interval
from archsearch.report.statistics.effects import FEWEST_OF_A_LEVEL
from archsearch.report.statistics.rivals import RIVALS

__all__ = ["TextTable", "secondary_tables"]


class TextTable(NamedTuple):
    """A titled table; the first cell of a row is its head."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    note: str


def secondary_tables(secondary: SecondaryAnalyses) -> list[TextTable]:
    """Every table that has rows."""
    made = [
        _rivals(secondary),
        _groups(secondary),
        _ranges(secondary),
        _effects(secondary),
        _paired(secondary),
    ]
    return [table for table in made if table.rows]


def _corrected(secondary: SecondaryAnalyses) -> str:
    return f"p is corrected for all {secondary.looks} comparisons on this page (Holm)."


def _rivals(secondary: SecondaryAnalyses) -> TextTable:
    rows = [
        [
            RIVALS[rival.name],
            with_interval(rival.estimate),
            p_value(rival.estimate.p),
            p_value(rival.p_holm),
            with_interval(rival.gap),
        ]
        for rival in secondary.rivals
        if rival.estimate.value is not None
    ]
    return TextTable(
        "rivals",
        "What correlates with the error?",
        ["of", "Spearman ρ", "p", "p corrected", "latent size stronger by"],
        rows,
        f"{_corrected(secondary)} Latent size is the question of the study, so it isn't corrected. "
        "The last column is the difference of |ρ|: above 0, latent size correlates more strongly.",
    )


def _groups(secondary: SecondaryAnalyses) -> TextTable:
    rows = [
        [
            grouping.by,
            with_interval(grouping.pooled),
            with_interval(grouping.within),
            p_value(grouping.p_holm),
            with_interval(grouping.contrast),
            "; ".join(
                f"{one.label}: {decimal(one.estimate.value)} (n {one.estimate.n})"
                for one in grouping.groups
                if one.estimate.value is not None
            )
            or "–",
        ]
        for grouping in secondary.groupings
        if grouping.within.value is not None
    ]
    return TextTable(
        "families",
        "Within groups",
        ["equal", "pooled ρ", "within ρ", "p corrected", "pooled stronger by", "each group"],
        rows,
        "The correlation of latent size with error among architectures that share a trait. Ranks, "
        "group, resampled and permuted inside it; pooled ρ is of the same architectures. A "
        "correlation that is only pooled comes from differences between groups. "
        f"{_corrected(secondary)}",
    )


def _ranges(secondary: SecondaryAnalyses) -> TextTable:
    rows = [
        [
            f"{'without' if part.left_out else 'only'} {part.low:,.0f}–{part.high:,.0f}",
            with_interval(part.estimate),
            p_value(part.p_holm),
            str(part.estimate.n),
        ]
        for part in secondary.ranges
    ]
    return TextTable(
        "ranges",
        "Without parts of the range",
        ["latent sizes", "Spearman ρ", "p corrected", "architectures"],
        rows,
        f"Whether one end of the latent sizes carries the correlation. {_corrected(secondary)}",
    )


def _effects(secondary: SecondaryAnalyses) -> TextTable:
    rows = [
        [
            test.factor,
            effect.contrast,
            change(effect.alone),
            change(effect.adjusted),
            f"{100 * test.share:.0f} %" if test.share is not None else "–",
            p_value(test.p_holm),
        ]
        for test in secondary.effects
        for effect in test.effects
    ]
    return TextTable(
        "effects",
        "Effect of each choice on the error",
        ["choice", "", "alone", "others held equal", "of the rest", "p corrected"],
        rows,
        "Changes of validation MSE in percent with 95 % intervals, without correction "
        "(additive model of log MSE, HC2 errors, Bell and McCaffrey’s degrees of freedom); none "
        f"for levels of under {FEWEST_OF_A_LEVEL} architectures. “Of the rest” is the share of the "
        "variance that the other choices leave. p is of the choice: the smallest of its rows, "
        "times the number of "
        f"rows. {_corrected(secondary)} A choice counts as shown where that is under 0.05.",
    )


def _paired(secondary: SecondaryAnalyses) -> TextTable:
    rows = [
        [
            each.what,
            each.contrast,
            each.held,
            change(each.estimate),
            str(each.groups),
            str(each.estimate.n),
            p_value(each.p_holm),
        ]
        for each in secondary.paired
    ]
    return TextTable(
        "paired",
        "Architectures that differ in one thing",
        ["of", "", "equal", "change of error", "groups", "architectures", "p corrected"],
        rows,
        "Differences within groups of similar architectures; what they share cancels out. "
        f"{_corrected(secondary)}",
    )
