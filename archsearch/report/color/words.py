"""What the color numbers say, in sentences that are never surer than the intervals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import comb

from archsearch.records import Baselines
from archsearch.report.color.effects import Change, Shift, Tried
from archsearch.report.color.histograms import SATURATED, chroma_of, saturated_share
from archsearch.report.color.measures import Spread
from archsearch.report.color.tables import class_rows
from archsearch.report.color.variants import Variant
from archsearch.report.words_numbers import error, percent

__all__ = ["idea_words", "saturation_words", "shortcomings", "standing_words"]

_HARDEST = 3
_PALE = 0.95
_MOST_NAMED = 6
_MOST_PAIRS = 3


def standing_words(variants: Sequence[Variant]) -> list[str]:
    """Which variant is best, against both baselines, and who beats the mean chroma.

    ``variants`` stand by rising validation error.
    """
    best = variants[0]
    return [text for text in (_best(best), _beaters(variants), _next(variants)) if text]


def _best(best: Variant) -> str:
    spreads, baselines = best.spreads, best.results[0].baselines
    mse, delta_e = spreads["test_mse"], spreads["delta_e"]
    assert mse is not None  # noqa: S101  every run has one
    colors = f" and a mean ΔE of {with_range(delta_e, '{:.2f}')}" if delta_e else ""
    text = (
        f"{best.name} has the lowest validation error; on the test split it has an RGB MSE of "
        f"{with_range(mse, error)}{colors}."
    )
    return f"{text} {_against(baselines)}".strip()


def _against(baselines: Baselines) -> str:
    known = {
        "copying the gray picture": (baselines.gray_copy_test, baselines.gray_copy_color),
        "the mean chroma everywhere": (baselines.mean_chroma_test, baselines.mean_chroma_color),
    }
    told = [
        f"{name} has {error(mse)}"
        + (f" (ΔE {color.delta_e:.2f})" if color and color.delta_e else "")
        for name, (mse, color) in known.items()
        if mse is not None
    ]
    return f"Without a net, {' and '.join(told)}." if told else ""


def _beaters(variants: Sequence[Variant]) -> str:
    beating = [variant for variant in variants if variant.beats_mean_chroma]
    losing = [variant for variant in variants if variant.beats_mean_chroma is False]
    known = len(beating) + len(losing)
    split = [
        variant
        for variant in variants
        if variant.beats_mean_chroma is None
        and any(r.baselines.mean_chroma_test is not None for r in variant.results)
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
        text += f"; {_names(losing)} {'does' if len(losing) == 1 else 'do'}n’t"
    if split:
        text += f"; the seeds of {_names(split)} disagree"
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
    return f"{ratio}. {_by_chance(first.n, second.n)}".strip().rstrip(".") + "."


def apart(one: Spread, other: Spread) -> bool:
    """Whether the intervals of two spreads share no value; False where one has none."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low


def _by_chance(n: int, m: int) -> str:
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
        f"{variant.name} {with_range(found, '{:.2f}')}"
        for variant in best
        if (found := variant.spreads["desaturation"]) is not None
    ]
    if not told:
        return ""
    text = f"Saturation, predicted over true (1 is as colorful as the originals): {_joined(told)}."
    pale = [v for v in best if (s := v.spreads["desaturation"]) and (s.high or s.mean) < _PALE]
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
    pale = [(v, s) for v, s in known if (s.high or s.mean) < _PALE]
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
    if any(
        v.task != "colorize-bins" and v.choices.get("train.loss", "mse") == "mse" for v, _ in pale
    ):
        text += (
            ". A net that minimizes squared error predicts the mean of what a gray patch may be, "
            "and means of different colors are grayer than each"
        )
    return f"{text}."


def _distance(best: Variant) -> str:
    left = [
        result.test.mse / result.baselines.mean_chroma_test
        for result in best.results
        if result.baselines.mean_chroma_test
    ]
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
    color, spreads = best.results[0].baselines.gray_copy_color, best.spreads
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
    return f"Copying the gray picture {_joined(told)}." if told else ""


def _hardest(best: Variant) -> str:
    rows = [row for row in class_rows(best) if row.delta_e is not None]
    if len(rows) < 2:
        return ""
    hard, easy = rows[: min(_HARDEST, len(rows) // 2)], rows[-1]

    def told(name: str, found: Spread | None) -> str:
        return f"{name} ({found.mean:.1f})" if found else name

    text = (
        f"Hardest by ΔE, for {best.name}: {_joined([told(r.name, r.delta_e) for r in hard])}; "
        f"easiest: {told(easy.name, easy.delta_e)}."
    )
    following = rows[len(hard)].delta_e
    last = hard[-1].delta_e
    if last and following and len(rows) > len(hard) and not apart(last, following):
        text += f" The next, {rows[len(hard)].name}, isn’t told apart from them by its seeds."
    return text


def _bins(found: Sequence[Tried]) -> str:
    """What classes with rebalancing gain in saturation and cost in error."""
    pairs = [change for one in found if one.remedy.code == "bins" for change in one.pairs]
    told = []
    for change in pairs[:_MOST_PAIRS]:
        before, after = (v.spreads["desaturation"] for v in (change.before, change.after))
        if change.desaturation is None or before is None or after is None:
            continue
        gain = "raise" if change.desaturation.value > 0 else "lower"
        told.append(
            f"with {change.after.net} classes with rebalancing {gain} saturation from "
            f"{before.mean:.2f} to {after.mean:.2f}, and change the RGB MSE by "
            f"{_percent(change.mse)}"
            + (f" and ΔE by {_plain(change.delta_e)}" if change.delta_e else "")
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
    return f" (seeds overlap in {_joined(open_)})" if open_ else ""


def _clipping(best: Sequence[Variant]) -> str:
    found = [(v, s) for v in best if (s := v.spreads["clipped"]) is not None and s.mean >= 0.0005]
    if not found:
        return ""
    told = _joined([f"{v.name} {100 * s.mean:.1f} %" for v, s in found])
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
    more = f" and {len(same) - _MOST_NAMED} more" if len(same) > _MOST_NAMED else ""
    return (
        f"With {few} each, the validation errors of {len(same)} of {len(pairs)} neighbors in the "
        f"ranking aren’t told apart: {'; '.join(same[:_MOST_NAMED])}{more}."
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


def idea_words(tried: Tried, effects: str = "") -> str:
    """One idea: what it is, whether these data tried it, and what it did.

    ``effects`` says what a study's additive model has of it.
    """
    text = tried.remedy.text
    if not tried.known:
        return f"Not tried here: {text}."
    told = [_change_words(change) for change in tried.pairs[:_MOST_PAIRS]]
    if len(tried.pairs) > _MOST_PAIRS:
        told.append(f"and {len(tried.pairs) - _MOST_PAIRS} more pairs")
    if tried.groups is not None:
        (before, after), change = tried.groups
        told.append(
            f"on average over {after} with it against {before} without, {_shift_words(change)}; "
            "the other choices vary too, so this isn’t yet its effect"
        )
    other = " (the nets differ in more than that)" if _other_net(tried) else ""
    rest = f" {effects}" if effects else ""
    return f"Tried: {text}{other}. {_capital('; '.join(told))}.{rest}"


def _other_net(tried: Tried) -> bool:
    return tried.remedy.code == "skips" and any(
        change.before.choices.get("net") != change.after.choices.get("net")
        for change in tried.pairs
    )


def _change_words(change: Change) -> str:
    return f"from {change.before.name} to {change.after.name}, {_shift_words(change)}"


def _shift_words(change: Change) -> str:
    parts = [f"RGB MSE {_percent(change.mse)}"]
    if change.delta_e is not None:
        parts.append(f"ΔE {_plain(change.delta_e)}")
    if change.desaturation is not None:
        parts.append(f"saturation {_plain(change.desaturation)}")
    return ", ".join(parts)


def _percent(shift: Shift) -> str:
    return _shifted(shift, percent)


def _plain(shift: Shift) -> str:
    return _shifted(shift, lambda value: f"{value:+.2f}".replace("-", "−"))


def _shifted(shift: Shift, write: object) -> str:
    assert callable(write)  # noqa: S101
    if shift.low is None or shift.high is None:
        return str(write(shift.value))
    return _with_ends(write(shift.value), write(shift.low), write(shift.high))


def with_range(found: Spread, write: object) -> str:
    """A mean with its interval, if it has one."""
    form = write.format if isinstance(write, str) else write
    assert callable(form)  # noqa: S101
    if found.low is None or found.high is None:
        return str(form(found.mean))
    return _with_ends(form(found.mean), form(found.low), form(found.high))


def _with_ends(middle: str, low: str, high: str) -> str:
    """Without the ends where they are written like the middle."""
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def _names(variants: Sequence[Variant]) -> str:
    named = [variant.name for variant in variants[:_MOST_NAMED]]
    more = len(variants) - len(named)
    return _joined(named) if more <= 0 else f"{', '.join(named)} and {more} more"


def _joined(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{'; '.join(texts[:-1])} and {texts[-1]}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
