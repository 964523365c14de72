"""The answer in one sentence, and one sentence on what limits it."""

from __future__ import annotations

import pandas as pd

from archsearch.printable import count
from archsearch.report.findings import Findings
from archsearch.report.formatting import decimal, interval, percent
from archsearch.report.sections.blocks import Section, Text
from archsearch.report.sections.provenance import search_method
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.sample import FLOOR, reads_past_latent
from archsearch.report.verdict import Answer
from archsearch.space import FEWEST_FOR_VERDICT

__all__ = ["answer_sentence", "cause_sentence", "measured", "section"]

_FEWEST_AFTER = 3
"""Nets that PCA must beat in a row for a size to be named from which on it does."""
_MANY = 1 / 3
"""The share of nets from which on a narrower bottleneck is the cause that is told."""


def section(findings: Findings) -> Section:
    """The page's opening."""
    said = [answer_sentence(findings)]
    if findings.colors is None:  # what colors come to has a section of its own
        said.append(cause_sentence(findings))
    blocks = tuple(Text(text) for text in said if text)
    return Section("answer", "Does latent size correlate with error?", blocks, open=True)


def answer_sentence(findings: Findings) -> str:
    """At most 30 words, the verdict its first."""
    answer = findings.answer
    verdict = answer.verdict
    if verdict == "searched":
        return (
            f"No answer: {search_method(findings.study)} chose these trials by their errors, so "
            "their correlation is not that of the space."
        )
    if verdict == "too-few" or answer.estimate.value is None:
        return _too_few(findings)
    if verdict == "little":
        return f"Little or none: {measured(answer)}."
    if verdict == "not-shown":
        return _not_shown(answer)
    return _shown(findings)


def _too_few(findings: Findings) -> str:
    table = findings.code_sample.architectures()
    nets = len(findings.sample.architectures())
    left = nets - len(table)
    if left and (left == nets or len(table) < FEWEST_FOR_VERDICT <= nets):
        which = "every net" if left == nets else f"{left} of {nets} nets"
        return f"Not comparable: the decoder of {which} reads more than the latent."
    if len(table) < FEWEST_FOR_VERDICT:
        return (
            f"Too few: {_architectures(len(table))} with a result; an answer needs at least "
            f"{FEWEST_FOR_VERDICT}."
        )
    if table["latent_size"].nunique() == 1:
        return (
            f"No answer: all architectures have the same latent size "
            f"({table['latent_size'].iloc[0]:,.0f})."
        )
    return "No answer: all architectures have the same error."


def _architectures(number: int) -> str:
    return count(number, "architecture") if number else "no architecture"


def _not_shown(answer: Answer) -> str:
    n = count(answer.estimate.n, "architecture")
    told = f"Not shown: {measured(answer)}"
    if answer.trunks:  # its power is of a correlation, and stands under "How sure is this?"
        return f"{told}."
    if answer.detectable is None:
        return f"{told}; {n} are too few to show one reliably."
    found = f"a correlation of {decimal(answer.detectable)} or stronger"
    return f"{told}; this study of {n} would have found {found}."


def _shown(findings: Findings) -> str:
    answer = findings.answer
    down = (answer.estimate.high or 0.0) < 0
    opening = "Yes" if down else "Yes, but the other way"
    if answer.trunks:
        return f"{opening}: {measured(answer)}."
    slope = findings.correlations.sizes.slopes["latent_size"]
    told = f"({_rank(answer.estimate)})"
    if slope.value is not None and slope.clear and (slope.value < 0) == down:
        share = f"{100 * abs(2**slope.value - 1):.0f} %"
        way = "lowers" if down else "raises"
        return f"{opening}: each doubling of the latent {way} the error by about {share} {told}."
    way = "lower" if down else "higher"
    return f"{opening}: nets with a larger latent have a {way} error {told}."


def measured(answer: Answer) -> str:
    """The number behind the verdict with its interval, in a few words."""
    estimate = answer.estimate
    if not answer.trunks:
        return _rank(estimate)
    if estimate.clear:
        down = (estimate.high or 0.0) < 0
        shares = [100 * abs(2 ** (part or 0.0) - 1) for part in estimate[:3]]
        low, high = sorted(shares[1:])
        way = "lowers" if down else "raises"
        return (
            f"each doubling of the latent {way} the error by {_share(shares[0])} % "
            f"(95 % interval {_share(low)} to {_share(high)} %)"
        )
    change, low_, high_ = (percent(2 ** (part or 0.0) - 1) for part in estimate[:3])
    return (
        f"each doubling of the latent changes the error by {change} "
        f"(95 % interval {low_} to {high_})"
    )


def _share(value: float) -> str:
    """Whole percent; of less than one, a digit that isn't 0."""
    return f"{value:.0f}" if value >= 0.5 else f"{value:.1g}"


def _rank(estimate: Estimate) -> str:
    return f"rank correlation {decimal(estimate.value or 0)}, 95 % interval {interval(estimate)}"


def cause_sentence(findings: Findings) -> str:
    """What else the reader must know first: what limits the nets, if that is known."""
    rows = _compared(findings)
    narrow = rows[rows["bottleneck_size"] < rows["latent_size"]]
    alone = len(rows) == 1 < len(findings.shown)
    if not alone and len(narrow) > _MANY * len(rows):
        which = f"In {len(narrow)} of {len(rows)} nets" if len(rows) > 1 else "In this net"
        return f"{which} fewer numbers get through than the latent has{_where_narrow(narrow)}."
    judged = rows.dropna(subset="pca_val")
    if len(judged):
        return _against_pca(judged)
    return _against_others(findings)


def _where_narrow(narrow: pd.DataFrame) -> str:
    """What limits nets that are narrow before their latent: the bottleneck, or something else."""
    judged = narrow.dropna(subset="pca_bottleneck_val")
    beaten = judged["pca_bottleneck_val"] < judged["val_mse"]
    if not len(judged) or not beaten.all():
        return ": there the bottleneck limits what is coded, not the latent"
    ratio = (judged["val_mse"] / judged["pca_bottleneck_val"].clip(lower=FLOOR)).median()
    what = "these nets" if len(judged) > 1 else "it"
    return f", but PCA with as few is {_times(ratio)} better: training or design limits {what} more"


def _compared(findings: Findings) -> pd.DataFrame:
    """The trials whose latent is their only code and whose output varies."""
    rows = findings.shown
    kept = ~reads_past_latent(rows) & ~rows["collapsed"]
    return rows[kept].sort_values("latent_size")


def _against_pca(rows: pd.DataFrame) -> str:
    """From which latent size on PCA of the same size does better, and how much."""
    beaten = rows["pca_val"] < rows["val_mse"]
    if not beaten.any():
        return "PCA of the same size does no better than any of these nets."
    ratio = (rows["val_mse"] / rows["pca_val"].clip(lower=FLOOR))[beaten].median()
    told = f"PCA of the same size is {_times(ratio)} better"
    if beaten.all():
        if len(rows) == 1:
            return f"Training or design limits this net more than its latent does: {told}."
        return (
            "At every size PCA of the same size has a lower error (the nets’ is "
            f"{_times(ratio)} as high in the median): these nets could use their latent better, "
            "by training or design."
        )
    kept = rows.loc[~beaten, "latent_size"].max()
    after = rows[rows["latent_size"] > kept]
    if len(after) >= _FEWEST_AFTER:
        ratio = (after["val_mse"] / after["pca_val"].clip(lower=FLOOR)).median()
        return (
            f"With {after['latent_size'].iloc[0]:,.0f} numbers or more, PCA of the same size has a "
            f"lower error (the nets’ is {_times(ratio)} as high in the median): there these nets "
            "could use their latent better, by training or design."
        )
    return (
        f"PCA of the same size beats {int(beaten.sum())} of {count(len(rows), 'net')}: those are "
        "limited by training or design, too."
    )


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < 9.95 else f"{ratio:,.0f} times"


def _against_others(findings: Findings) -> str:
    """Of tasks without PCA: the best linear map, or one constant chroma."""
    rows = _compared(findings)
    mapped = rows.dropna(subset="linear_val")
    if len(mapped):
        beaten = int((mapped["linear_val"] < mapped["val_mse"]).sum())
        return (
            f"The best linear map from the input, through as many numbers as the latent, beats "
            f"{beaten} of {count(len(mapped), 'net')}."
        )
    return ""
