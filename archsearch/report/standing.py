"""How well the headline stands, in sentences: families, ranges, epochs, a knee, noise."""

from __future__ import annotations

from math import exp

from archsearch.report.details import AREA, Details
from archsearch.report.statistics.correlation import Estimate
from archsearch.report.statistics.families import Grouping
from archsearch.report.statistics.ranges import RangeLeft
from archsearch.report.words_numbers import decimal, interval, percent

__all__ = ["standing"]


def standing(details: Details) -> list[str]:
    """The paragraphs, those without numbers left out."""
    sentences = [
        _families(details),
        _ranges(details),
        _knee(details),
        _epochs(details),
        _noise(details),
    ]
    return [sentence for sentence in sentences if sentence]


def _families(details: Details) -> str:
    known = {g.by: g for g in details.groupings if g.within.value is not None}
    if not known:
        return ""
    chosen = known.get(AREA) or next(iter(known.values()))
    within, pooled = chosen.within, chosen.pooled
    if within.value is None or pooled.value is None:
        return ""
    opening = (
        f"Among architectures of equal {chosen.by} the correlation is {decimal(within.value)} "
        f"({interval(within)}), against {decimal(pooled.value)} with all of them together: "
    )
    others = _other_groupings(known, chosen)
    return opening + _family_verdict(chosen) + (f" {others}" if others else "")


def _family_verdict(grouping: Grouping) -> str:
    within, pooled = grouping.within, grouping.pooled
    if not _clear(within):
        if _clear(pooled):
            weaker = " and is weaker" if _clear(grouping.contrast) else ""
            return (
                f"inside the families it isn't shown{weaker}, so the pooled one may come from "
                "differences between families."
            )
        return "neither is shown to differ from 0."
    if not _clear(pooled):
        return "inside the families there is one, which differences between them hide."
    if (within.value or 0) * (pooled.value or 0) < 0:
        return "inside the families it has the other sign (Simpson's paradox)."
    return "it holds inside the families too."


def _other_groupings(known: dict[str, Grouping], chosen: Grouping) -> str:
    lost = [g.by for g in known.values() if g is not chosen and not _clear(g.within)]
    if lost:
        return f"It isn't shown within families of equal {', '.join(lost)}."
    rest = [decimal(g.within.value) for g in known.values() if g is not chosen and g.within.value]
    if not rest:
        return ""
    return f"By {_count(len(rest), 'other grouping')} it is {_span(rest)}."


def _span(texts: list[str]) -> str:
    ordered = sorted(texts, key=lambda text: float(text.replace("−", "-")))
    return ordered[0] if ordered[0] == ordered[-1] else f"{ordered[0]} to {ordered[-1]}"


def _ranges(details: Details) -> str:
    left = [part for part in details.ranges if part.left_out and part.estimate.value is not None]
    if not left:
        return ""
    values = [part.estimate.value for part in left if part.estimate.value is not None]
    text = (
        f"Leaving out any quarter of the latent sizes, the correlation is between "
        f"{decimal(min(values))} and {decimal(max(values))}"
    )
    gone = [part for part in left if not _clear(part.estimate)]
    found = [part for part in left if _clear(part.estimate)]
    everywhere = not found or not gone
    halves = [
        f"up to {part.high:,.0f} numbers {_told(part.estimate)}"
        if place == 0
        else f"from {part.low:,.0f} {_told(part.estimate)}"
        for place, part in enumerate(part for part in details.ranges if not part.left_out)
    ]
    if not everywhere and _clear(_pooled(details)):
        text += f", and isn't shown without {_parts(gone)}"
    elif not everywhere:
        text += f", shown only without {_parts(found)} (one of {len(left)} looks, not corrected)"
    return f"{text}. In halves: {', '.join(halves)}." if halves else f"{text}."


def _parts(parts: list[RangeLeft]) -> str:
    return "; ".join(f"{part.low:,.0f}–{part.high:,.0f}" for part in parts)


def _pooled(details: Details) -> Estimate:
    """The correlation over all sizes."""
    return details.rivals[0].estimate


def _told(estimate: Estimate) -> str:
    if estimate.value is None:
        return "can't be said"
    return f"{decimal(estimate.value)} ({interval(estimate)})"


def _knee(details: Details) -> str:
    line, knee = details.line, details.knee
    if line is None:
        return ""
    explained = 100 * max(line.r_squared, 0)
    fit = f"A straight line on log–log axes explains {explained:.0f} % of the variance"
    if knee is None:
        return f"{fit}; there are too few sizes to look for a knee."
    if not knee.shown:
        return f"{fit}; a knee isn't shown (p = {knee.p:.2f})."
    return (
        f"{fit}. It has a knee at about {knee.latent:,.0f} numbers (95 % interval "
        f"{knee.low:,.0f} to {knee.high:,.0f}; p {_p(knee.p)}): the slope is "
        f"{decimal(knee.slope_before)} before and {decimal(knee.slope_after)} after."
    )


def _epochs(details: Details) -> str:
    found = [at for at in details.epochs if at.spearman.value is not None]
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


def _noise(details: Details) -> str:
    noise = details.noise
    if noise is None:
        return ""
    return (
        f"Of the variance of one run's log error the architecture explains "
        f"{100 * noise.share:.0f} % (95 % interval {100 * noise.low:.0f} to "
        f"{100 * noise.high:.0f} %); one seed's noise is "
        f"{percent(exp(noise.rest) - 1).lstrip('+')} of the error (a standard deviation). "
        f"Two architectures' means over {noise.seeds} seeds must differ by a factor of "
        f"{noise.discernible:.2f} to be told apart."
    )


def _clear(estimate: Estimate) -> bool:
    return (
        estimate.low is not None
        and estimate.high is not None
        and (estimate.low > 0 or estimate.high < 0)
    )


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{number} {noun}s"
