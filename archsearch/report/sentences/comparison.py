"""Several studies beside each other: what each found, and whether they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from typing import NamedTuple

from archsearch.records import RunResult, StudyRecord
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.analysis.warnings import ReportWarning, search_method
from archsearch.report.formatting import error, with_interval
from archsearch.report.sentences.headline import headline
from archsearch.report.statistics.intervals import QUANTILE, Estimate, difference
from archsearch.report.statistics.multiple import holm, is_shown

__all__ = [
    "Comparison",
    "Difference",
    "compare",
    "comparison_sentences",
    "correlation_difference",
]


class Difference(NamedTuple):
    """ρ of one study minus ρ of another, with its interval and p corrected for all pairs."""

    first: str
    second: str
    estimate: Estimate
    p_holm: float | None


@dataclass(frozen=True)
class Comparison:
    """What several studies found, each by itself, and how their correlations differ."""

    findings: tuple[Findings, ...]
    names: tuple[str, ...]
    differences: tuple[Difference, ...]
    warnings: tuple[ReportWarning, ...]


def compare(studies: Sequence[StudyRecord], *, seed: int = 0) -> Comparison:
    """Find each study's numbers, and the differences of their Spearman correlations.

    Only designed studies are compared with each other: a search's trials are
    biased by the search.
    """
    findings = tuple(find(study, seed=seed) for study in studies)
    names = _distinct_names([study.name for study in studies])
    made = [
        (first, second, correlation_difference(_rho(one), _rho(other)))
        for (first, one), (second, other) in combinations(zip(names, findings, strict=True), 2)
        if one.study.designed and other.study.designed
    ]
    known = [(a, b, estimate) for a, b, estimate in made if estimate is not None]
    corrected = holm([estimate.p for _, _, estimate in known])
    differences = tuple(
        Difference(a, b, estimate, p) for (a, b, estimate), p in zip(known, corrected, strict=True)
    )
    return Comparison(findings, names, differences, tuple(_warnings(findings, names)))


def _rho(findings: Findings) -> Estimate:
    return findings.found.measures["latent_size"]["spearman"]


def _distinct_names(names: list[str]) -> tuple[str, ...]:
    """The names, numbered where the same one comes twice (from two storages)."""
    return tuple(
        name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})"
        for place, name in enumerate(names)
    )


def correlation_difference(one: Estimate, other: Estimate) -> Estimate | None:
    """Difference of the correlations of two studies, with the p of its interval.

    Deviations are counted by the half of the interval that faces 0. So p is under 0.05
    where the interval excludes 0, and only there. None where a correlation has no value.
    """
    from scipy import stats

    apart = difference(one, other)
    value, low, high = apart[:3]
    if value is None or low is None or high is None:
        return None
    facing = value - low if value > 0 else high - value
    away = QUANTILE * abs(value) / max(facing, 1e-300)
    return apart._replace(n=one.n + other.n, p=float(2 * stats.norm.sf(away)))


def _warnings(findings: Sequence[Findings], names: Sequence[str]) -> list[ReportWarning]:
    made = []
    firsts = [_first_result(one) for one in findings]
    for code, message, values in (
        (
            "different-pictures",
            "The studies used different pictures: errors can’t be compared",
            [result.data_fingerprint if result else None for result in firsts],
        ),
        (
            "different-task",
            "The studies have different tasks: errors can’t be compared",
            [result.task if result else None for result in firsts],
        ),
        (
            "different-epochs",
            "The studies trained for different numbers of epochs",
            [str(result.epochs) if result else None for result in firsts],
        ),
    ):
        known = {name: v for name, v in zip(names, values, strict=True) if v is not None}
        if len(set(known.values())) > 1:
            told = ", ".join(f"{name}: {value}" for name, value in known.items())
            made.append(ReportWarning(code, f"{message} ({told})."))
    searched = [
        f"{name} ({search_method(one.study)})"
        for name, one in zip(names, findings, strict=True)
        if not one.study.designed
    ]
    if searched:
        made.append(
            ReportWarning(
                "adaptive-search",
                f"Trials chosen by their errors: {', '.join(searched)}. Their correlations are "
                "biased and not compared.",
            )
        )
    return [*made, *_own(findings, names)]


def _own(findings: Sequence[Findings], names: Sequence[str]) -> list[ReportWarning]:
    """What each study's own report warns of, once where several share it."""
    told: dict[ReportWarning, list[str]] = {}
    for name, one in zip(names, findings, strict=True):
        for warning in one.warnings:
            if warning.code != "adaptive-search":  # said above of all
                told.setdefault(warning, []).append(name)
    return [
        ReportWarning(warning.code, f"{', '.join(whose)}: {warning.message}")
        for warning, whose in told.items()
    ]


def _first_result(findings: Findings) -> RunResult | None:
    return next(iter(findings.study.results), None)


def comparison_sentences(comparison: Comparison) -> list[str]:
    """Which correlations differ, what each study says, and the best of all."""
    said = [
        f"{name}: {headline(findings)}"
        for name, findings in zip(comparison.names, comparison.findings, strict=True)
    ]
    return [*_differences(comparison), *said, *_best(comparison)]


def _differences(comparison: Comparison) -> list[str]:
    if not comparison.differences:
        return ["No two studies can be compared."]
    clear = [each for each in comparison.differences if is_shown(each.p_holm)]
    if not clear:
        return [
            f"No difference between their correlations is shown{_corrected(comparison)}; that "
            "doesn’t mean that there is none."
        ]
    told = "; ".join(
        f"{each.first} against {each.second} {with_interval(each.estimate)}" for each in clear
    )
    return [f"Correlations differ: {told}."]


def _corrected(comparison: Comparison) -> str:
    pairs = len(comparison.differences)
    return f" ({pairs} pairs, corrected)" if pairs > 1 else ""


def _best(comparison: Comparison) -> list[str]:
    found = [
        (findings.trial(findings.best).real("val_mse"), name, findings.best)
        for name, findings in zip(comparison.names, comparison.findings, strict=True)
        if findings.best is not None
    ]
    found = [each for each in found if isfinite(each[0])]
    codes = {warning.code for warning in comparison.warnings}
    if len(found) < 2 or codes & {"different-pictures", "different-task"}:
        return []
    value, name, number = min(found)
    return [f"The lowest validation error is {error(value)}, of {name}, trial {number}."]
