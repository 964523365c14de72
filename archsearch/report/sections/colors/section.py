"""How good are the colors? What is computed, what stands open, and what is folded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import comb

from archsearch.records import SeedRecord, StudyRecord
from archsearch.report.sections.blocks import Block, Item, Items, Section, Text
from archsearch.report.sections.colors.cells import between, whole_percent
from archsearch.report.sections.colors.chroma_figures import chroma_drawings
from archsearch.report.sections.colors.classes import class_table
from archsearch.report.sections.colors.ideas import ideas_table
from archsearch.report.sections.colors.measures import MEASURES, Spread, apart, baseline_values
from archsearch.report.sections.colors.pictures import chosen_pictures, same_pictures
from archsearch.report.sections.colors.remedies import Change, Shift, Tried, tried
from archsearch.report.sections.colors.shortcomings import beats
from archsearch.report.sections.colors.variant_table import definitions, variant_table
from archsearch.report.sections.colors.variants import Variant, comparable, find_variants

__all__ = ["Colors", "compute", "sections", "to_json"]

_MOST_SHOWN = 5


@dataclass(frozen=True)
class Colors:
    """What variants say of colors.

    Attributes:
        ranked: those of the same test pictures, by rising validation error.
        ideas: what they say of each idea.
        left_out: how many variants have other pictures.
        note: the source's note on its pictures.
    """

    ranked: tuple[Variant, ...]
    ideas: tuple[Tried, ...]
    left_out: int
    note: str

    @property
    def best_of_tasks(self) -> list[Variant]:
        """The variant with the lowest validation error of each task, the best first."""
        found: dict[str, Variant] = {}
        for variant in self.ranked:
            found.setdefault(variant.task, variant)
        return list(found.values())

    @property
    def most_colored(self) -> Variant | None:
        """Of those with a lower test error than the mean chroma, the one of most saturation."""
        found = [
            (saturation.mean, variant)
            for variant in self.ranked
            if (saturation := variant.spreads["desaturation"])
            and (against := variant.against_mean_chroma)
            and against.mean < 0
        ]
        return max(found, key=lambda pair: pair[0], default=(0.0, None))[1]

    @property
    def shown(self) -> list[Variant]:
        """Those that figures have room for: the best of each task, the most colored, the best."""
        first = [*self.best_of_tasks, self.most_colored, *self.ranked]
        kept = {variant.trial: variant for variant in first if variant is not None}
        return sorted(list(kept.values())[:_MOST_SHOWN], key=lambda variant: variant.error)


def compute(
    study: StudyRecord,
    pictures: Callable[[SeedRecord], bytes | None],
    called: Callable[[int], str],
) -> Colors | None:
    """What the trials say of colors; None where none predicts them.

    Args:
        study: its trials' values have settings by path, as :func:`find_variants` says.
        pictures: reads a seed's PNG of test pictures.
        called: gives a trial's name.
    """
    every = find_variants(study, pictures, called)
    if not every:
        return None
    ranked = tuple(sorted(comparable(every), key=lambda one: (one.collapsed, one.error)))
    return Colors(ranked, tuple(tried(ranked)), len(every) - len(ranked), study.source_note)


def sections(found: Colors) -> Iterator[Section]:
    """What stands open, pictures first; then details, folded."""
    open_blocks: tuple[Block | None, ...] = (
        same_pictures(found.shown, _finding(found.ranked[0])),
        Text(_ranking(found.ranked)),
        variant_table(found.ranked, found.left_out),
        definitions(found.ranked),
        _jpeg(found.note),
        ideas_table(found.ideas),
    )
    folded = (
        chosen_pictures(found.ranked),
        class_table(found.best_of_tasks),
        *chroma_drawings(found.shown),
    )
    title = "How good are the colors?"
    yield Section("colors", title, tuple(filter(None, open_blocks)), open=True)
    if any(folded):
        yield Section("color-details", "Colors in detail", tuple(filter(None, folded)))


def _finding(best: Variant) -> str:
    """What the best variant gains over one color for all, as a title."""
    found = best.against_mean_chroma
    if found is None:
        return f"The same test pictures by {best.name} and others"
    if found.low is not None and not beats(best):
        return f"The best, {best.name}, isn’t shown to beat one color for all pixels"
    told = between(found, _left)
    return (
        f"The best, {best.name}, has {_left(found.mean)} of the test error of one color "
        f"for all pixels{f' ({told})' if told else ' (one seed)'}"
    )


def _left(change: float) -> str:
    return whole_percent(1 + change)


def _ranking(ranked: Sequence[Variant]) -> str:
    """Which is best, and whether its lead is more than its seeds'."""
    if ranked[0].collapsed:
        return "Every variant has collapsed: its output is the same for all pictures."
    lead = f"Lowest validation error: {ranked[0].name}{_lead(ranked)}."
    return " ".join(filter(None, [lead, _beaters(ranked)]))


def _lead(ranked: Sequence[Variant]) -> str:
    if len(ranked) < 2 or ranked[1].collapsed:
        return ""
    other = ranked[1].called
    first, second = (variant.spreads["val_mse"] for variant in ranked[:2])
    if first is None or second is None or first.low is None or second.low is None:
        return f", by one seed: its lead over {other} may be the seed’s"
    if not apart(first, second):
        return f"; whether {other} is worse isn’t shown, as their intervals overlap"
    if max(first.n, second.n) > 2:
        return f"; its interval lies under that of {other}"
    chance = comb(first.n + second.n, first.n) / 2
    return (
        f"; its seeds’ range lies under that of {other}, which happens by chance once in "
        f"{chance:.0f} times"
    )


def _beaters(ranked: Sequence[Variant]) -> str:
    known = [v for v in ranked if (s := v.against_mean_chroma) and s.low is not None]
    if len(known) < 2:
        return ""
    return (
        f"{sum(beats(v) is True for v in known)} of {len(known)} are shown to beat the mean chroma."
    )


def _jpeg(note: str) -> Items | None:
    if "JPEG" not in note:
        return None
    text = "JPEG pictures have half the chroma; all numbers gain."
    return Items((Item("caution", text),))


def to_json(found: Colors) -> dict[str, object]:
    """``color`` of ``summary.json``."""
    return {
        "interval": "two seeds: both values; three and more: Student's 95 % of the mean",
        "baselines": {
            baseline.name: {name: values.get(name) for name in MEASURES}
            for baseline, values in baseline_values(found.ranked[0].results[0].baselines).items()
        },
        "variants": [_variant(variant) for variant in found.ranked],
        "ideas": [_idea(one) for one in found.ideas],
    }


def _variant(variant: Variant) -> dict[str, object]:
    return {
        "variant": variant.name,
        "trial": variant.trial,
        "task": variant.task,
        "net": variant.plan.name,
        "options": variant.options,
        "seeds": [result.seed for result in variant.results],
        "beats_mean_chroma": variant.beats_mean_chroma,
        **{name: _plain(found) for name, found in variant.spreads.items()},
    }


def _idea(one: Tried) -> dict[str, object]:
    return {
        "idea": one.remedy.code,
        "tried": one.variants > 0,
        "variants": one.variants,
        "groups": [
            {"task": group.task or None, "without": group.without, "having": group.having}
            | _change(group.change)
            for group in one.groups
        ],
        "pairs": [
            {"before": change.before.name, "after": change.after.name} | _change(change)
            for change in one.pairs
        ],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "mse_share": _plain(change.mse),
        "delta_e": _plain(change.delta_e),
        "desaturation": _plain(change.desaturation),
    }


def _plain(found: Spread | Shift | None) -> dict[str, float | int | None] | None:
    return None if found is None else found._asdict()
