"""What follows a comparison's answer: the studies, what stands against comparing, differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from archsearch.records import trial_counts
from archsearch.report.comparison.compare import Comparison, spearman_of_latent
from archsearch.report.findings import Findings
from archsearch.report.formatting import error, p_value, with_interval
from archsearch.report.sections.blocks import ReportWarning, Section, Table, Text
from archsearch.report.sections.provenance import search_method

__all__ = ["differences", "limits", "shared_warnings", "studies", "studies_alone"]

_COLUMNS = (
    "study", "method", "complete", "architectures", "seeds", "latent sizes", "Spearman’s ρ",
    "slope", "best val MSE", "its test MSE", "pictures",
)  # fmt: skip


def studies(comparison: Comparison) -> Section:
    """A row for each study."""
    rows = [
        [name, *_row(findings)]
        for name, findings in zip(comparison.names, comparison.findings, strict=True)
    ]
    note = "ρ and log–log slope of latent size with validation error, 95 % intervals."
    table = Table.of_texts("studies", "", _COLUMNS, rows, note)
    return Section("studies", "The studies", (table,), open=True)


def _row(findings: Findings) -> list[str]:
    study, sizes = findings.study, findings.code_sample.architectures()["latent_size"]
    data = study.settings.get("data")
    best = findings.trial(findings.best) if findings.best is not None else None
    errors = [best.real(name) if best else float("nan") for name in ("val_mse", "test_mse")]
    return [
        search_method(study),
        f"{trial_counts(study)['complete']} of {study.planned}",
        str(len(sizes)),
        ", ".join(map(str, findings.sample.seeds)) or "–",
        f"{sizes.min():,.0f}–{sizes.max():,.0f}" if len(sizes) else "–",
        with_interval(spearman_of_latent(findings)),
        with_interval(findings.correlations.sizes.slopes["latent_size"]),
        *(error(value) if isfinite(value) else "–" for value in errors),
        str(data.get("source", "–")) if isinstance(data, dict) else "–",
    ]


def limits(comparison: Comparison) -> Section | None:
    """What stands against comparing the studies; None where nothing does."""
    if not comparison.warnings:
        return None
    return Section("limits", "What limits the comparison", (), comparison.warnings, open=True)


def differences(comparison: Comparison) -> Section | None:
    """A row for each pair; None where no two studies can be compared."""
    rows = [
        [f"{each.first} − {each.second}", with_interval(each.estimate), p_value(each.p_holm)]
        for each in comparison.differences
    ]
    if not rows:
        return None
    note = "Intervals by Zou (2007); p of the same interval, corrected for all pairs (Holm)."
    columns = ("studies", "difference of ρ", "p corrected")
    table = Table.of_texts("differences", "", columns, rows, note)
    return Section("differences", "Differences", (table,))


def studies_alone(
    answers: Mapping[str, Sequence[str]], warnings: Sequence[ReportWarning]
) -> Section:
    """What each study says by itself.

    Args:
        answers: each study's opening sentences, by its name.
        warnings: of :func:`shared_warnings`.
    """
    texts = tuple(Text(f"{name}: {' '.join(said)}") for name, said in answers.items())
    return Section("alone", "Each study by itself", texts, tuple(warnings))


def shared_warnings(own: Mapping[str, Sequence[ReportWarning]]) -> Iterator[ReportWarning]:
    """Each study's warnings with its name, once where several share one.

    Args:
        own: what each study's page warns of, by its name.
    """
    told: dict[ReportWarning, list[str]] = {}
    for name, warnings in own.items():
        for warning in warnings:
            if warning.code != "adaptive-search":  # said of the comparison
                told.setdefault(warning, []).append(name)
    for warning, whose in told.items():
        yield ReportWarning(warning.code, f"{', '.join(whose)}: {warning.message}")
