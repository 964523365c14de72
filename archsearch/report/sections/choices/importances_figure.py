"""How much of the error's variance each choice explains, beside a random column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archsearch.report.drawing.style import COLORS, INK, figure, short
from archsearch.report.statistics.importance import Importances

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["importances_figure"]

_MOST_ROWS = 20


def importances_figure(found: Importances) -> Figure | None:
    """A bar for each choice, and a line at what chance gets; None where it was refused."""
    import seaborn as sns

    if found.refused or not found.shares:
        return None
    shares = dict(list(found.shares.items())[:_MOST_ROWS])
    chance = 100 * found.noise_column
    made, (axes,) = figure(6.2, 1.3 + 0.36 * len(shares))
    above = [share > found.noise_column for share in shares.values()]
    sns.barplot(
        x=[100 * share for share in shares.values()], y=[*map(str, range(len(shares)))], ax=axes,
        hue=above, palette={True: COLORS[0], False: COLORS[5]}, saturation=1, width=0.62,
        dodge=False, legend=False, errorbar=None,
    )  # fmt: skip
    axes.axvline(chance, color=INK, lw=1.3, ls=(0, (4, 2)))
    axes.set_yticks(range(len(shares)), [short(name, 30) for name in shares])
    axes.set_ylim(len(shares) - 0.4, -1)
    end = max(*(100 * share for share in shares.values()), chance) * 1.06
    axes.set_xlim(0, end)
    left = chance < end / 2
    axes.annotate(
        "a random column", (chance, -0.72), xytext=(3 if left else -3, 0),
        textcoords="offset points", ha="left" if left else "right", va="center", color=INK,
        fontsize=8.5,
    )  # fmt: skip
    axes.grid(visible=False, axis="y")
    axes.set_ylabel("")
    axes.set_xlabel(f"share of what all explain together (%)\n{found.evaluator}")
    return made
