"""What the report's intervals, verdicts and partial p are worth, in simulated studies.

    python -m benchmarks.coverage                # a quarter of an hour; keeps results/coverage.json
    python -m benchmarks.coverage --studies 200  # a third of it, nothing kept

For each interval and n: how often it holds the population's value, and how
often it excludes 0: false positives where the truth is 0, power elsewhere.
Samples: normal copula; "tied", with one variable rounded to about seven
levels; "tails", a Student copula with 3 degrees of freedom. All draws are seeded.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from scipy import stats

from archsearch.files import write_text
from archsearch.report.statistics import permutation
from archsearch.report.statistics.correlation import Measure, correlations
from archsearch.report.statistics.groups import within_groups
from archsearch.report.statistics.intervals import Estimate, difference, nothing, strength_gap
from archsearch.report.statistics.least_squares import log_log_slope
from archsearch.report.statistics.permutation import orders, partial_p
from archsearch.report.statistics.rank import spearman_draws, spearman_of
from archsearch.report.statistics.resampling import resampled
from benchmarks.intervals import kendall_of_copula, spearman_of_copula

__all__ = ["STATISTICS", "Cell", "covered", "main", "partial_false_positives"]

Floats = npt.NDArray[np.float64]
Random = np.random.Generator

RESULTS = Path(__file__).parent / "results/coverage.json"
SIZES = (8, 12, 24, 48)
STRENGTHS = (0.0, 0.5, 0.9, 0.95, 0.99)
STUDIES = 600
NULL_STUDIES = 4000


def pairs(sample: str, rho: float, n: int, rng: Random) -> tuple[Floats, Floats]:
    """Draw n pairs of a copula."""
    x, noise = rng.standard_normal((2, n))
    y = rho * x + np.sqrt(1 - rho**2) * noise
    if sample == "tails":
        scale = np.sqrt(rng.chisquare(3, n) / 3)
        return x / scale, y / scale
    return (np.round(1.2 * x) if sample == "tied" else x), y


def _spearman(sample: str) -> Callable[[float, int, Random], Estimate]:
    return lambda rho, n, rng: spearman_of(*pairs(sample, rho, n, rng))


def _of(measure: Measure) -> Callable[[float, int, Random], Estimate]:
    """A measure in a study whose three other sizes are noise beside the latent."""

    def estimate(rho: float, n: int, rng: Random) -> Estimate:
        x, y = pairs("normal", rho, n, rng)
        params, macs, area = np.exp(rng.standard_normal((3, n)))
        sizes = {"latent_size": np.exp(x) * 1e3, "params": params * 1e6, "macs": macs * 1e6}
        with patch.object(permutation, "PERMUTATIONS", 1):  # no p is looked at
            return correlations(np.exp(y), sizes, area).measures["latent_size"][measure]

    return estimate


def _within(rho: float, n: int, rng: Random) -> Estimate:
    """Three families, each at a level of its own in both."""
    x, y = pairs("normal", rho, n, rng)
    group = np.arange(n) % 3
    found = within_groups(np.exp(x + 3 * group), np.exp(y - 2 * group), {"family": group})
    return found[0].within if found else nothing(n)


def _gap(rho: float, n: int, rng: Random) -> Estimate:
    """Latent size against a rival that correlates with the error as strongly."""
    x, y = pairs("normal", rho, n, rng)
    rival = rho * y + np.sqrt(1 - rho**2) * rng.standard_normal(n)
    both = np.stack([x, rival])
    one, other = (spearman_of(each, y) for each in both)
    return strength_gap(one, other, *resampled(lambda w: spearman_draws(y, both, w), n))


def _difference(rho: float, n: int, rng: Random) -> Estimate:
    """Two studies in which the truth is the same."""
    return difference(*(spearman_of(*pairs("normal", rho, n, rng)) for _ in range(2)))


def _slope(rho: float, n: int, rng: Random) -> Estimate:
    x, y = pairs("normal", rho, n, rng)
    return log_log_slope(np.exp(x), np.exp(y))


def _slope_within(rho: float, n: int, rng: Random) -> Estimate:
    x, y = pairs("normal", rho, n, rng)
    trunk = np.arange(n) % 2
    return log_log_slope(np.exp(x), np.exp(y + 2 * trunk), trunk.tolist())


def _of_normal_ranks(rho: float, n: int) -> float:
    return float(spearman_of_copula(rho))


def _of_ranks_in_groups(rho: float, n: int) -> float:
    """What is expected of three families, a large sample of them by Moran's formula (1948)."""
    m = np.bincount(np.arange(n) % 3)
    expected = (3 * kendall_of_copula(rho) + (m - 2) * spearman_of_copula(rho)) / (m + 1)
    return float(np.average(expected, weights=m * (m - 1) / (m + 1)))


@dataclass(frozen=True)
class Statistic:
    """An interval of the page: a simulated study to its estimate, and the strength to the truth."""

    study: Callable[[float, int, Random], Estimate]
    truth: Callable[[float, int], float]


@lru_cache(maxsize=64)
def _of_a_million(sample: str, rho: float) -> float:
    drawn = pairs(sample, rho, 1_000_000, np.random.default_rng(23))
    return float(stats.spearmanr(*drawn).statistic)


STATISTICS: Mapping[str, Statistic] = {
    "Spearman": Statistic(_spearman("normal"), _of_normal_ranks),
    "Spearman, tied": Statistic(_spearman("tied"), lambda rho, _: _of_a_million("tied", rho)),
    "Spearman, tails": Statistic(_spearman("tails"), lambda rho, _: _of_a_million("tails", rho)),
    "Kendall": Statistic(_of("kendall"), lambda rho, _: float(kendall_of_copula(rho))),
    "Pearson": Statistic(_of("pearson_loglog"), lambda rho, _: rho),
    "partial": Statistic(_of("partial_spearman"), _of_normal_ranks),
    "within groups": Statistic(_within, _of_ranks_in_groups),
    "rival's gap": Statistic(_gap, lambda rho, _: 0.0),
    "two studies": Statistic(_difference, lambda rho, _: 0.0),
    "slope": Statistic(_slope, lambda rho, _: rho),
    "slope within": Statistic(_slope_within, lambda rho, _: rho),
}


@dataclass(frozen=True)
class Cell:
    """How one interval did.

    Attributes:
        statistic: whose interval.
        n: architectures.
        strength: ρ of the copula.
        covered: share of studies whose interval holds the population's value.
        shown: share whose interval excludes 0.
        median_width: of the interval.
    """

    statistic: str
    n: int
    strength: float
    covered: float
    shown: float
    median_width: float


def covered(statistic: str, n: int, rho: float, studies: int) -> Cell:
    """One cell of the table, from seeded draws; studies without an interval don't count."""
    which = STATISTICS[statistic]
    truth, rng = which.truth(rho, n), np.random.default_rng([22, n, int(1000 * rho)])
    drawn = [which.study(rho, n, rng) for _ in range(studies)]
    ends = np.array([(e.low, e.high) for e in drawn if e.low is not None], dtype=np.float64)
    hits = (ends[:, 0] <= truth + 1e-9) & (truth - 1e-9 <= ends[:, 1])
    return Cell(
        statistic=statistic,
        n=n,
        strength=rho,
        covered=float(hits.mean()),
        shown=float(((ends[:, 0] > 0) | (ends[:, 1] < 0)).mean()),
        median_width=float(np.median(ends[:, 1] - ends[:, 0])),
    )


def partial_false_positives(n: int, studies: int) -> float:
    """Share of null studies with p < 0.05 of the partial Spearman correlation given three others.

    Error and latent size both follow the first of the three, and nothing else in common.
    """
    rng, drawn, hits = np.random.default_rng([24, n]), orders(n, 24)[:999], 0
    for _ in range(studies):
        rest = rng.standard_normal((3, n))
        x, y = 0.6 * rest[0] + 0.8 * rng.standard_normal((2, n))
        ranks = [stats.rankdata(each) for each in (y, x, *rest)]
        given = np.column_stack([np.ones(n), *ranks[2:]])
        p = partial_p(ranks[0], ranks[1], given, drawn)
        hits += p is not None and p < 0.05
    return hits / studies


def _cells(studies: int) -> Iterator[Cell]:
    for statistic in STATISTICS:
        for n in SIZES:
            cells = [covered(statistic, n, rho, studies) for rho in STRENGTHS]
            told = "  ".join(f"{c.covered:.3f} {c.shown:.2f} {c.median_width:.2f}" for c in cells)
            sys.stdout.write(f"{statistic:16} {n:3}  {told}\n")
            sys.stdout.flush()
            yield from cells


def main() -> None:
    """Print the tables, and keep them where enough studies were made."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--studies", type=int, default=STUDIES, help="a cell of the table")
    studies = parser.parse_args().studies
    head = "  ".join(f"ρ = {rho:<13}" for rho in STRENGTHS)
    sys.stdout.write(f"covered, excludes 0, median width\n{'':20}  {head}\n")
    cells = list(_cells(studies))
    nulls = {n: partial_false_positives(n, NULL_STUDIES) for n in SIZES}
    told = ", ".join(f"n = {n}: {share:.3f}" for n, share in nulls.items())
    sys.stdout.write(f"\npartial correlation, false positives at 5 %: {told}\n")
    if studies >= STUDIES:
        shares = {"studies": NULL_STUDIES, "shares": nulls}
        write_text(RESULTS, _as_json(studies, [asdict(cell) for cell in cells], shares))


def _as_json(studies: int, cells: list[dict[str, object]], nulls: dict[str, object]) -> str:
    """One cell a line."""
    lines = ",\n  ".join(map(json.dumps, cells))
    head, tail = f'"studies": {studies}', f'"partial_false_positives": {json.dumps(nulls)}'
    return f'{{\n {head},\n "cells": [\n  {lines}\n ],\n {tail}\n}}\n'


if __name__ == "__main__":
    main()
