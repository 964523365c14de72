"""The effects of choices as tables, every number with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.report.formatting import change, p_value
from archsearch.report.sections.blocks import Cell, Column, Row, Table
from archsearch.report.statistics.effects import FEWEST_OF_A_LEVEL, Effect, FactorTest
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.pairs import Paired

__all__ = ["effects_table", "pairs_table"]

_CORRECTED = Column(
    "p corrected",
    "the least of a choice’s rows times their number, then for all comparisons on this page by "
    "Holm; an effect is shown where it is under 0.05",
)


def effects_table(tests: Sequence[FactorTest], looks: int) -> Table | None:
    """A row for each contrast; None without any."""
    rows = [Row(tuple(_effect(test, effect))) for test in tests for effect in test.effects]
    if not rows:
        return None
    return Table(
        "effects",
        "Effects",
        (
            Column("choice", words=True),
            Column("contrast", words=True),
            Column("alone", f"none for levels of under {FEWEST_OF_A_LEVEL} architectures"),
            Column("others held equal", "additive model of log MSE, HC2 errors"),
            Column("of the rest", "share of the variance that the other choices leave"),
            _CORRECTED,
        ),
        tuple(rows),
        "Intervals are uncorrected"
        + (f"; p is corrected for all {looks} comparisons (Holm)." if looks else "."),
    )


def _effect(test: FactorTest, effect: Effect) -> list[Cell]:
    share = "–" if test.share is None else f"{100 * test.share:.0f} %"
    return [
        Cell(test.factor),
        Cell(effect.contrast),
        _change(effect.alone),
        _change(effect.adjusted),
        Cell(share, sort=test.share),
        Cell(p_value(test.p_holm), sort=test.p_holm),
    ]


def pairs_table(pairs: Sequence[Paired]) -> Table | None:
    """A row for each question; None where too few architectures are alike."""
    if not pairs:
        return None
    rows = (
        (
            Cell(each.what),
            Cell(each.contrast),
            Cell(each.held),
            _change(each.estimate),
            Cell(f"{each.groups:,}", sort=each.groups),
            Cell(f"{each.estimate.n:,}", sort=each.estimate.n),
            Cell(p_value(each.p_holm), sort=each.p_holm),
        )
        for each in pairs
    )
    shown = any(is_shown(each.p_holm) for each in pairs)
    return Table(
        "paired",
        "Architectures that differ in one thing"
        if shown
        else "No effect is shown between architectures that differ in one thing",
        (
            Column("of", words=True),
            Column("contrast", words=True),
            Column("equal", "what architectures of a group share; it cancels out", words=True),
            Column("change of error", "with its 95 % interval, uncorrected"),
            Column("groups"),
            Column("architectures"),
            _CORRECTED,
        ),
        tuple(map(Row, rows)),
    )


def _change(estimate: Estimate) -> Cell:
    return Cell(change(estimate), sort=estimate.value)
