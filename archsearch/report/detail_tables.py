"""The statistics behind the headline, as tables of text."""

from __future__ import annotations

from typing import NamedTuple

from archsearch.report.choices import change
from archsearch.report.details import Details
from archsearch.report.statistics.correlation import Estimate
from archsearch.report.statistics.effects import FEWEST_OF_A_LEVEL
from archsearch.report.statistics.rivals import RIVALS
from archsearch.report.words_numbers import decimal, interval

__all__ = ["DetailTable", "detail_tables", "p_value", "with_interval"]


class DetailTable(NamedTuple):
    """A titled table; the first cell of a row is its head."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    note: str


def detail_tables(details: Details) -> list[DetailTable]:
    """Every table that has rows."""
    made = [
        _rivals(details),
        _families(details),
        _ranges(details),
        _effects(details),
        _paired(details),
    ]
    return [table for table in made if table.rows]


def with_interval(estimate: Estimate | None) -> str:
    """A correlation with its interval, or a dash."""
    if estimate is None or estimate.value is None:
        return "–"
    return f"{decimal(estimate.value)} ({interval(estimate)})"


def p_value(p: float | None) -> str:
    """A p with three decimals, or a dash."""
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _corrected(details: Details) -> str:
    return f"p is corrected for all {details.looks} comparisons on this page (Holm)."


def _rivals(details: Details) -> DetailTable:
    rows = [
        [
            RIVALS[rival.name],
            with_interval(rival.estimate),
            p_value(rival.estimate.p),
            p_value(rival.p_holm),
            with_interval(rival.gap),
        ]
        for rival in details.rivals
        if rival.estimate.value is not None
    ]
    return DetailTable(
        "rivals",
        "What correlates with the error?",
        ["of", "Spearman ρ", "p", "p corrected", "latent size stronger by"],
        rows,
        f"{_corrected(details)} Latent size is the question of the study, so it isn't corrected. "
        "The last column is the difference of |ρ|: above 0, latent size correlates more strongly.",
    )


def _families(details: Details) -> DetailTable:
    rows = [
        [
            grouping.by,
            with_interval(grouping.pooled),
            with_interval(grouping.within),
            p_value(grouping.p_holm),
            with_interval(grouping.contrast),
            "; ".join(
                f"{one.label}: {decimal(one.estimate.value)} (n {one.estimate.n})"
                for one in grouping.families
                if one.estimate.value is not None
            )
            or "–",
        ]
        for grouping in details.groupings
        if grouping.within.value is not None
    ]
    return DetailTable(
        "families",
        "Within families",
        ["equal", "pooled ρ", "within ρ", "p corrected", "pooled stronger by", "each family"],
        rows,
        "The correlation of latent size with error among architectures that share a trait. Ranks, "
        "resamples and permutations stay inside each family; pooled ρ is of the same "
        "architectures. A correlation that is only pooled comes from differences between families. "
        f"{_corrected(details)}",
    )


def _ranges(details: Details) -> DetailTable:
    rows = [
        [
            f"{'without' if part.left_out else 'only'} {part.low:,.0f}–{part.high:,.0f}",
            with_interval(part.estimate),
            p_value(part.p_holm),
            str(part.estimate.n),
        ]
        for part in details.ranges
    ]
    return DetailTable(
        "ranges",
        "Without parts of the range",
        ["latent sizes", "Spearman ρ", "p corrected", "architectures"],
        rows,
        f"Whether the correlation depends on one end of the latent sizes. {_corrected(details)}",
    )


def _effects(details: Details) -> DetailTable:
    rows = [
        [
            test.factor,
            effect.contrast,
            change(effect.alone) if effect.alone.value is not None else "–",
            change(effect.adjusted) if effect.adjusted.value is not None else "–",
            f"{100 * test.share:.0f} %" if test.share is not None else "–",
            p_value(test.p_holm),
        ]
        for test in details.effects
        for effect in test.effects
    ]
    return DetailTable(
        "effects",
        "Effect of each choice on the error",
        ["choice", "", "alone", "others held equal", "of the rest", "p corrected"],
        rows,
        "Changes of validation MSE in percent with 95 % intervals, without correction "
        "(additive model of log MSE, HC2 errors, Bell and McCaffrey’s degrees of freedom); none "
        f"for levels of under {FEWEST_OF_A_LEVEL} architectures. “Of the rest” is the share of the "
        "variance that the other choices leave. p is of the choice: the smallest of its rows, "
        "times the number of "
        f"rows. {_corrected(details)} A choice counts as shown where that is under 0.05.",
    )


def _paired(details: Details) -> DetailTable:
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
        for each in details.paired
    ]
    return DetailTable(
        "paired",
        "Architectures that differ in one thing",
        ["of", "", "equal", "change of error", "groups", "architectures", "p corrected"],
        rows,
        "Differences within groups of similar architectures; what they share cancels out. "
        f"{_corrected(details)}",
    )
