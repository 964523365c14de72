"""Does the correlation hold within groups, or only between them?

Architectures of one group share a trait (the latent's height×width, or a
value of a searched choice). Where groups differ in both latent size and
error, the pooled correlation can be strong and vanish within every group
(Simpson's paradox).

The correlation within groups ranks latent size and error in each group by
itself, centres the ranks and divides them by the group's size + 1, so that a
group counts by its members (van Elteren 1960); then it is the correlation of
these over all. Resamples are drawn, and errors permuted, within groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.intervals import (
    BOOTSTRAP_FROM,
    FEWEST,
    Estimate,
    correlation_interval,
    nothing,
    strength_gap,
)
from archsearch.report.statistics.rank import spearman_draws, spearman_of
from archsearch.report.statistics.resampling import midranks, resample_weights
from archsearch.report.statistics.simulated import interval_within

__all__ = ["Group", "Grouping", "within_groups"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

MOST_FAMILIES = 12
MOST_SIMULATED = 100
"""Architectures up to which groups are simulated as they are."""
_RESAMPLES = 600
_PERMUTATIONS = 1999


class Group(NamedTuple):
    """One group's own correlation; without a value where it has too few."""

    label: str
    estimate: Estimate


class Grouping(NamedTuple):
    """One way to make groups.

    ``pooled`` is ρ over the architectures of these groups; ``within`` that
    within them; ``contrast`` is |pooled| − |within|. ``p_holm`` is the
    permutation p of ``within``, corrected for all that was looked for after the fact,
    None until it is.
    """

    by: str
    groups: tuple[Group, ...]
    pooled: Estimate
    within: Estimate
    contrast: Estimate
    p_holm: float | None = None


def within_groups(
    latent_n: npt.ArrayLike,
    mse_n: npt.ArrayLike,
    groupings: Mapping[str, npt.ArrayLike],
    *,
    seed: int = 0,
) -> tuple[Grouping, ...]:
    """Contrast the pooled correlation with that within groups, for each grouping.

    Args:
        latent_n: latent size of each architecture, shape (n,).
        mse_n: its error, shape (n,).
        groupings: a label for each architecture, under the grouping's name.
        seed: of resamples and permutations.

    Returns:
        Only groupings with 2 to 12 groups of two or more, of which at least
        one varies in latent size.
    """
    latent, mse = (np.asarray(each, dtype=np.float64) for each in (latent_n, mse_n))
    found = []
    for name, labels in groupings.items():
        grouping = _grouping(name, latent, mse, np.asarray(labels, dtype=str), seed)
        if grouping is not None:
            found.append(grouping)
    return tuple(found)


def _grouping(
    name: str,
    latent: Floats,
    mse: Floats,
    labels: npt.NDArray[np.str_],
    seed: int,
) -> Grouping | None:
    members = {str(label): np.flatnonzero(labels == label) for label in np.unique(labels)}
    members = {label: places for label, places in members.items() if len(places) > 1}
    ordered = sorted(members, key=_in_order)
    if not 2 <= len(members) <= MOST_FAMILIES:
        return None
    # In the order of all: resamples go by place, and so pooled ρ is the headline's.
    kept = np.sort(np.concatenate([members[label] for label in ordered]))
    blocks = [np.searchsorted(kept, members[label]) for label in ordered]
    x, y = latent[kept], mse[kept]
    if not any(np.ptp(x[block]) > 0 and np.ptp(y[block]) > 0 for block in blocks):
        return None
    groups = tuple(
        Group(label, spearman_of(x[block], y[block], seed=seed))
        for label, block in zip(ordered, blocks, strict=True)
    )
    # In the order given: resamples follow places, and with all of them this is the headline's.
    pooled = spearman_of(*(values[np.sort(kept)] for values in (latent, mse)), seed=seed)
    return Grouping(name, groups, *_contrasted(pooled, x, y, blocks, seed))


def _contrasted(
    pooled: Estimate, x: Floats, y: Floats, blocks: list[Places], seed: int
) -> tuple[Estimate, Estimate, Estimate]:
    """ρ over all, that within the groups, and how much weaker it is there."""
    n, rng = len(x), np.random.default_rng([seed, 2])
    once = np.ones((1, n))
    value = float(_within(x, y, once, blocks)[0])
    weights = _stratified(n, blocks, rng)
    within_B = _within(x, y, weights, blocks)
    ends = _interval(value, within_B, tuple(len(block) for block in blocks))
    if n < FEWEST or ends is None or pooled.value is None:
        return nothing(n), nothing(n), nothing(n)
    within = Estimate(value, *ends, n, _permutation_p(x, y, blocks, rng))
    pooled_B = spearman_draws(y, x[None], weights)[0]
    gap = strength_gap(pooled, within, pooled_B, within_B)
    return pooled, within, gap


def _interval(value: float, drawn_B: Floats, sizes: tuple[int, ...]) -> tuple[float, float] | None:
    """By simulation of such groups; of many architectures, as of one group.

    The bootstrap widens it where each group has enough for one. There a group
    has spent one architecture on its mean rank, the first as ever.
    """
    ends = correlation_interval("spearman", value, sum(sizes) - len(sizes) + 1, drawn_B)
    if ends is None or sum(sizes) > MOST_SIMULATED:
        return ends
    (low, high), (own_low, own_high) = ends, interval_within(value, sizes)
    if min(sizes) <= BOOTSTRAP_FROM:
        return min(own_low, value), max(own_high, value)
    return min(own_low, low), max(own_high, high)


def _stratified(n: int, blocks: list[Places], rng: np.random.Generator) -> Floats:
    resamples = _RESAMPLES if n <= 2000 else 200
    weights = np.empty((resamples, n))
    for block in blocks:
        drawn = [*resample_weights(len(block), resamples, rng)]
        weights[:, block] = np.concatenate(drawn)
    return weights


def _within(x: Floats, y: Floats, weights_Bn: Floats, blocks: list[Places]) -> Floats:
    """The correlation within groups in each resample, shape (B,)."""
    both, own_x, own_y = (np.zeros(len(weights_Bn)) for _ in range(3))
    for block in blocks:
        w = weights_Bn[:, block]
        dx, dy = (_scaled_ranks(values[block], w) for values in (x, y))
        both += np.einsum("bn,bn,bn->b", w, dx, dy)
        own_x += np.einsum("bn,bn,bn->b", w, dx, dx)
        own_y += np.einsum("bn,bn,bn->b", w, dy, dy)
    product = own_x * own_y
    return np.clip(both / np.sqrt(np.where(product > 1e-12, product, np.nan)), -1, 1)


def _scaled_ranks(values: Floats, weights_Bn: Floats) -> Floats:
    total = weights_Bn.sum(axis=1, keepdims=True)
    scaled: Floats = midranks(values, weights_Bn) / (total + 1) - 0.5
    return scaled


def _permutation_p(x: Floats, y: Floats, blocks: list[Places], rng: np.random.Generator) -> float:
    """Two-sided p of the correlation within groups, errors permuted within groups."""
    observed, permuted = 0.0, np.zeros(_PERMUTATIONS if len(x) <= 2000 else 499)
    for block in blocks:
        once = np.ones((1, len(block)))
        dx, dy = (_scaled_ranks(values[block], once)[0] for values in (x, y))
        observed += float(dx @ dy)
        permuted += rng.permuted(np.tile(dy, (len(permuted), 1)), axis=1) @ dx
    hits = np.count_nonzero(np.abs(permuted) >= abs(observed) * (1 - 1e-9))
    return float((1 + hits) / (1 + len(permuted)))


def _in_order(label: str) -> tuple[float, str]:
    """Sizes such as 2×2 and 16×16 by number, words after them."""
    head = label.split("×", maxsplit=1)[0]
    return (float(head), label) if head.replace(".", "", 1).isdigit() else (np.inf, label)
