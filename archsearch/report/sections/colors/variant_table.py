"""The variants beside the baselines: errors, colors, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.records import Baselines
from archsearch.report.drawing.style import short
from archsearch.report.formatting import percent
from archsearch.report.sections.blocks import Cell, Column, Facts, Row, Table
from archsearch.report.sections.colors.cells import cell, decimals, mse
from archsearch.report.sections.colors.measures import baseline_values, interval_words
from archsearch.report.sections.colors.shortcomings import (
    SHORTCOMINGS,
    beats,
    collapsed,
    shortcomings,
)
from archsearch.report.sections.colors.variants import Variant

__all__ = ["definitions", "variant_table"]

MOST_VARIANTS = 12
_LONGEST = 72

_COLUMNS = (
    Column("variant", words=True),
    Column("val MSE", "of RGB in [0, 1], mean over seeds"),
    Column("test MSE", "compared with the mean chroma’s on the same pictures"),
    Column("ΔE", "test split"),
    Column("saturation", "test split; `desaturation` in the files"),
    Column("shortcomings", words=True),
)
_TERMS = (
    ("ΔE", "color difference (CIEDE2000), mean over pixels; about 1 is just seen"),
    ("saturation", "distance from gray, predicted over true; under 1 is paler than the originals"),
)


def variant_table(ranked: Sequence[Variant], left_out: int = 0) -> Table:
    """Baselines first, then the best variants.

    Args:
        ranked: by rising validation error.
        left_out: how many have other pictures.
    """
    shown = ranked[:MOST_VARIANTS]
    rows = [*_baselines(ranked[0].results[0].baselines)]
    rows += [_row(variant, ranked[0]) for variant in shown]
    notes = [interval_words([len(variant.results) for variant in ranked])]
    if len(ranked) > len(shown):
        notes.append(f"Best {len(shown)} of {len(ranked)}; summary.json has all.")
    if left_out:
        notes.append(f"{left_out} with other test pictures left out.")
    return Table("variants", "The variants", _COLUMNS, tuple(rows), " ".join(notes), sortable=True)


def definitions(ranked: Sequence[Variant]) -> Facts:
    """What the table's words mean: its measures, baselines, and the marks that it has."""
    best, shown = ranked[0], ranked[:MOST_VARIANTS]
    found = {each for variant in shown for each in shortcomings(variant, best)}
    marks = [(each.name, each.meaning) for each in SHORTCOMINGS if each in found]
    known = baseline_values(best.results[0].baselines)
    baselines = [(baseline.label, baseline.words) for baseline in known]
    return Facts((*_TERMS, *baselines, *marks))


def _baselines(baselines: Baselines) -> list[Row]:
    rows = []
    for baseline, values in baseline_values(baselines).items():
        written = [
            Cell("–") if (value := values.get(name)) is None else Cell(write(value), sort=value)
            for name, write in (("val_mse", mse), ("delta_e", decimals), ("desaturation", decimals))
        ]
        cells = (Cell(baseline.label, "baseline"), written[0], Cell(""), *written[1:], Cell(""))
        rows.append(Row(cells, mark="baseline"))
    return rows


def _row(variant: Variant, best: Variant) -> Row:
    spreads = variant.spreads
    marks = [each.name for each in shortcomings(variant, best)]
    cells = (
        Cell(variant.called, _small(variant)),
        cell(spreads["val_mse"], mse),
        cell(variant.against_mean_chroma, percent),
        cell(spreads["delta_e"], decimals),
        cell(spreads["desaturation"], decimals),
        Cell(", ".join(filter(None, [*marks, collapsed(variant)])) or "–"),
    )
    return Row(cells, variant.trial, {True: "beats", False: "fails", None: ""}[beats(variant)])


def _small(variant: Variant) -> str:
    seeds = ", ".join(str(result.seed) for result in variant.results)
    plural = "s" if len(variant.results) > 1 else ""
    leaks = "reads past the latent" if variant.plan.reads_past_latent else ""
    parts = (variant.task, short(variant.settings, _LONGEST), leaks, f"seed{plural} {seeds}")
    return ", ".join(part for part in parts if part)
