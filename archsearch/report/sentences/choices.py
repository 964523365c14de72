"""What depth, channels, kernel and the other choices do to the error, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.report.analysis.secondary import SecondaryAnalyses
from archsearch.report.formatting import change, decimal, interval
from archsearch.report.statistics.effects import Effect, FactorTest
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.pairs import Paired
from archsearch.report.statistics.rivals import RIVALS

__all__ = ["choices"]

_MOST_NAMED = 6


def choices(secondary: SecondaryAnalyses) -> list[str]:
    """The paragraphs; one that says why where there is nothing to tell."""
    if not secondary.factors:
        return ["No searched choice varies over the architectures with a result."]
    sentences = [
        _effects(secondary),
        _paired(secondary),
        _strongest(secondary),
        _importances(secondary),
    ]
    return [sentence for sentence in sentences if sentence]


def _effects(secondary: SecondaryAnalyses) -> str:
    """Which choices change the error; once more where that hangs on collapsed runs."""
    told, spare = _told_effects(secondary.effects, secondary.looks), secondary.without_collapsed
    if spare is None or _names(secondary.effects) == _names(spare.effects):
        return told
    without = _told_effects(spare.effects, secondary.looks)
    return f"{told} Without the {spare.word} runs: {without[0].lower()}{without[1:]}"


def _names(tests: Sequence[FactorTest]) -> set[str]:
    return {test.factor for test in tests if is_shown(test.p_holm)}


def _told_effects(tests: Sequence[FactorTest], looks: int) -> str:
    if not any(test.p_holm is not None for test in tests):
        return (
            "With the other choices held equal no effect can be computed: too few architectures "
            "for so many choices, or choices that correlate."
        )
    shown = [test for test in tests if is_shown(test.p_holm)]
    shown.sort(key=lambda test: -(test.share or 0))
    if not shown:
        text = (
            "With the other choices held equal, none is shown to change the error (corrected for "
            f"{looks} comparisons). That doesn't mean that none does."
        )
    else:
        told = "; ".join(_effect(test) for test in shown[:_MOST_NAMED])
        text = f"With the other choices held equal, these change the error: {told}."
    return f"{text} {_without_effect(tests, looks)}".strip()


def _surest_of(test: FactorTest) -> Effect:
    return min(test.effects, key=lambda each: 2.0 if each.adjusted.p is None else each.adjusted.p)


def _effect(test: FactorTest) -> str:
    surest = _surest_of(test)
    return f"{test.factor}, {surest.contrast}: {change(surest.adjusted)}"


def _without_effect(tests: Sequence[FactorTest], looks: int) -> str:
    """The effects that aren't shown; why, where the interval by itself says otherwise."""
    silent = [test for test in tests if test.p_holm is not None and not is_shown(test.p_holm)]
    if not silent or len(silent) == len(tests):
        return ""
    told = "; ".join(_effect(test) + _unless_corrected(test) for test in silent[:_MOST_NAMED])
    alone = any(_unless_corrected(test) for test in silent[:_MOST_NAMED])
    note = f" (*: before correction for {looks} comparisons)" if alone else ""
    return f"Not shown to: {told}{note}."


def _unless_corrected(test: FactorTest) -> str:
    """A mark where the interval excludes 0, but one of so many looks may do that by chance."""
    return "*" if _surest_of(test).adjusted.clear else ""


def _paired(secondary: SecondaryAnalyses) -> str:
    """The same from like architectures; once more where that hangs on collapsed runs."""
    told, spare = _told_pairs(secondary.paired), secondary.without_collapsed
    if spare is None or _named(secondary.paired) == _named(spare.paired):
        return told
    without = _told_pairs(spare.paired)
    return f"{told} Without the {spare.word} runs: {without[:1].lower()}{without[1:]}".strip()


def _named(pairs: Sequence[Paired]) -> set[tuple[str, str, str]]:
    return {(each.what, each.contrast, each.held) for each in pairs if is_shown(each.p_holm)}


def _told_pairs(pairs: Sequence[Paired]) -> str:
    if not pairs:
        return ""
    told = "; ".join(
        f"{each.what}, {each.contrast}, at equal {_held(each.held)}: {change(each.estimate)} over "
        f"{each.groups} groups"
        for each in pairs
        if is_shown(each.p_holm)
    )
    if not told:
        asked = f"{len(pairs)} question{'s'[: len(pairs) > 1]}"
        return (
            f"Comparing only architectures that differ in one thing ({asked}), no effect is shown."
        )
    return f"Comparing only architectures that differ in one thing: {told}."


def _held(held: str) -> str:
    return held.split(" (", maxsplit=1)[0]


def _strongest(secondary: SecondaryAnalyses) -> str:
    """The rival that correlates with the error more strongly than latent size, if one does."""
    ahead = [
        rival
        for rival in secondary.rivals
        if rival.gap is not None
        and rival.gap.high is not None
        and rival.gap.high < 0
        and is_shown(rival.p_holm)
    ]
    if not ahead:
        return ""
    best = min(ahead, key=lambda rival: rival.gap.value if rival.gap and rival.gap.value else 0.0)
    told = f"{decimal(best.estimate.value or 0)}, {interval(best.estimate)}"
    stronger = RIVALS[best.name]
    return f"The error correlates more strongly with {stronger} than with latent size ({told})."


def _importances(secondary: SecondaryAnalyses) -> str:
    found = secondary.importances
    if found.refused:
        return f"Importances aren't given: {found.refused}."
    above = [(name, share) for name, share in found.shares.items() if share > found.noise_column]
    if not above:
        return (
            f"By {found.evaluator} no choice explains more than a random column "
            f"({100 * found.noise_column:.0f} %)."
        )
    told = ", ".join(f"{name} {100 * share:.0f} %" for name, share in above[:_MOST_NAMED])
    return (
        f"Of what they explain together, by {found.evaluator}: {told}; a random column gets "
        f"{100 * found.noise_column:.0f} %. That is a description, not a test: of pure noise, too, "
        "some column explains most."
    )
