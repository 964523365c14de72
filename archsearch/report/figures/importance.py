"""How much of the error's variance each choice explains, beside a random column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archsearch.report.drawing.style import COLORS, INK, figure, legend_below, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archsearch.report.analysis.findings import Findings

__all__ = ["importance_figure"]

_MOST_ROWS = 20


def importance_figure(findings: Findings) -> Figure | None:
    """A bar for each choice, the evaluator's name above; None where it was refused."""
    found = findings.secondary.importances
    if found.refused or not found.shares:
        return None
    shares = dict(list(found.shares.items())[:_MOST_ROWS])
    made, (axes,) = figure(7.6, 1.5 + 0.36 * len(shares))
    rows = range(len(shares))
    colors = [COLORS[0] if share > found.noise_column else COLORS[5] for share in shares.values()]
    axes.barh(rows, [100 * share for share in shares.values()], color=colors, height=0.62)
    axes.axvline(
        100 * found.noise_column, color=INK, lw=1.3, ls=(0, (4, 2)), label="a random column"
    )
    axes.set_yticks(rows, [short(name, 34) for name in shares])
    axes.set_ylim(len(shares) - 0.4, -0.6)
    axes.set_xlim(0, 100 * max(*shares.values(), found.noise_column) * 1.06)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("share of what all explain together (%)")
    axes.set_title(f"{found.evaluator}, {found.n} architectures", fontsize=9)
    legend_below(made, axes, columns=1)
    return made
