"""Ideas that may improve the colors, and what these data say of each, in sentences."""

from __future__ import annotations

from archsearch.report.color.effects import Change, Tried
from archsearch.report.color.formatting import capital, percent_shift, plain_shift

__all__ = ["remedy_sentence"]

_MOST_PAIRS = 3


def remedy_sentence(tried: Tried, effects: str = "") -> str:
    """One idea: what it is, whether these data tried it, and what it did.

    ``effects`` says what a study's additive model has of it.
    """
    text = tried.remedy.text
    if not tried.variants:
        return f"Not tried here: {text}."
    if not tried.known:
        return (
            f"In {tried.variants} of {tried.of} variants: {text}. Its effect isn’t known: too few "
            "other variants of the same task and pictures are without it."
        )
    told = [_change_words(change) for change in tried.pairs[:_MOST_PAIRS]]
    if len(tried.pairs) > _MOST_PAIRS:
        told.append(f"and {len(tried.pairs) - _MOST_PAIRS} more pairs")
    told += [
        f"{f'of {group.task}, ' if group.task else ''}on average over {group.having} with it "
        f"against {group.without} without, {_shift_words(group.change)}"
        for group in tried.groups
    ]
    if tried.groups:
        told.append("the other choices vary too, so this isn’t yet its effect")
    other = " (the nets differ in more than that)" if _other_net(tried) else ""
    rest = f" {effects}" if effects else ""
    return f"Tried: {text}{other}. {capital('; '.join(told))}{_ends(tried)}.{rest}"


def _ends(tried: Tried) -> str:
    """The text in parentheses, if any."""
    changes = [*tried.pairs[:_MOST_PAIRS], *(group.change for group in tried.groups)]
    if all(change.mse.low is None for change in changes):
        return ""
    which = "variant" if tried.groups else "seed"
    return f" (in parentheses, from every {which} against every other)"


def _other_net(tried: Tried) -> bool:
    return tried.remedy.code == "skips" and any(
        change.before.choices.get("net") != change.after.choices.get("net")
        for change in tried.pairs
    )


def _change_words(change: Change) -> str:
    return f"from {change.before.name} to {change.after.name}, {_shift_words(change)}"


def _shift_words(change: Change) -> str:
    parts = [f"RGB MSE {percent_shift(change.mse)}"]
    if change.delta_e is not None:
        parts.append(f"ΔE {plain_shift(change.delta_e)}")
    if change.desaturation is not None:
        parts.append(f"saturation {plain_shift(change.desaturation)}")
    return ", ".join(parts)
