"""Does the correlation hold among architectures that share a trait?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from archsearch.report.drawing.intervals import interval_rows
from archsearch.report.drawing.style import COLORS, FAINT, INK, figure, legend_below, short
from archsearch.report.formatting import decimal, p_value, with_interval
from archsearch.report.sections.adaptive import among_chosen
from archsearch.report.sections.blocks import (
    Cell,
    Column,
    Drawing,
    ReportWarning,
    Row,
    Section,
    Table,
    Text,
)
from archsearch.report.sections.correction import Look
from archsearch.report.sections.estimates import correlation_cell, estimate_json
from archsearch.report.statistics.effects import MOST_LEVELS
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.groups import Grouping, within_groups
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.rivals import RIVALS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["AREA", "compute", "corrected", "groups_figure", "section", "to_json"]

AREA = RIVALS["latent_area"]

_COLUMNS = (
    Column("equal", words=True),
    Column("pooled ρ", "of the same architectures, groups or not"),
    Column("within ρ", "ranked, resampled and permuted inside groups"),
    Column("p corrected"),
    Column("pooled stronger by", "difference of |ρ|"),
    Column("each group", words=True),
)


def compute(
    architectures: pd.DataFrame, factors: tuple[Factor, ...], *, seed: int = 0
) -> tuple[Grouping, ...]:
    """Within groups by the latent's height×width, by encoder depth, and by each choice."""
    latent = architectures["latent_size"].to_numpy(dtype=np.float64)
    mse = architectures["val_mse"].to_numpy(dtype=np.float64)
    return within_groups(latent, mse, _groupings(architectures, factors), seed=seed)


def _groupings(table: pd.DataFrame, factors: tuple[Factor, ...]) -> dict[str, list[str]]:
    areas = zip(table["latent_height"], table["latent_width"], strict=True)
    groupings = {
        AREA: [f"{height:.0f}×{width:.0f}" for height, width in areas],
        "encoder depth": [f"{depth:.0f}" for depth in table["encoder_depth"]],
    }
    for factor in factors:
        if factor.kind == "choice" and len(factor.levels) <= MOST_LEVELS:
            groupings[factor.name] = [value or "unset" for value in factor.values]
    return groupings


def corrected(found: tuple[Grouping, ...], look: Look) -> tuple[Grouping, ...]:
    """With ``look`` of each p."""
    return tuple(one._replace(p_holm=look(one.within.p)) for one in found)


def to_json(found: tuple[Grouping, ...]) -> dict[str, object]:
    """For the details of ``summary.json``."""
    return {
        grouping.by: {
            "pooled": estimate_json(grouping.pooled),
            "within": estimate_json(grouping.within),
            "contrast": estimate_json(grouping.contrast),
            "p_holm": grouping.p_holm,
            "families": {one.label: estimate_json(one.estimate) for one in grouping.groups},
        }
        for grouping in found
    }


def section(
    found: tuple[Grouping, ...], *, pooled: Estimate, looks: int, designed: bool
) -> Section | None:
    """Whether the correlation holds inside groups; None without groups that have one.

    Args:
        found: the numbers.
        pooled: ρ over all architectures.
        looks: the number of tests that each ``p_holm`` is corrected for.
        designed: whether the trials were chosen without looking at errors.
    """
    known = [grouping for grouping in found if grouping.within.value is not None]
    if not known:
        return None
    blocks = (
        Text(_told(known, pooled, looks)),
        _drawing(known),
        _table(known, looks),
    )
    title = among_chosen("Within groups", designed=designed)
    return Section("groups", title, blocks, tuple(_warnings(known)))


def _told(known: Sequence[Grouping], pooled: Estimate, looks: int) -> str:
    """What the grouping by latent height×width says, or the first that there is; and the others."""
    chosen = _chosen(known)
    over = "all" if chosen.pooled.n == pooled.n else f"the {chosen.pooled.n} in such groups"
    text = (
        f"Among architectures of equal {chosen.by} the correlation is "
        f"{with_interval(chosen.within)}, against {with_interval(chosen.pooled)} over {over}: "
        f"{_verdict(chosen, looks)}."
    )
    others = _others(known, chosen, looks)
    return f"{text} {others}" if others else text


def _chosen(known: Sequence[Grouping]) -> Grouping:
    return next((grouping for grouping in known if grouping.by == AREA), known[0])


def _verdict(grouping: Grouping, looks: int) -> str:
    within, pooled = grouping.within, grouping.pooled
    if not _holds(grouping):
        after = f" (corrected for {looks} comparisons)" if within.clear else ""
        if pooled.clear:
            weaker = " and is weaker" if grouping.contrast.clear else ""
            return (
                f"inside the groups it isn’t shown{after}{weaker}: the pooled one may come from "
                "differences between groups"
            )
        return f"neither is shown to differ from 0{after}"
    if not pooled.clear:
        return "there is one inside the groups, which differences between them hide"
    if (within.value or 0) * (pooled.value or 0) < 0:
        return "inside the groups it has the other sign (Simpson’s paradox)"
    return "it holds inside the groups too"


def _others(known: Sequence[Grouping], chosen: Grouping, looks: int) -> str:
    """The groupings in which it isn't shown; else which values it has."""
    others = [grouping for grouping in known if grouping is not chosen]
    lost = [grouping for grouping in others if not _holds(grouping)]
    open_ = [grouping.by for grouping in lost if not grouping.within.clear]
    unsure = [grouping.by for grouping in lost if grouping.within.clear]
    told = [f"Within equal {', '.join(open_)} its interval includes 0."] if open_ else []
    if unsure:
        told.append(
            f"Within equal {', '.join(unsure)} it isn’t shown once corrected for {looks} "
            "comparisons."
        )
    if told or not others:
        return " ".join(told)
    values = sorted(grouping.within.value or 0.0 for grouping in others)
    if len(values) == 1:
        return f"Within equal {others[0].by} it is {decimal(values[0])}."
    return f"By {len(values)} other groupings it is {decimal(values[0])} to {decimal(values[-1])}."


def _holds(grouping: Grouping) -> bool:
    """Whether the correlation inside the groups is shown."""
    return is_shown(grouping.p_holm) and grouping.within.clear


def _drawing(known: Sequence[Grouping]) -> Drawing:
    return Drawing(
        "groups",
        _title(known),
        "Spearman’s ρ of latent size with the error within groups and pooled, with 95 % intervals.",
        "",
        lambda: groups_figure(known),
    )


def _title(known: Sequence[Grouping]) -> str:
    holding = sum(map(_holds, known))
    if len(known) == 1:
        return "The correlation is shown within groups" if holding else "Not shown within groups"
    if holding == len(known):
        return f"Shown within each of {len(known)} groupings"
    return f"Shown within {holding or 'none'} of {len(known)} groupings"


def _table(known: Sequence[Grouping], looks: int) -> Table:
    rows = tuple(
        Row(
            (
                Cell(grouping.by),
                correlation_cell(grouping.pooled),
                correlation_cell(grouping.within),
                Cell(p_value(grouping.p_holm)),
                correlation_cell(grouping.contrast),
                Cell(_each(grouping)),
            )
        )
        for grouping in known
    )
    return Table("groups", "", _COLUMNS, rows, f"p is corrected for {looks} comparisons (Holm).")


def _each(grouping: Grouping) -> str:
    told = [
        f"{group.label}: {decimal(group.estimate.value)} (n {group.estimate.n})"
        for group in grouping.groups
        if group.estimate.value is not None
    ]
    return "; ".join(told) or "–"


def _warnings(known: Sequence[Grouping]) -> Iterator[ReportWarning]:
    """Groupings in which the pooled correlation isn't found again."""
    lost = [
        grouping.by
        for grouping in known
        if grouping.pooled.clear and grouping.contrast.clear and not grouping.within.clear
    ]
    if lost:
        yield ReportWarning(
            "between-families",
            f"Within groups of equal {', '.join(lost)} no correlation is shown, and the pooled "
            "one is stronger: part of it comes from differences between groups.",
        )


def groups_figure(known: Sequence[Grouping]) -> Figure:
    """For each grouping ρ within groups, and pooled over them, with 95 % intervals."""
    made, (axes,) = figure(5.6, 1.3 + 0.55 * len(known))
    rows = [float(row) for row in range(len(known))]
    within = [grouping.within for grouping in known]
    pooled = [grouping.pooled for grouping in known]
    interval_rows(axes, [row - 0.1 for row in rows], within, COLORS[0])
    interval_rows(axes, [row + 0.3 for row in rows], pooled, INK, hollow=True)
    axes.plot([], [], "o", color=COLORS[0], label="within groups")
    axes.plot([], [], "o", color=INK, mfc=FAINT, label="pooled")
    axes.set_yticks(rows, [short(grouping.by, 26) for grouping in known])
    axes.set_ylim(len(known) - 0.4, -0.6)
    axes.set_xlabel("Spearman ρ of latent size with validation MSE, 95 % interval")
    legend_below(made, axes, columns=2)
    return made
