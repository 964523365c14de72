"""How well the headline stands, in sentences: groups, ranges, epochs, a knee, noise."""

from __future__ import annotations

from math import exp, log

from archsearch.report.analysis.secondary import AREA, SecondaryAnalyses
from archsearch.report.formatting import decimal, p_told, percent, with_interval
from archsearch.report.statistics.groups import Grouping
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.noise import NoiseShares
from archsearch.report.statistics.ranges import RangeLeft

__all__ = ["robustness"]

_ALIKE = 0.03
"""Logs of factors that differ by less are told once."""


def robustness(secondary: SecondaryAnalyses) -> list[str]:
    """The paragraphs, those without numbers left out."""
    sentences = [
        _groups(secondary),
        _ranges(secondary),
        _knee(secondary),
        _epochs(secondary),
        _noise(secondary),
    ]
    return [sentence for sentence in sentences if sentence]


def _groups(secondary: SecondaryAnalyses) -> str:
    known = {g.by: g for g in secondary.groupings if g.within.value is not None}
    if not known:
        return ""
    chosen = known.get(AREA) or next(iter(known.values()))
    within, pooled = chosen.within, chosen.pooled
    if within.value is None or pooled.value is None:
        return ""
    whole = pooled.n == _pooled(secondary).n
    opening = (
        f"Among architectures of equal {chosen.by} the correlation is "
        f"{with_interval(within)}, against {decimal(pooled.value)} "
        + ("over all of them: " if whole else f"over the {pooled.n} in such families: ")
    )
    others = _other_groupings(known, chosen, secondary.looks)
    return opening + _group_verdict(chosen, secondary.looks) + (f" {others}" if others else "")


def _group_verdict(grouping: Grouping, looks: int) -> str:
    within, pooled = grouping.within, grouping.pooled
    if not _holds(grouping):
        after = f" after correction for {looks} comparisons" if within.clear else ""
        if pooled.clear:
            weaker = " and is weaker" if grouping.contrast.clear else ""
            return (
                f"inside the groups it isn't shown{after}{weaker}, so the pooled one may come "
                "from differences between groups."
            )
        return f"neither is shown to differ from 0{after}."
    if not pooled.clear:
        return "there is one inside the groups, which differences between them hide."
    if (within.value or 0) * (pooled.value or 0) < 0:
        return "inside the groups it has the other sign (Simpson's paradox)."
    return "it holds inside the groups too."


def _other_groupings(known: dict[str, Grouping], chosen: Grouping, looks: int) -> str:
    lost = [g for g in known.values() if g is not chosen and not _holds(g)]
    open_ = [g.by for g in lost if not g.within.clear]
    unsure = [g.by for g in lost if g.within.clear]
    told = [f"Within groups of equal {', '.join(open_)} its interval includes 0."] if open_ else []
    if unsure:
        told.append(
            f"Within groups of equal {', '.join(unsure)} it isn't shown once corrected for "
            f"{looks} comparisons."
        )
    if told:
        return " ".join(told)
    rest = [decimal(g.within.value) for g in known.values() if g is not chosen and g.within.value]
    if not rest:
        return ""
    return f"By {_count(len(rest), 'other grouping')} it is {_span(rest)}."


def _span(texts: list[str]) -> str:
    ordered = sorted(texts, key=lambda text: float(text.replace("−", "-")))
    return ordered[0] if ordered[0] == ordered[-1] else f"{ordered[0]} to {ordered[-1]}"


def _ranges(secondary: SecondaryAnalyses) -> str:
    left = [part for part in secondary.ranges if part.left_out and part.estimate.value is not None]
    if not left:
        return ""
    values = [part.estimate.value for part in left if part.estimate.value is not None]
    text = (
        f"Leaving out any quarter of the latent sizes, the correlation is between "
        f"{decimal(min(values))} and {decimal(max(values))}"
    )
    gone = [part for part in left if not part.estimate.clear]
    found = [part for part in left if is_shown(part.p_holm) and part.estimate.clear]
    unknown = "can't be said"
    halves = [
        f"up to {part.high:,.0f} numbers {with_interval(part.estimate, unknown)}"
        if place == 0
        else f"from {part.low:,.0f} {with_interval(part.estimate, unknown)}"
        for place, part in enumerate(part for part in secondary.ranges if not part.left_out)
    ]
    if gone and _pooled(secondary).clear:
        text += f"; without {_parts(gone)} its interval includes 0"
    elif found and not _pooled(secondary).clear:
        text += (
            f", shown only without {_parts(found)} (corrected for {secondary.looks} comparisons)"
        )
    return f"{text}. In halves: {', '.join(halves)}." if halves else f"{text}."


def _parts(parts: list[RangeLeft]) -> str:
    return "; ".join(f"{part.low:,.0f}–{part.high:,.0f}" for part in parts)


def _pooled(secondary: SecondaryAnalyses) -> Estimate:
    """The correlation over all sizes."""
    return secondary.rivals[0].estimate


def _knee(secondary: SecondaryAnalyses) -> str:
    line, knee = secondary.line, secondary.knee
    if line is None:
        return ""
    explained = 100 * max(line.r_squared, 0)
    fit = f"A straight line on log–log axes explains {explained:.0f} % of the variance"
    if knee is None:
        return f"{fit}; there are too few sizes to look for a knee."
    if not knee.shown:
        told = f"{p_told(knee.p_holm)}, corrected for {secondary.looks} comparisons"
        return f"{fit}; a knee isn't shown ({told})."
    return (
        f"{fit}. It has a knee at about {knee.latent:,.0f} numbers (95 % interval "
        f"{knee.low:,.0f} to {knee.high:,.0f}; {p_told(knee.p_holm)}, corrected for "
        f"{secondary.looks} comparisons): the slope is {decimal(knee.slope_before)} before and "
        f"{decimal(knee.slope_after)} after."
    )


def _epochs(secondary: SecondaryAnalyses) -> str:
    found = [at for at in secondary.epochs if at.spearman.value is not None]
    if len(found) < 2:
        return ""
    last = found[-1]
    since = next(
        at.epoch
        for place, at in enumerate(found)
        if all(_inside(later.spearman, last.spearman) for later in found[place:])
    )
    values = [at.spearman.value for at in found if at.spearman.value is not None]
    text = (
        f"Over training the correlation went from {decimal(values[0])} after epoch "
        f"{found[0].epoch} to {decimal(values[-1])} after epoch {last.epoch}"
    )
    if since == found[0].epoch:
        return f"{text}; at every epoch it lay within the last one's interval."
    if since == last.epoch:
        return f"{text}, and hasn't settled: only the last epoch lies within its interval."
    return f"{text}; from epoch {since} on it lay within the last one's interval."


def _inside(estimate: Estimate, of: Estimate) -> bool:
    if estimate.value is None or of.low is None or of.high is None:
        return False
    return of.low <= estimate.value <= of.high


def _noise(secondary: SecondaryAnalyses) -> str:
    noise, kept, spare = secondary.noise, secondary.kept_noise, secondary.without_collapsed
    if noise is None or kept is None:
        return ""
    text = (
        f"Of the variance of one run's log error the architecture explains {_share(kept)}; one "
        f"seed's noise is {_deviation(kept)} of the error (a standard deviation). "
        f"Two architectures' means over {kept.seeds} seeds must differ by a factor of "
        f"{kept.discernible:.2f} to be told apart."
    )
    if spare is None or abs(log(noise.discernible / kept.discernible)) < _ALIKE:
        return text
    left = noise.architectures - kept.architectures
    return (
        f"{text} That is without {_count(left, 'architecture')} with a {spare.word} run; with "
        f"{'it' if left == 1 else 'them'} it would be {_share(noise)}, {_deviation(noise)} and "
        f"{noise.discernible:.2f}, by the {spare.word} runs and not by noise."
    )


def _share(noise: NoiseShares) -> str:
    share, low, high = (100 * value for value in (noise.share, noise.low, noise.high))
    return f"{share:.0f} % (95 % interval {low:.0f} to {high:.0f} %)"


def _deviation(noise: NoiseShares) -> str:
    return percent(exp(noise.rest) - 1).lstrip("+")


def _holds(grouping: Grouping) -> bool:
    """Whether the correlation inside the groups is shown."""
    return is_shown(grouping.p_holm) and grouping.within.clear


def _count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number} {noun}s"
