"""What is wrong with the colors, in sentences that are never surer than the intervals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from archsearch.report.color.effects import Change, Tried
from archsearch.report.color.formatting import MOST_NAMED, joined, percent_shift, plain_shift
from archsearch.report.color.measures import PALE, Spread, apart
from archsearch.report.color.tables import class_rows
from archsearch.report.color.variants import Variant

__all__ = ["shortcomings"]

_HARDEST = 3
_MOST_PAIRS = 3


def shortcomings(
    variants: Sequence[Variant], best: Sequence[Variant], found: Sequence[Tried], note: str
) -> list[str]:
    """What is wrong with the colors, each sentence from numbers of this report.

    Args:
        variants: by rising validation error.
        best: the best of each task.
        found: what the data say of remedies.
        note: the source's note on its pictures.
    """
    sentences = [
        _paleness(variants),
        _distance(variants[0]),
        _right(variants[0]),
        _copied(variants[0]),
        _hardest(variants[0]),
        _bins(found),
        _clipping(best),
        _overlaps(variants),
        _jpeg(note),
    ]
    return [sentence for sentence in sentences if sentence]


def _paleness(variants: Sequence[Variant]) -> str:
    known = [(v, s) for v in variants if (s := v.spreads["desaturation"]) is not None]
    if not known:
        return ""
    pale = [(v, s) for v, s in known if (s.high or s.mean) < PALE]
    if not pale:
        return "No variant is shown to be clearly paler than the originals."
    low, high = min(s.mean for _, s in pale), max(s.mean for _, s in pale)
    span = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
    which = (
        "Every variant is"
        if len(pale) == len(known)
        else f"{len(pale)} of {len(known)} variants are"
    )
    which = "The colors are" if len(known) == 1 else which
    text = f"{which} too pale: {span} times the originals’ saturation"
    if any(v.minimizes_squared_error for v, _ in pale):
        text += (
            ". A net that minimizes squared error predicts the mean of what a gray patch may be, "
            "and means of different colors are grayer than each"
        )
    return f"{text}."


def _distance(best: Variant) -> str:
    left = [mse / chroma for mse, chroma in best.mean_chroma_pairs if chroma]
    if not left:
        return ""
    share = 100 * (1 - sum(left) / len(left))
    if share <= 0:
        return (
            "Not even the best variant by validation beats one constant chroma on the test split."
        )
    return (
        f"The best variant takes {share:.0f} % off the error of one constant chroma; "
        f"{100 - share:.0f} % of it is left."
    )


def _right(best: Variant) -> str:
    within = best.spreads["accuracy_5"]
    if within is None:
        return ""
    return f"It gets {100 * within.mean:.0f} % of the pixels right within t = 5."


def _copied(best: Variant) -> str:
    """Where copying gray does better by a measure that errors don't show."""
    color, spreads = best.results[0].baselines.color("gray_copy"), best.spreads
    if color is None:
        return ""
    told = []
    strict, delta_e = spreads["accuracy_2"], spreads["delta_e"]
    if strict and color.accuracy_2 is not None and color.accuracy_2 > (strict.high or strict.mean):
        told.append(
            f"gets more pixels right within t = 2 ({100 * color.accuracy_2:.0f} % against "
            f"{100 * strict.mean:.0f} %)"
        )
    if delta_e and color.delta_e is not None and color.delta_e < (delta_e.low or delta_e.mean):
        told.append(f"has a smaller ΔE ({color.delta_e:.2f} against {delta_e.mean:.2f})")
    return f"Copying the gray picture {joined(told)}." if told else ""


def _hardest(best: Variant) -> str:
    rows = [row for row in class_rows(best) if row.delta_e is not None]
    if len(rows) < 2:
        return ""
    hard, easy = rows[: min(_HARDEST, len(rows) // 2)], rows[-1]

    def told(name: str, found: Spread | None) -> str:
        return f"{name} ({found.mean:.1f})" if found else name

    text = (
        f"Hardest by ΔE, for {best.name}: {joined([told(r.name, r.delta_e) for r in hard])}; "
        f"easiest: {told(easy.name, easy.delta_e)}."
    )
    following = rows[len(hard)].delta_e
    last = hard[-1].delta_e
    if last and following and len(rows) > len(hard) and not apart(last, following):
        text += f" The next, {rows[len(hard)].name}, isn’t told apart from them by its seeds."
    return text


def _bins(found: Sequence[Tried]) -> str:
    """What classes gain in saturation and cost in error."""
    pairs = [change for one in found if one.remedy.code == "bins" for change in one.pairs]
    told = []
    for change in pairs[:_MOST_PAIRS]:
        before, after = (v.spreads["desaturation"] for v in (change.before, change.after))
        if change.desaturation is None or before is None or after is None:
            continue
        gain = "raise" if change.desaturation.value > 0 else "lower"
        weighted = " with rebalancing" if change.after.choices.get("task.rebalance") else ""
        told.append(
            f"with {change.after.net} classes{weighted} {gain} saturation from "
            f"{before.mean:.2f} to {after.mean:.2f}, and change the RGB MSE by "
            f"{percent_shift(change.mse)}"
            + (f" and ΔE by {plain_shift(change.delta_e)}" if change.delta_e else "")
            + _unclear(change)
        )
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _unclear(change: Change) -> str:
    if change.mse.low is None:
        return " (one seed: the difference may be the seed’s)"
    open_ = [
        name
        for name, shift in (
            ("saturation", change.desaturation),
            ("MSE", change.mse),
            ("ΔE", change.delta_e),
        )
        if shift is not None and not shift.clear
    ]
    return f" (seeds overlap in {joined(open_)})" if open_ else ""


def _clipping(best: Sequence[Variant]) -> str:
    found = [(v, s) for v in best if (s := v.spreads["clipped"]) is not None and s.mean >= 0.0005]
    if not found:
        return ""
    told = joined([f"{v.name} {100 * s.mean:.1f} %" for v, s in found])
    return (
        f"Merging predicted chroma with the exact luminance leaves the RGB cube here and there and "
        f"is clipped ({told} of the values); there the luminance isn’t exact any more."
    )


def _overlaps(variants: Sequence[Variant]) -> str:
    """Which neighbors in the ranking their seeds don't tell apart."""
    counts = {len(variant.results) for variant in variants}
    if len(variants) < 2:
        return "" if min(counts) > 1 else "One seed: how much of this is chance isn’t known."
    if max(counts) == 1:
        return "One seed each: a difference between variants may be the seed’s."
    pairs = list(pairwise(variants))
    same = [
        f"{one.name} and {other.name}"
        for one, other in pairs
        if not _told_apart(one.spreads["val_mse"], other.spreads["val_mse"])
    ]
    few = f"{min(counts)} seeds" if len(counts) == 1 else f"{min(counts)} to {max(counts)} seeds"
    if not same:
        return (
            f"With {few} each, the intervals of neighbors in the ranking lie apart, but few seeds "
            "say little."
        )
    more = f" and {len(same) - MOST_NAMED} more" if len(same) > MOST_NAMED else ""
    return (
        f"With {few} each, the validation errors of {len(same)} of {len(pairs)} neighbors in the "
        f"ranking aren’t told apart: {'; '.join(same[:MOST_NAMED])}{more}."
    )


def _told_apart(one: Spread | None, other: Spread | None) -> bool:
    return one is not None and other is not None and apart(one, other)


def _jpeg(note: str) -> str:
    if "JPEG" not in note:
        return ""
    return (
        "The pictures are JPEGs, whose chroma is stored at half resolution: fine colors aren’t in "
        "the originals either, which flatters every number here."
    )
