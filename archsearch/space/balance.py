"""How a set of candidates is spread: strata of what is studied, ranks of what confounds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from archsearch.config import planned
from archsearch.space.candidates import Candidate

__all__ = ["HEIGHT_WIDTH", "Balance", "amounts", "factor_amounts", "rank_correlations", "ranks"]

HEIGHT_WIDTH = "latent_height_width"
"""What designs call the latent's height×width."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Balance:
    """A design against the mean of random designs of the same size.

    Attributes:
        over: what is spread evenly, e.g. ``latent.size``.
        edges: of the strata, rising; one more than there are strata.
        counts: candidates of the design in each stratum.
        random_counts: the same for the mean random design.
        correlations: Spearman ρ of ``over`` with each factor in the design.
        random: the mean |ρ| of the random designs.
        random_designs: how many those were.
    """

    over: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    random_counts: tuple[float, ...]
    correlations: Mapping[str, float]
    random: Mapping[str, float]
    random_designs: int

    @property
    def criterion(self) -> float:
        """The mean |ρ| over the factors; the smaller the better."""
        return float(np.mean([abs(value) for value in self.correlations.values()]))

    @property
    def random_criterion(self) -> float:
        """The same for the random designs."""
        return float(np.mean(list(self.random.values())))


def amounts(candidates: Sequence[Candidate], over: str) -> Floats:
    """The quantity that is studied, e.g. ``latent.size``, a number for each candidate."""
    return np.array([attrgetter(over)(candidate.plan) for candidate in candidates], dtype=float)


def factor_amounts(candidates: Sequence[Candidate], over: str) -> dict[str, Floats]:
    """Costs and sizes beside ``over``, each as a number for each candidate."""
    of_latent = over.startswith("latent.")
    names = {
        each.column: each.name
        for each in planned("confounder")
        if each.name != over and not (of_latent and each.name == "latent.size")
    }
    names[HEIGHT_WIDTH] = "latent.area"
    return {column: amounts(candidates, name) for column, name in names.items()}


def ranks(values: Floats) -> Floats:
    """Mean ranks from 1 along the last axis; equal values share theirs.

    Example:
        >>> ranks(np.array([10.0, 30.0, 10.0])).tolist()
        [1.5, 3.0, 1.5]
    """
    below = (values[..., None, :] < values[..., :, None]).sum(-1)
    equal = (values[..., None, :] == values[..., :, None]).sum(-1)
    mean: Floats = below + (equal + 1) / 2
    return mean


def rank_correlations(x: Floats, y: Floats) -> Floats:
    """Spearman's ρ along the last axis; 0 where one of the two doesn't vary.

    Example:
        >>> x = np.array([1.0, 2.0, 3.0])
        >>> rank_correlations(x, x**2).item(), rank_correlations(x, 0 * x).item()
        (1.0, 0.0)
    """
    a, b = ranks(x), ranks(y)
    a = a - a.mean(-1, keepdims=True)
    b = b - b.mean(-1, keepdims=True)
    scale = np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
    found: Floats = (a * b).sum(-1) / np.where(scale > 0, scale, 1.0)
    return found
