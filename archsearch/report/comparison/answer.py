"""Whether studies differ, in one sentence, and one on the best net of all."""

from __future__ import annotations

from math import isfinite

from archsearch.report.comparison.compare import Comparison, Difference, spearman_of_latent
from archsearch.report.drawing.style import short
from archsearch.report.formatting import decimal, error, interval
from archsearch.report.sections.blocks import Section, Text
from archsearch.report.statistics.multiple import is_shown

__all__ = ["answer_sentence", "clear_differences", "section"]

_LONGEST_NAME = 32


def section(comparison: Comparison) -> Section:
    """The page's opening."""
    said = (answer_sentence(comparison), _best(comparison))
    blocks = tuple(Text(text) for text in said if text)
    return Section("answer", "Do the studies differ?", blocks, open=True)


def clear_differences(comparison: Comparison) -> list[Difference]:
    """The pairs whose correlations differ, corrected for all pairs; the clearest first."""
    clear = [each for each in comparison.differences if is_shown(each.p_holm)]
    return sorted(clear, key=lambda each: each.estimate.p or 0.0)


def answer_sentence(comparison: Comparison) -> str:
    """At most 30 words, the verdict its first."""
    if not comparison.differences:
        return _not_comparable(comparison)
    clear = clear_differences(comparison)
    if not clear:
        return _no_difference(comparison)
    first = clear[0]
    pairs = len(comparison.differences)
    which = f"{len(clear)} of {pairs} pairs of studies, " if pairs > 1 else ""
    which += "most clearly " if len(clear) > 1 else ""
    return (
        f"Differ: {which}{_pair(comparison, first)}, a difference of "
        f"{decimal(first.estimate.value or 0.0)} (95 % interval {interval(first.estimate)})."
    )


def _pair(comparison: Comparison, pair: Difference) -> str:
    """The correlations of two studies; the first names what they are."""
    known = dict(zip(comparison.names, map(spearman_of_latent, comparison.findings), strict=True))
    first, second = (decimal(known[name].value or 0.0) for name in pair[:2])
    names = [short(name, _LONGEST_NAME) for name in pair[:2]]
    return f"rank correlation {first} in {names[0]} and {second} in {names[1]}"


def _no_difference(comparison: Comparison) -> str:
    told = "that doesn’t mean that there is none"
    if len(comparison.differences) == 1:
        return f"No difference shown: {_pair(comparison, comparison.differences[0])}; {told}."
    found = map(spearman_of_latent, comparison.findings)
    values = sorted(one.value for one in found if one.value is not None)
    return (
        f"No difference shown: rank correlations of {decimal(values[0])} to {decimal(values[-1])}, "
        f"{len(comparison.differences)} pairs of studies, corrected; {told}."
    )


def _not_comparable(comparison: Comparison) -> str:
    if sum(one.study.designed for one in comparison.findings) < 2:
        return (
            "Not comparable: searches chose trials by their errors, so fewer than two studies have "
            "a correlation of their space."
        )
    return (
        "Not comparable: fewer than two studies have enough architectures with a result for a "
        "rank correlation."
    )


def _best(comparison: Comparison) -> str:
    """The lowest error of all, where errors can be compared."""
    if not comparison.equal_errors:
        return "Their errors can’t be compared: the studies saw other pictures, or had other tasks."
    found = [
        (findings.trial(findings.best).real("val_mse"), name, findings.best)
        for name, findings in zip(comparison.names, comparison.findings, strict=True)
        if findings.best is not None
    ]
    found = [each for each in found if isfinite(each[0])]
    if len(found) < 2:
        return ""
    value, name, number = min(found)
    return f"The lowest validation error is {error(value)}, of {name}, trial {number}."
