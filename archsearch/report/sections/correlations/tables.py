"""Tables of correlations: all rivals by ranks, and the sizes by every measure."""

from __future__ import annotations

from collections.abc import Iterator

from archsearch.report.formatting import p_value
from archsearch.report.sections.blocks import Cell, Column, Row, Table
from archsearch.report.sections.correlations.numbers import SizeCorrelations
from archsearch.report.sections.estimates import correlation_cell
from archsearch.report.statistics.correlation import Correlations
from archsearch.report.statistics.rivals import RIVALS

__all__ = ["measures_tables", "rivals_table"]

_RIVAL_COLUMNS = (
    Column("", words=True),
    Column("Spearman ρ"),
    Column("p"),
    Column("p corrected", "latent size is the question of the study, so it isn’t corrected"),
    Column("latent size stronger by", "difference of |ρ|"),
)
_MEASURES = {
    "spearman": Column("Spearman ρ"),
    "kendall": Column("Kendall τ-b"),
    "pearson_loglog": Column("Pearson log–log", "its interval holds for normal errors"),
    "slope": Column("slope", "of log MSE on log size"),
    "partial_spearman": Column("Spearman ρ, others equal", "parameters, MACs, height×width"),
}


def rivals_table(found: SizeCorrelations, looks: int) -> Table:
    """Each rival's ρ with its p and how far latent size leads."""
    rows = tuple(
        Row(
            (
                Cell(RIVALS[rival.name]),
                correlation_cell(rival.estimate),
                Cell(p_value(rival.estimate.p)),
                Cell(p_value(rival.p_holm)),
                correlation_cell(rival.gap),
            )
        )
        for rival in found.rivals
        if rival.estimate.value is not None
    )
    note = f"p is corrected for {looks} comparisons (Holm), but for latent size." if looks else ""
    return Table("rivals", "", _RIVAL_COLUMNS, rows, note)


def measures_tables(found: SizeCorrelations, collapsed_word: str) -> Iterator[Table]:
    """Every measure of each size; once more without collapsed runs where that differs."""
    rows = _rows(found.sizes)
    spare = _rows(found.without_collapsed)
    twice = bool(collapsed_word) and spare != rows
    yield _table("measures", "All runs" if twice else "By other measures", rows)
    if twice:
        yield _table("measures-without-collapsed", f"Without {collapsed_word} runs", spare)


def _table(name: str, title: str, rows: tuple[Row, ...]) -> Table:
    return Table(name, title, (Column("", words=True), *_MEASURES.values()), rows)


def _rows(found: Correlations) -> tuple[Row, ...]:
    rows = []
    for size in found.distinct:
        known = {str(measure): one for measure, one in found.measures[size].items()}
        known["slope"] = found.slopes[size]
        cells = (correlation_cell(known[measure], with_p=True) for measure in _MEASURES)
        rows.append(Row((Cell(RIVALS[size]), *cells)))
    return tuple(rows)
