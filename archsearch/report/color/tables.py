"""The table of all variants against the baselines, and the table of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archsearch.records import ClassScores
from archsearch.report.color.measures import (
    MEASURES,
    Spread,
    baseline_values,
    interval_words,
    spread,
)
from archsearch.report.color.variants import Variant
from archsearch.report.formatting import error, percent
from archsearch.report.outcome import collapsed_word

__all__ = [
    "MOST_CLASSES",
    "MOST_VARIANTS",
    "ClassRow",
    "NumberCell",
    "NumberRow",
    "NumberTable",
    "class_rows",
    "class_table",
    "variant_table",
    "verdict",
]

MOST_VARIANTS = 60
MOST_CLASSES = 30


class NumberCell(NamedTuple):
    """A number and the small print under it."""

    text: str
    small: str = ""


class NumberRow(NamedTuple):
    """A row's head, its small print, its cells, and what kind of row it is."""

    head: str
    small: str
    cells: list[NumberCell]
    kind: str = ""


class NumberTable(NamedTuple):
    """A table of numbers; columns are a head and a word of help each."""

    name: str
    title: str
    first: str
    columns: list[tuple[str, str]]
    rows: list[NumberRow]
    note: str


class ClassRow(NamedTuple):
    """One class over the seeds of one variant."""

    name: str
    pictures: int
    delta_e: Spread | None
    mse: Spread
    desaturation: Spread | None


def variant_table(variants: Sequence[Variant]) -> NumberTable:
    """Baselines first, then every variant by rising validation error."""
    shown = variants[:MOST_VARIANTS]
    columns = [("against mean chroma", "test MSE, compared with the baseline on the same pictures")]
    columns += [(measure.head, measure.help) for measure in MEASURES]
    rows = [*_baseline_rows(variants), *map(_variant_row, shown)]
    note = (
        "All are measured in the same way: RGB in [0, 1], predictions clamped, on the same "
        f"pictures. Variants are in order of validation MSE. {_intervals(variants)}"
    )
    if len(variants) > len(shown):
        note += f" Here are the {len(shown)} best of {len(variants)}."
    return NumberTable("variants", "All variants", "variant", columns, rows, note)


def _intervals(variants: Sequence[Variant]) -> str:
    return interval_words([len(variant.results) for variant in variants])


def _baseline_rows(variants: Sequence[Variant]) -> list[NumberRow]:
    found = baseline_values(variants[0].results[0].baselines)
    rows = []
    for baseline, values in found.items():
        cells = []
        for measure in MEASURES:
            value = values.get(measure.name)
            cells.append(NumberCell("–" if value is None else measure.write(value)))
        rows.append(NumberRow(baseline.label, "baseline", [NumberCell(""), *cells], "baseline"))
    return rows


def _variant_row(variant: Variant) -> NumberRow:
    seeds = ", ".join(str(result.seed) for result in variant.results)
    small = f"seed{'s'[: len(variant.results) > 1]} {seeds}"
    if variant.trial is not None and (variant.options or variant.net):
        small = f"{variant.options or variant.net}; {small}"
    cells = [
        _cell(variant.spreads[measure.name], measure.write)  # one column a measure
        for measure in MEASURES
    ]
    beaten = variant.beats_mean_chroma
    kind = {True: "beats", False: "fails", None: ""}[beaten]
    return NumberRow(variant.name, small, [NumberCell(verdict(variant)), *cells], kind)


def verdict(variant: Variant) -> str:
    """Whether the variant beats the mean chroma, and by what share of its error."""
    known = [mse / chroma - 1 for mse, chroma in variant.mean_chroma_pairs if chroma]
    if not known:
        return "not known"
    change = percent(sum(known) / len(known))
    if variant.beats_mean_chroma is None:
        return f"seeds disagree: {change}"
    told = f"beats it: {change}" if variant.beats_mean_chroma else f"doesn’t: {change}"
    shares = [result.variance_share for result in variant.results if result.collapsed]
    marked = f"{collapsed_word(shares)}: {len(shares)} of {len(variant.results)}"
    return f"{told}; {marked}" if shares else told


def _cell(found: Spread | None, write: object) -> NumberCell:
    assert callable(write)  # noqa: S101
    if found is None:
        return NumberCell("–")
    if found.low is None or found.high is None:
        return NumberCell(str(write(found.mean)))
    low, high = str(write(found.low)), str(write(found.high))
    return NumberCell(str(write(found.mean)), "all seeds" if low == high else f"{low} to {high}")


def class_rows(variant: Variant) -> list[ClassRow]:
    """The variant's classes over its seeds, the largest ΔE first."""
    by_name: dict[str, list[ClassScores]] = {}
    for result in variant.results:
        for scores in result.classes:
            by_name.setdefault(scores.name, []).append(scores)
    rows = [
        ClassRow(
            name,
            scores[0].pictures,
            _spread([one.delta_e for one in scores]),
            spread([one.mse for one in scores]),
            _spread([one.desaturation for one in scores]),
        )
        for name, scores in by_name.items()
    ]
    return sorted(rows, key=lambda row: (-(row.delta_e.mean if row.delta_e else 0), -row.mse.mean))


def _spread(values: Sequence[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    return spread(known) if known else None


def class_table(best: Sequence[Variant]) -> NumberTable | None:
    """ΔE, MSE and saturation of each class, for the best variant of each task.

    None where pictures have no classes.
    """
    having = [variant for variant in best if any(result.classes for result in variant.results)]
    if not having:
        return None
    found = {variant.name: {row.name: row for row in class_rows(variant)} for variant in having}
    order = [row.name for row in class_rows(having[0])]
    columns = [("pictures", "of the test split")]
    for variant in having:
        columns += [
            (f"{head}, {variant.task}", f"of {variant.name}")
            for head in ("ΔE", "MSE", "saturation")
        ]
    rows = [
        NumberRow(name, "", _class_cells(name, list(found.values())))
        for name in order[:MOST_CLASSES]
    ]
    note = "Test pictures of each class, the hardest by ΔE first, means over seeds; of each task "
    note += "the variant with the lowest validation MSE. " + _intervals(having)
    if len(order) > MOST_CLASSES:
        note += f" Here are the {MOST_CLASSES} hardest of {len(order)}."
    return NumberTable("classes", "Class by class", "class", columns, rows, note)


def _class_cells(name: str, found: Sequence[dict[str, ClassRow]]) -> list[NumberCell]:
    first = next(rows[name] for rows in found if name in rows)
    cells = [NumberCell(f"{first.pictures:,}")]
    for rows in found:
        row = rows.get(name)
        cells += (
            [NumberCell("–")] * 3
            if row is None
            else [
                _cell(row.delta_e, "{:.2f}".format),
                _cell(row.mse, error),
                _cell(row.desaturation, "{:.2f}".format),
            ]
        )
    return cells
