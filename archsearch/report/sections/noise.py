"""How much of the error's spread is the seed's, and how much the architecture's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

import numpy as np

from archsearch.printable import count
from archsearch.report.drawing.style import COLORS, INK, error_axis, figure, thinned
from archsearch.report.sections.blocks import Drawing, ReportWarning, Section, Text
from archsearch.report.statistics.noise import NoiseShares, noise_shares
from archsearch.report.statistics.sample import FLOOR, Sample

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Noise", "compute", "noise_figure", "section"]

_ALIKE = 0.03
"""Logs of factors that differ by less are told once."""

_NOISY = 0.5


@dataclass(frozen=True)
class Noise:
    """Seed noise against architecture effect; None with one seed.

    ``without_collapsed`` is the same without collapsed runs, ``all`` itself where there are none.
    """

    all: NoiseShares | None
    without_collapsed: NoiseShares | None

    @property
    def kept(self) -> NoiseShares | None:
        """Without collapsed runs; with them where it can't be had without."""
        return self.without_collapsed or self.all


def compute(sample: Sample) -> Noise:
    """Over the architectures that have a run of every seed."""
    found = noise_shares(_balanced(sample))
    if not len(sample.collapsed):
        return Noise(found, found)
    return Noise(found, noise_shares(_balanced(sample.without_collapsed())))


def _balanced(sample: Sample) -> np.ndarray:
    """Log MSE, architectures × seeds: those with a run of every seed, of equal plans the first."""
    runs = sample.runs.drop_duplicates(["key", "seed"])
    table = runs.pivot_table(index="key", columns="seed", values="val_mse").dropna()
    logs: np.ndarray = np.log(np.maximum(table.to_numpy(dtype=np.float64), FLOOR))
    return logs


def section(found: Noise, sample: Sample, collapsed_word: str) -> Section | None:
    """How large the noise is; None where nothing was trained.

    Args:
        found: the numbers.
        sample: the runs that they are of.
        collapsed_word: what collapsed runs are called; "" where there are none.
    """
    if sample.runs.empty:
        return None
    kept = found.kept
    blocks: tuple[Text | Drawing, ...] = ()
    if kept is not None:
        blocks = (Text(_told(found, kept, collapsed_word)), _drawing(kept, found, sample))
    warnings = tuple(_warnings(found, sample))
    return Section("noise", "Noise of the seed", blocks, warnings) if blocks or warnings else None


def _told(found: Noise, kept: NoiseShares, word: str) -> str:
    text = (
        f"One seed’s noise is {_deviation(kept)} of the error (a standard deviation). "
        f"Architectures’ means over {count(kept.seeds, 'seed')} must differ by a factor of "
        f"{kept.discernible:.2f} to be told apart."
    )
    whole = found.all
    if whole is None or whole is kept or abs(log(whole.discernible / kept.discernible)) < _ALIKE:
        return text
    left = whole.architectures - kept.architectures
    return (
        f"{text} That is without {count(left, 'architecture')} with a {word} run; with "
        f"{'it' if left == 1 else 'them'} it would be {_share(whole)}, {_deviation(whole)} and "
        f"{whole.discernible:.2f}, by the {word} runs and not by noise."
    )


def _drawing(kept: NoiseShares, found: Noise, sample: Sample) -> Drawing:
    of = sample if kept is found.all else sample.without_collapsed()
    return Drawing(
        "noise",
        f"The architecture explains {_share(kept)} of the variance of a run’s log error",
        "Validation error of each run, architectures in order of their mean.",
        "",
        lambda: noise_figure(of),
    )


def _share(noise: NoiseShares) -> str:
    share, low, high = map(_percent, (noise.share, noise.low, noise.high))
    return f"{share} % (95 % interval {low} to {high} %)"


def _percent(share: float) -> str:
    """A share in percent, never rounded to all."""
    return f"{min(round(100 * share), 99)}"


def _deviation(noise: NoiseShares) -> str:
    return f"{100 * (exp(noise.rest) - 1):.0f} %"


def _warnings(found: Noise, sample: Sample) -> Iterator[ReportWarning]:
    kept = found.kept
    if kept is not None and kept.low < _NOISY:
        yield ReportWarning("noise", "Noise may be larger than what the architecture does.")
    if sample.runs.groupby("number").size().max() == 1:
        yield ReportWarning(
            "one-seed",
            "One seed for each architecture: noise from the seed can’t be told from the "
            "architecture’s effect.",
        )


def noise_figure(sample: Sample) -> Figure:
    """Each run's error over the architecture's place in the order of geometric means."""
    import seaborn as sns

    errors = np.exp(_balanced(sample))
    ordered = errors[np.argsort(np.log(errors).mean(axis=1), kind="stable")]
    rows, seeds = ordered.shape
    places = np.arange(1, rows + 1)
    made, (axes,) = figure(5.6, 3.2)
    axes.vlines(places, ordered.min(axis=1), ordered.max(axis=1), color=COLORS[0], lw=1)
    sns.scatterplot(
        x=np.repeat(places, seeds), y=ordered.ravel(), ax=axes, color=COLORS[0], linewidth=0,
        s=thinned(rows, most=26, least=6), legend=False,
    )  # fmt: skip
    axes.plot(places, np.exp(np.log(ordered).mean(axis=1)), color=INK, lw=0.9)
    axes.set_yscale("log")
    error_axis(axes)
    axes.set_xlabel(f"architectures in order of their mean over {seeds} seeds")
    return made
