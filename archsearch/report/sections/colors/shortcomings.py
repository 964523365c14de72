"""What is wrong with a variant's colors, as short marks that follow from intervals alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from archsearch.report.outcome import collapsed_word
from archsearch.report.sections.colors.measures import Spread, apart
from archsearch.report.sections.colors.variants import Variant

__all__ = ["PALE", "SHORTCOMINGS", "Shortcoming", "beats", "collapsed", "is_pale", "shortcomings"]

PALE = 0.95
"""Predicted over true saturation under which colors are called pale."""

_CLIPPED = 0.0005
_HALF = 0.5


class Shortcoming(NamedTuple):
    """A mark, what it means, and whether a variant has it, beside the best by validation."""

    name: str
    meaning: str
    holds: Callable[[Variant, Variant], bool]


def beats(variant: Variant) -> bool | None:
    """Whether its seeds show a lower test MSE than the mean chroma's, or a higher one.

    None where they show neither.
    """
    found = variant.against_mean_chroma
    if found is None or found.low is None or found.high is None:
        return None
    return True if found.high < 0 else False if found.low > 0 else None


def collapsed(variant: Variant) -> str:
    """How many of its seeds collapsed; empty for none."""
    shares = [result.variance_share for result in variant.results if result.collapsed]
    return f"{collapsed_word(shares)}: {len(shares)} of {len(variant.results)}" if shares else ""


def is_pale(variant: Variant) -> bool:
    """Whether the whole interval of its saturation lies under :data:`PALE`."""
    return _under(variant.spreads["desaturation"], PALE)


def _undecided(variant: Variant, _best: Variant) -> bool:
    found = variant.against_mean_chroma
    return found is not None and found.low is not None and beats(variant) is None


def _nearer_gray(variant: Variant, _best: Variant) -> bool:
    gray, spreads = variant.results[0].baselines.color("gray_copy"), variant.spreads
    if gray is None:
        return False
    return _above(spreads["delta_e"], gray.delta_e) or _under(
        spreads["accuracy_2"], gray.accuracy_2
    )


def _above(found: Spread | None, bound: float | None) -> bool:
    """Whether the whole interval is."""
    return found is not None and found.low is not None and bound is not None and found.low > bound


def _under(found: Spread | None, bound: float | None) -> bool:
    """Whether the whole interval is."""
    return found is not None and found.high is not None and bound is not None and found.high < bound


def _may_be_best(variant: Variant, best: Variant) -> bool:
    mine, first = variant.spreads["val_mse"], best.spreads["val_mse"]
    if variant is best or mine is None or first is None or mine.low is None or first.low is None:
        return False
    return not apart(mine, first)


SHORTCOMINGS: tuple[Shortcoming, ...] = (
    Shortcoming(
        "worse than one color",
        "a higher test MSE than the mean chroma’s, by the whole interval",
        lambda variant, _best: beats(variant) is False,
    ),
    Shortcoming(
        "not shown to beat one color",
        "its test MSE may be that of the mean chroma, by the interval",
        _undecided,
    ),
    Shortcoming(
        "no better than gray",
        "the gray copy’s ΔE is under the whole interval, or its share of pixels right within t = 2 "
        "(Nazeri et al.) is over it",
        _nearer_gray,
    ),
    Shortcoming(
        "too pale",
        f"saturation under {PALE} by the whole interval; squared error rewards the mean of likely "
        "colors, which is grayer",
        lambda variant, _best: is_pale(variant),
    ),
    Shortcoming(
        "few right pixels",
        "under half of the pixels are right within t = 5 (Nazeri et al.), by the whole interval",
        lambda variant, _best: _under(variant.spreads["accuracy_5"], _HALF),
    ),
    Shortcoming(
        "clipped",
        f"over {100 * _CLIPPED:g} % of values, by the whole interval, left the RGB cube when "
        "chroma was merged with the luminance, which isn’t exact there",
        lambda variant, _best: _above(variant.spreads["clipped"], _CLIPPED),
    ),
    Shortcoming(
        "not told from the best",
        "its validation MSE’s interval overlaps the first one’s",
        _may_be_best,
    ),
)
"""All marks, the gravest first."""


def shortcomings(variant: Variant, best: Variant) -> list[Shortcoming]:
    """Those that the variant's intervals show; none with one seed.

    Args:
        variant: one of the table.
        best: the one with the lowest validation error.
    """
    return [each for each in SHORTCOMINGS if each.holds(variant, best)]
