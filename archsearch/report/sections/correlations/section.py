"""The section on correlations: sentences, tables and figures of what correlates with the error."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from archsearch.printable import count
from archsearch.records import StudyRecord
from archsearch.report.formatting import decimal, interval, percent, with_interval
from archsearch.report.sections.adaptive import adaptive_search, among_chosen
from archsearch.report.sections.blocks import Block, Drawing, Section, Text
from archsearch.report.sections.correlations.figures import map_figure, rivals_figure
from archsearch.report.sections.correlations.numbers import SizeCorrelations
from archsearch.report.sections.correlations.tables import measures_tables, rivals_table
from archsearch.report.sections.correlations.warnings import size_warnings
from archsearch.report.statistics.factors import searched_factors
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.rank import spearman
from archsearch.report.statistics.rivals import RIVALS, Rival, rival_columns
from archsearch.report.statistics.sample import Sample
from archsearch.report.verdict import Answer

__all__ = ["is_ahead", "section"]

_MOST_COLUMNS = 14


def section(
    study: StudyRecord,
    found: SizeCorrelations,
    *,
    sample: Sample,
    answer: Answer,
    looks: int,
    collapsed_word: str,
) -> Section | None:
    """Latent size and its rivals; None where there is neither a number nor a warning.

    Args:
        study: the record.
        found: over the nets whose latent is their only code.
        sample: all runs that statistics may use.
        answer: the page's.
        looks: the number of tests that each ``p_holm`` is corrected for.
        collapsed_word: what collapsed runs are called; "" where there are none.
    """
    warnings = (*adaptive_search(study), *size_warnings(found, sample))
    known = any(each["spearman"].value is not None for each in found.sizes.measures.values())
    blocks = tuple(_blocks(study, found, sample, answer, looks, collapsed_word)) if known else ()
    if not blocks and not warnings:
        return None
    title = among_chosen("Correlations with the error", designed=study.designed)
    return Section("correlations", title, blocks, warnings)


def _blocks(
    study: StudyRecord,
    found: SizeCorrelations,
    sample: Sample,
    answer: Answer,
    looks: int,
    collapsed_word: str,
) -> Iterator[Block]:
    table = sample.through_latent().architectures()
    said = [_strength(found, answer), _within_tasks(found), _others_equal(found, looks)]
    yield from (Text(text) for text in said if text)
    yield _rivals_drawing(found.rivals, answer)
    yield rivals_table(found, looks)
    yield from measures_tables(found, collapsed_word)
    yield from _map_drawing(_columns(study, table))


def _strength(found: SizeCorrelations, answer: Answer) -> str:
    """The change of the error a doubling of the latent."""
    slope = found.sizes.slopes["latent_size"]
    if slope.value is None or slope.low is None or slope.high is None:
        return ""
    change, low, high = (percent(2**part - 1) for part in slope[:3] if part is not None)
    where = "Over all trunks together, a" if answer.trunks else "A"
    text = (
        f"{where} latent twice as large comes with an error changed by {change} (95 % interval "
        f"{low} to {high})."
    )
    hidden = slope.clear and not found.sizes.measures["latent_size"]["spearman"].clear
    return f"{text} By ranks nothing is shown." if hidden else text


def _within_tasks(found: SizeCorrelations) -> str:
    """Where the task is searched over: the correlation within each task by itself."""
    if not found.by_task:
        return ""
    told = [
        f"{task} too few ({count(estimate.n, 'architecture')})"
        if estimate.value is None
        else f"{task} {decimal(estimate.value)} ({interval(estimate)}, n {estimate.n})"
        for task, estimate in found.by_task.items()
    ]
    return f"Spearman ρ within each task: {'; '.join(told)}."


def _others_equal(found: SizeCorrelations, looks: int) -> str:
    """The correlation with the other sizes held equal, which asks another question; or ""."""
    partial = found.partial
    if partial.value is None:
        return ""
    if not partial.clear:
        verdict = "neither an effect of latent size nor its absence is shown"
    elif not is_shown(found.partial_p):
        verdict = f"not shown to differ from 0, corrected for {looks} comparisons"
    else:
        verdict = "latent size explains something that these don’t"
    return (
        "With parameters, MACs and latent height×width equal the correlation is "
        f"{with_interval(partial)}: {verdict}. There a larger latent has a narrower trunk: "
        "another question."
    )


def _rivals_drawing(rivals: tuple[Rival, ...], answer: Answer) -> Drawing:
    return Drawing(
        "rivals",
        _rivals_title(rivals, answer),
        "Spearman’s ρ of the error with latent size and other sizes, with 95 % intervals.",
        "",
        lambda: rivals_figure(rivals),
    )


def _rivals_title(rivals: tuple[Rival, ...], answer: Answer) -> str:
    """What the figure shows; of latent size no more than the page's answer does."""
    latent, *others = rivals
    ahead = [_label(rival) for rival in others if is_ahead(rival)]
    if ahead:
        return f"The error correlates more strongly with {_listed(ahead)} than with latent size"
    if answer.trunks or answer.verdict in ("searched", "too-few"):
        over = "over all trunks" if answer.trunks else f"{latent.estimate.n} architectures"
        return f"Latent size and error, {over}: ρ = {with_interval(latent.estimate)}"
    shown = [_label(rival) for rival in others if is_shown(rival.p_holm) and rival.estimate.clear]
    if answer.verdict == "yes":
        verb = "correlate" if shown else "correlates"
        return f"{_listed(['Latent size', *shown])} {verb} with the error"
    if shown:
        return f"Correlations with the error are shown for {_listed(shown)}, not for latent size"
    return "No size is shown to correlate with the error"


def is_ahead(rival: Rival) -> bool:
    """Whether the error is shown to correlate with it, and more strongly than with latent size."""
    gap = rival.gap
    return gap is not None and gap.high is not None and gap.high < 0 and is_shown(rival.p_holm)


def _label(rival: Rival) -> str:
    return RIVALS[rival.name]


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _map_drawing(columns: dict[str, npt.NDArray[np.float64]]) -> Iterator[Drawing]:
    if len(columns) < 3:
        return
    yield Drawing(
        "map",
        _map_title(columns),
        "Heat map of Spearman’s ρ between error, sizes and numeric choices.",
        "",
        lambda: map_figure(columns),
    )


def _map_title(columns: dict[str, npt.NDArray[np.float64]]) -> str:
    """What latent size correlates with most among the other columns."""
    latent = columns.get(RIVALS["latent_size"])
    others = {name: column for name, column in columns.items() if column is not latent}
    _, *rest = others  # the error is first
    if latent is None or not rest:
        return "Correlations among sizes"
    tied = {name: spearman(latent, others[name]) for name in rest}
    name = max(tied, key=lambda each: abs(tied[each]))
    return f"Latent size correlates most with {name} (ρ = {decimal(tied[name])})"


def _columns(study: StudyRecord, table: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    """Error first, then what varies; a choice that is one of the sizes isn't shown twice."""
    error = "validation MSE"
    columns = {error: table["val_mse"].to_numpy(dtype=np.float64)}
    columns |= {RIVALS[name]: column for name, column in rival_columns(table).items()}
    for factor in searched_factors(study, table):
        if factor.kind == "number":
            columns.setdefault(factor.name, np.asarray(factor.numbers))
    kept: dict[str, npt.NDArray[np.float64]] = {}
    for name, column in columns.items():
        twin = any(abs(spearman(column, other)) > 1 - 1e-9 for other in kept.values())
        if np.ptp(column) > 0 and (not twin or name in (*RIVALS.values(), error)):
            kept[name] = column
    return dict(list(kept.items())[:_MOST_COLUMNS])
