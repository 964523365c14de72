"""What depth, channels, kernel and the other choices do to the error, in sentences."""

from __future__ import annotations

from math import exp

from archsearch.report.details import Details
from archsearch.report.statistics.correlation import Estimate
from archsearch.report.statistics.effects import Effect, FactorTest
from archsearch.report.statistics.rivals import RIVALS
from archsearch.report.words_numbers import decimal, interval, percent, percent_interval

__all__ = ["choices", "is_shown"]

_MOST_NAMED = 6
_SHOWN = 0.05


def choices(details: Details) -> list[str]:
    """The paragraphs; one that says why where there is nothing to tell."""
    if not details.factors:
        return ["No searched choice varies over the architectures with a result."]
    sentences = [
        _effects(details),
        _without_effect(details),
        _paired(details),
        _strongest(details),
        _importances(details),
    ]
    return [sentence for sentence in sentences if sentence]


def change(estimate: Estimate) -> str:
    """A difference of log MSE as the change of MSE in percent, with its interval."""
    if estimate.value is None:
        return "can't be said"
    return f"{percent(exp(estimate.value) - 1)} ({percent_interval(estimate)})"


def _effects(details: Details) -> str:
    shown = [test for test in details.effects if is_shown(test)]
    shown.sort(key=lambda test: -(test.share or 0))
    if not any(test.p_holm is not None for test in details.effects):
        return (
            "With the other choices held equal no effect can be computed: too few architectures "
            "for so many choices, or choices that go together."
        )
    if not shown:
        return (
            "With the other choices held equal, none is shown to change the error (corrected for "
            f"{len(details.effects)} tests). That doesn't say that none does."
        )
    told = "; ".join(_effect(test) for test in shown[:_MOST_NAMED])
    return f"With the other choices held equal, these change the error: {told}."


def is_shown(test: FactorTest) -> bool:
    """Whether an effect is told of: only where the corrected test and the interval both say so."""
    if test.p_holm is None or test.p_holm >= _SHOWN:
        return False
    interval = _strongest_of(test).adjusted
    return (
        interval.low is not None and interval.high is not None and interval.low * interval.high > 0
    )


def _strongest_of(test: FactorTest) -> Effect:
    return max(test.effects, key=_size)


def _effect(test: FactorTest) -> str:
    strongest = _strongest_of(test)
    return f"{test.factor}, {strongest.contrast}: {change(strongest.adjusted)}"


def _size(effect: Effect) -> float:
    return abs(effect.adjusted.value or 0.0)


def _without_effect(details: Details) -> str:
    silent = [t for t in details.effects if t.p_holm is not None and not is_shown(t)]
    if not silent or len(silent) == len(details.effects):
        return ""
    told = "; ".join(f"{test.factor}, {_least(test)}" for test in silent[:_MOST_NAMED])
    return f"Not shown to: {told}."


def _least(test: FactorTest) -> str:
    strongest = _strongest_of(test)
    return f"{strongest.contrast}: {change(strongest.adjusted)}"


def _paired(details: Details) -> str:
    if not details.paired:
        return ""
    told = "; ".join(
        f"{each.what}, {each.contrast}, at equal {_held(each.held)}: {change(each.estimate)} over "
        f"{each.groups} groups"
        for each in details.paired[:_MOST_NAMED]
        if (each.p_holm or 1) < _SHOWN
    )
    tested = len(details.paired)
    if not told:
        return (
            f"Comparing only architectures that are alike but for one thing ({tested} "
            f"{'question' if tested == 1 else 'questions'}), no effect is shown."
        )
    return f"Comparing only architectures that are alike but for one thing: {told}."


def _held(held: str) -> str:
    return held.split(" (", maxsplit=1)[0]


def _strongest(details: Details) -> str:
    """The rival that goes with error more surely than latent size, if one does."""
    ahead = [
        rival
        for rival in details.rivals
        if rival.gap is not None and rival.gap.high is not None and rival.gap.high < 0
    ]
    if not ahead:
        return ""
    best = min(ahead, key=lambda rival: rival.gap.value if rival.gap and rival.gap.value else 0.0)
    told = f"{decimal(best.estimate.value or 0)}, {interval(best.estimate)}"
    return f"More closely than with latent size, the error goes with {RIVALS[best.name]} ({told})."


def _importances(details: Details) -> str:
    found = details.importances
    if found.refused:
        return f"Importances aren't given: {found.refused}."
    above = [(name, share) for name, share in found.shares.items() if share > found.chance]
    if not above:
        return (
            f"By {found.evaluator} no choice explains more than a column of chance "
            f"({100 * found.chance:.0f} %)."
        )
    told = ", ".join(f"{name} {100 * share:.0f} %" for name, share in above[:_MOST_NAMED])
    return (
        f"Of what they explain together, by {found.evaluator}: {told}; a column of chance gets "
        f"{100 * found.chance:.0f} %, which is what to hold these against."
    )
