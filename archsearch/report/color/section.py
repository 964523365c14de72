"""All that a page says of colors, made once: words, tables, figures, numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archsearch.report.color.chroma_figure import chroma_figure, saturation_figure
from archsearch.report.color.effects import Shift, Tried, tried
from archsearch.report.color.measures import MEASURES, Spread, baseline_values
from archsearch.report.color.pictures_figure import chosen_figure, fixed_figure
from archsearch.report.color.ranking import ranking_sentences, saturation_words
from archsearch.report.color.remedies import remedy_sentence
from archsearch.report.color.shortcomings import shortcomings
from archsearch.report.color.tables import NumberTable, class_table, variant_table
from archsearch.report.color.variants import Variant

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ColorSection", "color_section"]

_MOST_SHOWN = 8


@dataclass(frozen=True)
class ColorSection:
    """What a page says of colors.

    Attributes:
        answer: how well it is colored, in paragraphs.
        shortcomings: what is wrong with the colors.
        ideas: what may improve them, tried or not.
        tables: all variants; classes where there are any.
        figures: makes the figures, by name.
        summary: the numbers for programs.
    """

    answer: tuple[str, ...]
    shortcomings: tuple[str, ...]
    ideas: tuple[str, ...]
    tables: tuple[NumberTable, ...]
    figures: Mapping[str, Callable[[], Figure | None]]
    summary: Mapping[str, object]


def color_section(
    variants: Sequence[Variant], *, note: str = "", effects: Mapping[str, str] | None = None
) -> ColorSection | None:
    """What ``variants`` say of colors; None where there are none.

    Args:
        variants: in any order.
        note: the source's note on its pictures.
        effects: what a study's additive model has of searched names, in words.
    """
    if not variants:
        return None
    ranked = sorted(variants, key=lambda variant: variant.error)
    best = best_of_tasks(ranked)
    shown = _shown(ranked, best)
    found = tried(ranked)
    tables = [variant_table(ranked), class_table(best)]
    known = effects or {}
    return ColorSection(
        answer=tuple(filter(None, [*ranking_sentences(ranked), saturation_words(best)])),
        shortcomings=tuple(shortcomings(ranked, best, found, note)),
        ideas=tuple(remedy_sentence(one, known.get(one.remedy.factor, "")) for one in found),
        tables=tuple(table for table in tables if table is not None),
        figures={
            "colors": lambda: chosen_figure(ranked),
            "colors-fixed": lambda: fixed_figure(shown),
            "chroma": lambda: chroma_figure(shown),
            "saturation": lambda: saturation_figure(shown),
        },
        summary=_summary(ranked, found),
    )


def best_of_tasks(ranked: Sequence[Variant]) -> list[Variant]:
    """The variant with the lowest validation error of each task, the best first."""
    found: dict[str, Variant] = {}
    for variant in ranked:
        found.setdefault(variant.task, variant)
    return list(found.values())


def _shown(ranked: Sequence[Variant], best: Sequence[Variant]) -> list[Variant]:
    """Those that figures have room for: the best of each task, then the best of all."""
    kept = [*best, *(variant for variant in ranked if variant not in best)][:_MOST_SHOWN]
    return sorted(kept, key=lambda variant: variant.error)


def _summary(ranked: Sequence[Variant], found: Sequence[Tried]) -> dict[str, object]:
    return {
        "interval": "two seeds: both values; three and more: Student's 95 % of the mean",
        "baselines": {
            baseline.name: {m.name: values.get(m.name) for m in MEASURES}
            for baseline, values in baseline_values(ranked[0].results[0].baselines).items()
        },
        "variants": [_variant(variant) for variant in ranked],
        "ideas": [_remedy(one) for one in found],
    }


def _variant(variant: Variant) -> dict[str, object]:
    return {
        "variant": variant.name,
        "trial": variant.trial,
        "task": variant.task,
        "net": variant.net,
        "options": variant.options,
        "seeds": [result.seed for result in variant.results],
        "beats_mean_chroma": variant.beats_mean_chroma,
        **{name: _plain(found) for name, found in variant.spreads.items()},
    }


def _remedy(one: Tried) -> dict[str, object]:
    return {
        "idea": one.remedy.code,
        "tried": one.variants > 0,
        "variants": one.variants,
        "groups": [
            {
                "task": group.task or None,
                "without": group.without,
                "having": group.having,
                "mse_share": _plain(group.change.mse),
                "delta_e": _plain(group.change.delta_e),
                "desaturation": _plain(group.change.desaturation),
            }
            for group in one.groups
        ],
        "pairs": [
            {
                "before": change.before.name,
                "after": change.after.name,
                "mse_share": _plain(change.mse),
                "delta_e": _plain(change.delta_e),
                "desaturation": _plain(change.desaturation),
            }
            for change in one.pairs
        ],
    }


def _plain(found: Spread | Shift | None) -> dict[str, float | int | None] | None:
    return None if found is None else found._asdict()
