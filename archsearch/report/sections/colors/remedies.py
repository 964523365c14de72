"""What each remedy changes: pairs of variants alike in all but that remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from archsearch.report.sections.colors.measures import Spread, spread
from archsearch.report.sections.colors.variants import Variant

__all__ = ["REMEDIES", "Change", "Group", "Remedy", "Shift", "Tried", "changes", "over", "tried"]

FEWEST_IN_A_GROUP = 2
"""Variants under which a mean over them isn't compared with another."""


class Shift(NamedTuple):
    """How far a number moves, and between what, taking every seed against every other.

    ``low`` and ``high`` are None where each side has but one seed.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool:
        """Whether no pair of seeds says otherwise."""
        return self.low is not None and self.high is not None and self.low * self.high > 0


class Change(NamedTuple):
    """One variant against another, all on the test split.

    ``mse`` is the share of the RGB MSE that is added; the others are differences.
    """

    before: Variant
    after: Variant
    mse: Shift
    delta_e: Shift | None
    desaturation: Shift | None


class Remedy(NamedTuple):
    """An idea that may improve colors; ``options`` says by what it is had.

    ``without`` and ``having`` tell variants apart; ``free`` are the choices that it sets,
    by path or by the path's first part.
    """

    code: str
    text: str
    options: str
    without: Callable[[Variant], bool]
    having: Callable[[Variant], bool]
    free: tuple[str, ...]


class Group(NamedTuple):
    """All variants without a remedy against all that have it, by their means.

    ``task`` is the one that all do, empty where the remedy itself is another task.
    """

    task: str
    without: int
    having: int
    change: Change


class Tried(NamedTuple):
    """A remedy, and what the data at hand say of it.

    ``variants`` have it, of ``of`` in all. ``pairs`` are alike in everything else;
    ``groups`` are all that can be compared with each other where there is no such pair.
    """

    remedy: Remedy
    variants: int
    of: int
    pairs: tuple[Change, ...]
    groups: tuple[Group, ...]

    @property
    def known(self) -> bool:
        """Whether the data have variants with and without it that can be compared."""
        return bool(self.pairs or self.groups)


def _merges(variant: Variant) -> bool:
    return variant.colors in ("rgb-merged", "chroma")


def _predicts_rgb(variant: Variant) -> bool:
    return variant.colors == "rgb"


def _loss(name: str) -> Callable[[Variant], bool]:
    return lambda variant: variant.choices.get("train.loss") == name


def _option(variant: Variant, name: str, default: float) -> float:
    value = variant.choices.get(f"task.{name}")
    return float(value) if isinstance(value, int | float) else default


def _chroma_by_square(variant: Variant) -> bool:
    return variant.colors == "chroma" and variant.minimizes_squared_error


def _bins(variant: Variant) -> bool:
    return variant.colors == "classes"


REMEDIES: tuple[Remedy, ...] = (
    Remedy(
        "luminance",
        "exact luminance kept, only chroma predicted",
        "colorize-chroma, or keep_luminance",
        _predicts_rgb,
        _merges,
        ("task",),
    ),
    Remedy(
        "skips",
        "encoder layers handed to the decoder",
        "a U-Net’s skips",
        lambda variant: not variant.plan.reads_past_latent,
        lambda variant: variant.plan.reads_past_latent,
        ("net", "skips"),
    ),
    Remedy(
        "l1",
        "L1 loss instead of squared error",
        "loss: l1",
        _loss("mse"),
        _loss("l1"),
        ("train.loss",),
    ),
    Remedy(
        "huber",
        "Huber loss instead of squared error",
        "loss: huber",
        _loss("mse"),
        _loss("huber"),
        ("train.loss",),
    ),
    Remedy(
        "bins",
        "classes of chroma instead of its squared error",
        "colorize-bins",
        _chroma_by_square,
        _bins,
        ("task", "train.loss"),
    ),
    Remedy(
        "rebalance",
        "rare colors weighted more among classes",
        "rebalance",
        lambda variant: _bins(variant) and _option(variant, "rebalance", 0.0) == 0,
        lambda variant: _bins(variant) and _option(variant, "rebalance", 0.0) > 0,
        ("task.rebalance",),
    ),
    Remedy(
        "gain",
        "predicted chroma moved away from gray",
        "gain above 1",
        lambda variant: variant.colors == "chroma" and _option(variant, "gain", 1.0) == 1,
        lambda variant: variant.colors == "chroma" and _option(variant, "gain", 1.0) > 1,
        ("task.gain",),
    ),
)
"""The ideas that the toolkit offers as options, in the order of the page."""


def tried(variants: Sequence[Variant]) -> list[Tried]:
    """What variants of the same pictures say of each remedy."""
    return [_tried(remedy, variants) for remedy in REMEDIES]


def _tried(remedy: Remedy, variants: Sequence[Variant]) -> Tried:
    without = [variant for variant in variants if remedy.without(variant)]
    having = [variant for variant in variants if remedy.having(variant)]
    pairs = tuple(changes(without, having, remedy.free))
    groups = () if pairs else tuple(_groups(without, having, remedy.free))
    return Tried(remedy, len(having), len(variants), pairs, groups)


def _groups(
    without: Sequence[Variant], having: Sequence[Variant], free: Sequence[str]
) -> Iterator[Group]:
    """Means over variants of the same task, unless the remedy is another task."""
    tasks = [""] if "task" in free else dict.fromkeys(variant.task for variant in having)
    for task in tasks:
        before, after = (
            [variant for variant in side if task in ("", variant.task)]
            for side in (without, having)
        )
        if min(len(before), len(after)) >= FEWEST_IN_A_GROUP:
            change = Change(before[0], after[0], *_shifts(_means(before), _means(after)))
            yield Group(task, len(before), len(after), change)


def changes(
    without: Sequence[Variant], having: Sequence[Variant], free: Sequence[str]
) -> Iterator[Change]:
    """Each pair that is alike in all choices but the ``free`` ones."""
    for before in without:
        for after in having:
            if _rest(before, free) == _rest(after, free):
                shifts = _shifts(_seeds(before), _seeds(after))
                yield Change(before, after, *shifts)


def over(shifts: Sequence[Shift]) -> Shift | None:
    """The mean of several shifts, between the least and the greatest of them; None for none.

    Example:
        >>> over([Shift(-0.2, -0.3, -0.1), Shift(0.0, None, None)])
        Shift(value=-0.1, low=-0.3, high=0.0)
    """
    if len(shifts) < 2:
        return shifts[0] if shifts else None
    lows = [shift.value if shift.low is None else shift.low for shift in shifts]
    highs = [shift.value if shift.high is None else shift.high for shift in shifts]
    return Shift(sum(shift.value for shift in shifts) / len(shifts), min(lows), max(highs))


def _rest(variant: Variant, free: Sequence[str]) -> Mapping[str, str]:
    return {
        name: repr(float(value) if type(value) is int else value)
        for name, value in variant.choices.items()
        if name not in free and name.partition(".")[0] not in free
    }


_Values = Mapping[str, Sequence[float]]


def _seeds(variant: Variant) -> _Values:
    colors = [result.test.color for result in variant.results if result.test.color is not None]
    return {
        "mse": [result.test.mse for result in variant.results],
        "delta_e": [color.delta_e for color in colors if color.delta_e is not None],
        "desaturation": [c.desaturation for c in colors if c.desaturation is not None],
    }


def _means(variants: Sequence[Variant]) -> _Values:
    """Each variant's mean over seeds, as if it were one seed of a group."""
    seeds = [_seeds(variant) for variant in variants]
    return {
        name: [sum(one[name]) / len(one[name]) for one in seeds if one[name]] for name in seeds[0]
    }


def _shifts(before: _Values, after: _Values) -> tuple[Shift, Shift | None, Shift | None]:
    return (
        _share(before["mse"], after["mse"]),
        _difference(before["delta_e"], after["delta_e"]),
        _difference(before["desaturation"], after["desaturation"]),
    )


def _share(before: Sequence[float], after: Sequence[float]) -> Shift:
    floor = 1e-12
    old, new = spread([max(value, floor) for value in before]), spread(after)
    low, high = _ends(before), _ends(after)
    if _single(old, new):
        return Shift(new.mean / old.mean - 1, None, None)
    return Shift(
        new.mean / old.mean - 1, high[0] / max(low[1], floor) - 1, high[1] / max(low[0], floor) - 1
    )


def _difference(before: Sequence[float], after: Sequence[float]) -> Shift | None:
    if not before or not after:
        return None
    old, new = spread(before), spread(after)
    low, high = _ends(before), _ends(after)
    if _single(old, new):
        return Shift(new.mean - old.mean, None, None)
    return Shift(new.mean - old.mean, high[0] - low[1], high[1] - low[0])


def _single(old: Spread, new: Spread) -> bool:
    return old.n == 1 or new.n == 1


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)
