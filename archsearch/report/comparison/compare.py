"""What several studies found, and how their rank correlations differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from archsearch.records import RunResult
from archsearch.report.findings import Findings
from archsearch.report.sections.blocks import ReportWarning
from archsearch.report.sections.provenance import search_method
from archsearch.report.statistics.intervals import QUANTILE, Estimate, difference
from archsearch.report.statistics.multiple import holm
from archsearch.space import FEWEST_FOR_VERDICT

__all__ = ["Comparison", "Difference", "compare", "correlation_difference", "spearman_of_latent"]


class Difference(NamedTuple):
    """ρ of one study minus ρ of another, with its interval and p corrected for all pairs."""

    first: str
    second: str
    estimate: Estimate
    p_holm: float | None


@dataclass(frozen=True)
class Comparison:
    """What several studies found, each by itself, and how their correlations differ.

    Attributes:
        findings: of each study.
        names: of the studies; no two are the same.
        differences: of each pair of designed studies with a correlation.
        warnings: what stands against comparing them.
    """

    findings: tuple[Findings, ...]
    names: tuple[str, ...]
    differences: tuple[Difference, ...]
    warnings: tuple[ReportWarning, ...]

    @property
    def equal_errors(self) -> bool:
        """Whether the errors of one study can be compared with those of another."""
        codes = {warning.code for warning in self.warnings}
        return not codes & {"different-pictures", "different-task"}


def compare(findings: Sequence[Findings]) -> Comparison:
    """What several studies found, beside the differences of their Spearman correlations.

    Only designed studies are compared with each other, since a search's trials are
    biased by the search; and only those with enough architectures for a verdict.
    """
    names = _distinct_names([one.study.name for one in findings])
    made = [
        (first, second, correlation_difference(spearman_of_latent(one), spearman_of_latent(other)))
        for (first, one), (second, other) in combinations(zip(names, findings, strict=True), 2)
        if _answers(one) and _answers(other)
    ]
    known = [(a, b, estimate) for a, b, estimate in made if estimate is not None]
    corrected = holm([estimate.p for _, _, estimate in known])
    differences = tuple(
        Difference(a, b, estimate, p) for (a, b, estimate), p in zip(known, corrected, strict=True)
    )
    return Comparison(tuple(findings), names, differences, tuple(_warnings(findings, names)))


def _answers(findings: Findings) -> bool:
    return findings.study.designed and spearman_of_latent(findings).n >= FEWEST_FOR_VERDICT


def spearman_of_latent(findings: Findings) -> Estimate:
    """ρ of latent size with the error: what studies are compared by, whatever answers each."""
    return findings.correlations.sizes.measures["latent_size"]["spearman"]


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


def _warnings(findings: Sequence[Findings], names: Sequence[str]) -> Iterator[ReportWarning]:
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
            yield ReportWarning(code, f"{message} ({told}).")
    searched = [
        f"{name} ({search_method(one.study)})"
        for name, one in zip(names, findings, strict=True)
        if not one.study.designed
    ]
    if searched:
        yield ReportWarning(
            "adaptive-search",
            f"Trials chosen by their errors: {', '.join(searched)}. Their correlations are "
            "biased and not compared.",
        )


def _first_result(findings: Findings) -> RunResult | None:
    return next(iter(findings.study.results), None)
