"""What a design can find: the smallest effect that its report is likely to show.

``detectable.csv`` has, for each number of architectures, the strength at which
four of five simulated studies get the verdict *yes* from the report's own
interval; ``python -m benchmarks.intervals power`` makes it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import lru_cache
from importlib import resources
from typing import Literal

__all__ = ["FEWEST_FOR_VERDICT", "Headline", "comparable", "detectable_correlation"]

Headline = Literal["spearman", "slope_within_trunks"]

FEWEST_FOR_VERDICT = 6
"""Architectures under which a report gives no verdict."""


_FEWEST_SIZES = 3
_FEWEST_TRUNKS = 2


def comparable(trunks: Sequence[Hashable], sizes: Sequence[float]) -> tuple[int, ...]:
    """Places of the architectures whose slope within trunks is the headline; () for Spearman's ρ.

    They are those whose trunk has more than one latent size, where at least two
    trunks have three sizes each and such trunks hold at least half of the
    architectures: else the slope would speak of a few that chance made alike.

    Args:
        trunks: what each architecture has beside the size of its code.
        sizes: its latent size.

    Example:
        >>> comparable("aaabbbc", [8, 16, 32, 8, 16, 32, 8])
        (0, 1, 2, 3, 4, 5)
        >>> comparable("abcdefg", [8, 16, 32, 8, 16, 32, 8])
        ()
    """
    by_trunk: defaultdict[Hashable, set[float]] = defaultdict(set)
    for trunk, size in zip(trunks, sizes, strict=True):
        by_trunk[trunk].add(size)
    rich = {trunk for trunk, found in by_trunk.items() if len(found) >= _FEWEST_SIZES}
    if len(rich) < _FEWEST_TRUNKS or 2 * sum(trunk in rich for trunk in trunks) < len(trunks):
        return ()
    return tuple(place for place, trunk in enumerate(trunks) if len(by_trunk[trunk]) > 1)


def detectable_correlation(
    architectures: int, headline: Headline = "spearman", trunks: int = 1
) -> float | None:
    """The smallest |ρ| for which 80 % of studies end in the verdict *yes*.

    Args:
        architectures: distinct ones.
        headline: what the verdict is of: Spearman's ρ, or the slope of log MSE
            on log latent size within equal trunks; then ρ is the correlation
            of these logs within trunks.
        trunks: how many there are.

    Returns:
        None where no |ρ| up to 0.99 is shown so often, or where there are too
        few architectures for a verdict.

    Example:
        >>> detectable_correlation(48), detectable_correlation(5)
        (0.407, None)
    """
    spared = trunks - 1 if headline == "slope_within_trunks" else 0
    n = architectures - spared  # a level for each trunk takes an architecture's worth
    if n < FEWEST_FOR_VERDICT:
        return None
    known = _table()[headline]
    if n in known:
        return known[n]
    below, above = max(k for k in known if k < n), min((k for k in known if k > n), default=None)
    reach = _reach(known, below)
    if above is not None:
        share = (1 / n - 1 / below) / (1 / above - 1 / below)
        reach += share * (_reach(known, above) - reach)
    return math.tanh(reach / math.sqrt(n - 3))


def _reach(known: dict[int, float | None], n: int) -> float:
    """Fisher's z over its scale 1/√(n − 3): nearly the same for every n."""
    return math.atanh(known[n] or 0.99) * math.sqrt(n - 3)


@lru_cache(maxsize=1)
def _table() -> dict[Headline, dict[int, float | None]]:
    text = resources.files(__package__).joinpath("detectable.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()[1:]]
    return {
        "spearman": {int(n): float(rho) if rho else None for n, rho, _ in rows},
        "slope_within_trunks": {int(n): float(rho) if rho else None for n, _, rho in rows},
    }
