"""Which variant is best, whom it beats, and how colorful it is, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

from archsearch.records import Baselines
from archsearch.report.color.formatting import joined, names_of, with_range
from archsearch.report.color.histograms import SATURATED, chroma_of, saturated_share
from archsearch.report.color.measures import PALE, apart
from archsearch.report.color.variants import Variant
from archsearch.report.formatting import error

__all__ = ["ranking_sentences", "saturation_words"]


def ranking_sentences(variants: Sequence[Variant]) -> list[str]:
    """Which variant is best, against both baselines, and who beats the mean chroma.

    ``variants`` stand by rising validation error.
    """
    best = variants[0]
    return [text for text in (_best(best), _beaters(variants), _next(variants)) if text]


def _best(best: Variant) -> str:
    spreads, baselines = best.spreads, best.results[0].baselines
    mse, delta_e = spreads["test_mse"], spreads["delta_e"]
    assert mse is not None  # noqa: S101  every run has one
    colors = f" and a mean ΔE of {with_range(delta_e, '{:.2f}'.format)}" if delta_e else ""
    text = (
        f"{best.name} has the lowest validation error; on the test split it has an RGB MSE of "
        f"{with_range(mse, error)}{colors}."
    )
    return f"{text} {_against(baselines)}".strip()


def _against(baselines: Baselines) -> str:
    told = [
        f"the {baseline.label} has {error(errors.test)}"
        + (f" (ΔE {errors.color.delta_e:.2f})" if errors.color and errors.color.delta_e else "")
        for baseline, errors in baselines.known()
        if baseline.color and errors.test is not None
    ]
    return f"Without a net, {' and '.join(told)}." if told else ""


def _beaters(variants: Sequence[Variant]) -> str:
    beating = [variant for variant in variants if variant.beats_mean_chroma]
    losing = [variant for variant in variants if variant.beats_mean_chroma is False]
    known = len(beating) + len(losing)
    split = [
        variant
        for variant in variants
        if variant.beats_mean_chroma is None and variant.mean_chroma_pairs
    ]
    if not known and not split:
        return ""
    total = known + len(split)
    if total == 1:
        told = "It doesn’t beat" if losing else "It beats"
        told = told if known else "Its seeds disagree on whether it beats"
        return f"{told} the mean chroma in test RGB MSE."
    text = f"{len(beating)} of {total} variants beat the mean chroma in test RGB MSE"
    text += " with every seed" if max(len(v.results) for v in variants) > 1 else ""
    if losing:
        text += f"; {names_of(losing)} {'does' if len(losing) == 1 else 'do'}n’t"
    if split:
        text += f"; the seeds of {names_of(split)} disagree"
    return f"{text}."


def _next(variants: Sequence[Variant]) -> str:
    """Whether the best is told apart from the next, and what two seeds are worth."""
    if len(variants) < 2:
        return ""
    best, other = variants[0], variants[1]
    first, second = best.spreads["val_mse"], other.spreads["val_mse"]
    assert first is not None  # noqa: S101
    assert second is not None  # noqa: S101
    ratio = f"Next is {other.name}, with {second.mean / max(first.mean, 1e-12):.2f} times its "
    ratio += "validation error"
    if first.low is None or second.low is None:
        return f"{ratio}: with one seed, the difference may be the seed’s."
    if not apart(first, second):
        return f"{ratio}; their intervals overlap, so which is better isn’t shown."
    return f"{ratio}. {_apart_by_chance(first.n, second.n)}".strip().rstrip(".") + "."


def _apart_by_chance(n: int, m: int) -> str:
    """How often ranges of so few seeds lie apart though nothing differs."""
    if max(n, m) > 2:
        return "Their intervals lie apart"
    share = comb(n + m, n) / 2
    return (
        f"Their seeds’ ranges lie apart, which happens by chance, too: once in {share:.0f} times "
        f"with {n + m} seeds in all"
    )


def saturation_words(best: Sequence[Variant]) -> str:
    """The desaturation number of the best variant of each task."""
    told = [
        f"{variant.name} {with_range(found, '{:.2f}'.format)}"
        for variant in best
        if (found := variant.spreads["desaturation"]) is not None
    ]
    if not told:
        return ""
    text = f"Saturation, predicted over true (1 is as colorful as the originals): {joined(told)}."
    pale = [v for v in best if (s := v.spreads["desaturation"]) and (s.high or s.mean) < PALE]
    if len(pale) == len(told):
        text += (
            " It is paler than the originals."
            if len(told) == 1
            else " All are paler than the originals."
        )
    chroma = chroma_of(best[0])
    if chroma is not None:
        true, predicted = saturated_share(chroma.true), saturated_share(chroma.predicted)
        text += (
            f" Of the true pixels {100 * true:.1f} % lie further than {SATURATED} from gray in the "
            f"CbCr plane, of those that {best[0].name} predicts {100 * predicted:.1f} %."
        )
    return text
