"""The page's tables as text cells, each with what it sorts by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archsearch.config import Baseline
from archsearch.records import PlanRecord, TrialRecord, Value, known_baselines
from archsearch.report.analysis.findings import Findings, TrialRow
from archsearch.report.analysis.trial_table import BETTER, LEAKS, NOT_BETTER
from archsearch.report.formatting import decimal, error, interval, p_told
from archsearch.report.outcome import collapsed_word
from archsearch.report.sentences.latent_use import latent_use_sentence
from archsearch.report.statistics.correlation import SIZES, Correlations
from archsearch.report.statistics.factors import label_of
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.rivals import RIVALS

__all__ = [
    "MOST_ARCHITECTURES",
    "MOST_ROWS",
    "Architecture",
    "Cell",
    "Column",
    "CorrelationTable",
    "Row",
    "architectures",
    "correlation_tables",
    "given_others_tables",
    "layer_rows",
    "numbers_read",
    "trial_columns",
    "trial_rows",
]

MOST_ROWS = 2000
MOST_ARCHITECTURES = 200


class Cell(NamedTuple):
    """A text, and the number it sorts by (None: by the text)."""

    text: str
    sort: float | None = None


class Column(NamedTuple):
    """A column's head, with a word of help."""

    name: str
    help: str = ""


class Row(NamedTuple):
    """One trial; ``anchor`` is where its architecture stands, or empty."""

    cells: list[Cell]
    anchor: str


class Architecture(NamedTuple):
    """One trial's spec and layer table; ``worth`` says what its latent is worth."""

    anchor: str
    title: str
    latent_use: str
    spec: str
    layers: list[dict[str, str]]


class CorrelationCell(NamedTuple):
    """A value and the small print under it."""

    value: str
    interval: str


class CorrelationRow(NamedTuple):
    """One size's measures."""

    name: str
    cells: list[CorrelationCell]


class CorrelationTable(NamedTuple):
    """Sizes × measures."""

    title: str
    columns: list[str]
    rows: list[CorrelationRow]


_COLUMNS = (
    Column("trial"),
    Column("state"),
    Column("latent", "channels×height×width"),
    Column("size", "numbers in the latent (of those that the decoder reads, if more)"),
    Column("bottleneck", "numbers in the bottleneck, the narrowest cut of the net"),
    Column("params"),
    Column("MACs"),
    Column("depth", "encoder layers with weights"),
    Column("seeds"),
    Column("val MSE", "mean over seeds"),
    Column("±", "half the range over seeds"),
    Column("test MSE"),
)
_EQUAL_PCA = Column("worth", "PCA components that do as well")
_LINEAR_CODE = Column(
    "linear code",
    "better: a linear code of this size does better, so training or the family leave capacity "
    "unused; not the only path: the decoder also reads encoder layers, or the luminance is "
    "merged in",
)
_CODE_COLUMNS = (
    Column("active", "latent numbers whose deviation is over 1 % of the largest, mean over seeds"),
    Column("rank", "principal components that explain 99 % of the codes' variance"),
    Column("8 bit", "how much rounding each latent number to 8 bits raises the error"),
    Column("4 bit", "the same, to 4 bits"),
)


_VERDICTS = {BETTER: "better", NOT_BETTER: "not better", LEAKS: LEAKS, "": ""}


_MEASURES = {
    "spearman": "Spearman ρ",
    "kendall": "Kendall τ-b",
    "pearson_loglog": "Pearson log–log",
    "slope": "slope",
}
_GIVEN_OTHERS = {"partial_spearman": "Spearman given others"}


def trial_columns(findings: Findings) -> list[Column]:
    """The fixed columns, each searched name, and the reason."""
    codes = _CODE_COLUMNS if _measured(findings) else ()
    return [
        *_COLUMNS,
        *_baselines(findings).values(),
        _LINEAR_CODE,
        *codes,
        *map(Column, _searched(findings)),
        Column("reason"),
    ]


def trial_rows(findings: Findings) -> list[Row]:
    """Trials by rising error, those without one last; at most :data:`MOST_ROWS`."""
    by_number = {trial.number: trial for trial in findings.study.trials}
    ordered = findings.trials.sort_values(["val_mse", "number"], na_position="last")
    detailed = {trial.number for trial in _detailed(findings)}
    names, measured = _searched(findings), _measured(findings)
    baselines = list(_baselines(findings))
    rows = []
    for number in ordered["number"].head(MOST_ROWS).tolist():
        row, trial = findings.trial(number), by_number[number]
        values = [_value_cell(trial.values.get(name)) for name in names]
        codes = _code_cells(row) if measured else []
        cells = [*_fixed_cells(row, trial, baselines), *codes, *values, Cell(row.text("reason"))]
        rows.append(Row(cells, _anchor(trial) if number in detailed else ""))
    return rows


def architectures(findings: Findings) -> list[Architecture]:
    """Spec and layer table of the best trials, at most :data:`MOST_ARCHITECTURES`."""
    made = []
    for trial in _detailed(findings):
        assert trial.plan is not None  # noqa: S101  _detailed chose those that have one
        value = findings.trial(trial.number).real("val_mse")
        told = f", validation MSE {error(value)}" if math.isfinite(value) else f", {trial.state}"
        title = f"Trial {trial.number}: latent {_shape(trial.plan)}{told}"
        latent_use = latent_use_sentence(findings.trial(trial.number), findings.study.curves)
        plan = trial.plan
        made.append(Architecture(_anchor(trial), title, latent_use, plan.spec, layer_rows(plan)))
    return made


def correlation_tables(findings: Findings) -> list[CorrelationTable]:
    """Correlations of error with each size by itself; twice where collapsed runs make two answers.

    A row's slope is of log MSE on log size.
    """
    return _twice(findings, _MEASURES)


def given_others_tables(findings: Findings) -> list[CorrelationTable]:
    """The same with the other sizes held equal."""
    return _twice(findings, _GIVEN_OTHERS)


def _twice(findings: Findings, measures: Mapping[str, str]) -> list[CorrelationTable]:
    if not any(findings.found.measures[size]["spearman"].value is not None for size in SIZES):
        return []
    spare = findings.secondary.without_collapsed
    tables = [_correlation_table("All runs" if spare else "", findings.found, measures)]
    if spare is not None:
        title = f"Without {spare.word} runs"
        tables.append(_correlation_table(title, findings.without_collapsed, measures))
    return tables


def _baselines(findings: Findings) -> dict[str, Column]:
    """The baselines that any trial has, and how many PCA components do as well."""
    known = known_baselines(result.baselines for result in findings.study.results)
    columns = {f"{each.name}_val": _baseline_column(each) for each in known}
    columns["equal_pca"] = _EQUAL_PCA
    return {name: each for name, each in columns.items() if findings.trials[name].notna().any()}


def _baseline_column(baseline: Baseline) -> Column:
    told = f": {baseline.words}" if baseline.words else ""
    return Column(baseline.label, f"validation MSE{told}")


def _searched(findings: Findings) -> list[str]:
    return list(dict.fromkeys(name for trial in findings.study.trials for name in trial.values))


def _detailed(findings: Findings) -> list[TrialRecord]:
    ordered = findings.trials.sort_values(["val_mse", "number"], na_position="last")["number"]
    by_number = {trial.number: trial for trial in findings.study.trials if trial.plan}
    found = (by_number[number] for number in ordered.tolist() if number in by_number)
    return list(_first(found, MOST_ARCHITECTURES))


def _first(trials: Iterator[TrialRecord], most: int) -> Iterator[TrialRecord]:
    for trial, _ in zip(trials, range(most), strict=False):
        yield trial


def _fixed_cells(row: TrialRow, trial: TrialRecord, baselines: list[str]) -> list[Cell]:
    spread = (row.real("high") - row.real("low")) / 2
    marked = [seed.result for seed in trial.seeds if seed.result and seed.result.collapsed]
    word = collapsed_word(result.variance_share for result in marked)
    state = f"{trial.state}, {word}" if marked else trial.state
    plan = trial.plan
    sizes = [plan.params, plan.macs, plan.encoder_depth] if plan else [None] * 3
    return [
        Cell(str(trial.number), trial.number),
        Cell(state),
        Cell(_shape(plan) if plan else ""),
        Cell(numbers_read(plan), plan.latent_size) if plan else Cell(""),
        _whole_cell(row.real("bottleneck_size")),
        *(Cell(f"{size:,}", size) if size is not None else Cell("") for size in sizes),
        Cell(str(row.whole("seeds")), row.whole("seeds")),
        _error_cell(row.real("val_mse")),
        _error_cell(spread) if row.whole("seeds") > 1 else Cell(""),
        _error_cell(row.real("test_mse")),
        *(
            _whole_cell(row.real(name)) if name == "equal_pca" else _error_cell(row.real(name))
            for name in baselines
        ),
        Cell(_VERDICTS[row.text("verdict")]),
    ]


def _measured(findings: Findings) -> bool:
    return bool(findings.trials["rank"].notna().any())


def _code_cells(row: TrialRow) -> list[Cell]:
    """Active units, rank, and what rounding costs; empty where it wasn't measured."""
    costs = [row.real(f"mse_{bits}bit") / row.real("code_mse") - 1 for bits in (8, 4)]
    return [
        _whole_cell(row.real("active")),
        _whole_cell(row.real("rank")),
        *(
            Cell(f"{100 * cost:+.1f} %", cost) if math.isfinite(cost) else Cell("")
            for cost in costs
        ),
    ]


def _error_cell(value: float) -> Cell:
    return Cell(error(value), value) if math.isfinite(value) else Cell("")


def _whole_cell(value: float) -> Cell:
    return Cell(f"{value:,.0f}", value) if math.isfinite(value) else Cell("")


def _value_cell(value: Value | None) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell(label_of(value), float(value))
    if isinstance(value, str | tuple):
        return Cell(label_of(value))
    return Cell(f"{value:.6g}", value)


def _anchor(trial: TrialRecord) -> str:
    return f"trial-{trial.number}"


def _shape(plan: PlanRecord) -> str:
    return f"{plan.latent_channels}×{plan.latent_height}×{plan.latent_width}"


def numbers_read(plan: PlanRecord) -> str:
    """The latent's size, and of how many numbers the decoder reads where it isn't all."""
    read = f" of {plan.effective_size:,}" if plan.effective_size > plan.latent_size else ""
    return f"{plan.latent_size:,}{read}"


def layer_rows(plan: PlanRecord) -> list[dict[str, str]]:
    """The layer table of a plan, as texts."""
    return [
        {
            "index": str(layer.index),
            "section": layer.section,
            "kind": layer.kind,
            "output": "×".join(map(str, layer.output)),
            "formula": layer.formula,
            "params": f"{layer.params:,}",
            "macs": f"{layer.macs:,}",
        }
        for layer in plan.layers
    ]


def _correlation_table(
    title: str, found: Correlations, measures: Mapping[str, str]
) -> CorrelationTable:
    rows = []
    for size in found.distinct:
        known = {str(measure): one for measure, one in found.measures[size].items()}
        known["slope"] = found.slopes[size]
        cells = [_correlation_cell(known[measure]) for measure in measures]
        rows.append(CorrelationRow(RIVALS[size], cells))
    return CorrelationTable(title, list(measures.values()), rows)


def _correlation_cell(estimate: Estimate) -> CorrelationCell:
    if estimate.value is None:
        return CorrelationCell("–", "")
    return CorrelationCell(decimal(estimate.value), f"{interval(estimate)}; {p_told(estimate.p)}")
