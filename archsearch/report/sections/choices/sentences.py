"""What the choices do to the error, in sentences no surer than their corrected p."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from archsearch.report.drawing.style import short
from archsearch.report.formatting import change
from archsearch.report.sections.choices.computed import ChoiceEffects, Choices
from archsearch.report.statistics.effects import Effect, FactorTest
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.pairs import Paired

__all__ = [
    "effects_title",
    "importances_title",
    "only_uncorrected",
    "sentences",
    "untried_sentence",
]

_MOST_TOLD = 4
_MOST_LEVELS = 6
_WIDTH = 40

Levels = Mapping[str, Sequence[str]]


def sentences(found: Choices, *, looks: int, designed: bool, word: str) -> Iterator[str]:
    """The paragraphs on effects, pairs and importances.

    Args:
        found: the numbers.
        looks: how many comparisons they are corrected for.
        designed: whether the trials were chosen without a look at errors.
        word: what runs with the mark ``collapsed`` are called.
    """
    if not found.factors:
        return
    if not designed:
        yield (
            "A search chose these trials by their errors: the effects are those among its trials, "
            "not those in the space."
        )
    yield _with_and_without(found, _effects_shown, lambda one: _effects(one.effects, looks), word)
    if any(_pairs_shown(one) for one in (found.all, found.without_collapsed) if one):
        yield _with_and_without(found, _pairs_shown, lambda one: _pairs(one.paired), word)
    if found.importances.refused:
        yield f"Importances aren’t given: {found.importances.refused}."


def _with_and_without(
    found: Choices,
    shown: Callable[[ChoiceEffects], object],
    told: Callable[[ChoiceEffects], str],
    word: str,
) -> str:
    """What all runs say; once more without collapsed ones where that shows something else."""
    text, spare = told(found.all), found.without_collapsed
    if spare is None or shown(found.all) == shown(spare):
        return text
    without = told(spare)
    return f"{text} Without the {word} runs: {without[:1].lower()}{without[1:]}"


def _effects_shown(found: ChoiceEffects) -> set[str]:
    return {test.factor for test in found.effects if is_shown(test.p_holm)}


def _pairs_shown(found: ChoiceEffects) -> set[tuple[str, str, str]]:
    return {(one.what, one.contrast, one.held) for one in found.paired if is_shown(one.p_holm)}


def _effects(tests: Sequence[FactorTest], looks: int) -> str:
    if not any(test.p_holm is not None for test in tests):
        return (
            "With the other choices held equal no effect can be computed: too few architectures "
            "for so many choices, or choices that go together."
        )
    shown = sorted(
        (test for test in tests if is_shown(test.p_holm)), key=lambda test: -(test.share or 0)
    )
    if not shown:
        return (
            "With the other choices held equal, none is shown to change the error (corrected for "
            f"{looks} comparisons). That doesn’t mean that none does."
        )
    told = "; ".join(_effect(test) for test in shown[:_MOST_TOLD])
    more = f"; and {len(shown) - _MOST_TOLD} more" if len(shown) > _MOST_TOLD else ""
    text = f"With the other choices held equal, these change the error: {told}{more}."
    return f"{text} {_not_shown(tests, looks)}".strip()


def _effect(test: FactorTest) -> str:
    surest = _surest(test)
    return f"{test.factor}, {surest.contrast}: {change(surest.adjusted)}"


def _surest(test: FactorTest) -> Effect:
    return min(test.effects, key=lambda each: 2.0 if each.adjusted.p is None else each.adjusted.p)


def _not_shown(tests: Sequence[FactorTest], looks: int) -> str:
    silent = [test for test in tests if test.p_holm is not None and not is_shown(test.p_holm)]
    if not silent:
        return ""
    told = ", ".join(test.factor + "*" * only_uncorrected(test) for test in silent)
    alone = any(map(only_uncorrected, silent))
    note = f" (*: before correction for {looks} comparisons)" if alone else ""
    return f"Not shown to: {told}{note}."


def only_uncorrected(test: FactorTest) -> bool:
    """Whether its interval excludes 0, which one of so many may do by chance: it isn't shown."""
    return _surest(test).adjusted.clear and not is_shown(test.p_holm)


def _pairs(pairs: Sequence[Paired]) -> str:
    told = "; ".join(
        f"{each.what}, {each.contrast}, at equal {each.held.split(' (', maxsplit=1)[0]}: "
        f"{change(each.estimate)}"
        for each in pairs
        if is_shown(each.p_holm)
    )
    if not told:
        return "Comparing only architectures that differ in one thing, no effect is shown."
    return f"Comparing only architectures that differ in one thing: {told}."


def untried_sentence(missing: Levels) -> str:
    """The levels that no net was trained with; "" where there are none.

    Example:
        >>> untried_sentence({"activation": ["gelu", "elu"]})
        'Never trained: activation gelu, elu.'
    """
    told = [f"{name} {_listed(levels)}" for name, levels in missing.items()]
    return f"Never trained: {'; '.join(told)}." if told else ""


def _listed(levels: Sequence[str]) -> str:
    more = f" and {len(levels) - _MOST_LEVELS} more" if len(levels) > _MOST_LEVELS else ""
    return ", ".join(levels[:_MOST_LEVELS]) + more


def effects_title(tests: Sequence[FactorTest]) -> str:
    """The finding of the figure of effects."""
    if not any(test.p_holm is not None for test in tests):
        return "Each choice alone: the others vary too"
    shown = sum(is_shown(test.p_holm) for test in tests)
    if not shown:
        return "No choice is shown to change the error"
    choices = f"{len(tests)} choice{'s'[: len(tests) > 1]}"
    return f"{shown} of {choices} {'is' if shown == 1 else 'are'} shown to change the error"


def importances_title(found: Choices) -> str:
    """The finding of the figure of importances."""
    shares, chance = found.importances.shares, found.importances.noise_column
    first, share = next(iter(shares.items()))
    if share <= chance:
        return "By fANOVA no choice explains more than a random column"
    return (
        f"By fANOVA {short(first, _WIDTH)} gets {100 * share:.0f} % of the explained variance, a "
        f"random column {100 * chance:.0f} %"
    )
