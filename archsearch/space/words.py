"""Lines that describe a design's quality and a study's cost."""

from __future__ import annotations

from archsearch.printable import count
from archsearch.space.balance import Balance
from archsearch.space.cost import Cost
from archsearch.space.designs import Design
from archsearch.space.support import factor_label

__all__ = ["cost_line", "design_lines"]


def design_lines(design: Design) -> tuple[str, ...]:
    """Lines on the quality of a design; none for a plain one."""
    lines: list[str] = []
    if design.balance is not None:
        lines += [_strata(design.balance), _criterion(design.balance)]
    if design.sets:
        sizes = sorted(set(design.sets), reverse=True)
        counted = ", ".join(f"{design.sets.count(size)} of {size}" for size in sizes)
        lines.append(f"matched sets of candidates: {counted}")
    return (*lines, *design.notes)


def cost_line(cost: Cost) -> str:
    """The cost of all trainings of a study."""
    pictures = "? pictures" if cost.pictures is None else f"{cost.pictures:,} pictures"
    total = (
        ""
        if cost.total_macs is None
        else f", {cost.total_macs:.2g} MACs in all, gradients included"
    )
    minutes = (
        "" if cost.minutes is None else f"; {cost.minutes:.1f} min on this machine with one worker"
    )
    epochs = f"{cost.epochs:g} epoch{'' if cost.epochs == 1 else 's'}"
    return (
        f"cost           {count(cost.trainings, 'training')} × {cost.macs_per_picture:,.0f} MACs × "
        f"{pictures} × {epochs}{total}{minutes}"
    )


def _strata(balance: Balance) -> str:
    low, high = balance.edges[0], balance.edges[-1]
    counts = " ".join(str(count) for count in balance.counts)
    random = " ".join(f"{count:.1f}" for count in balance.random_counts)
    return (
        f"{balance.over} from {low:,.0f} to {high:,.0f} in {len(balance.counts)} strata: "
        f"{counts} (random designs: {random})"
    )


def _criterion(balance: Balance) -> str:
    parts = ", ".join(
        f"{factor_label(name)} {abs(rho):.2f} (random {balance.random[name]:.2f})"
        for name, rho in balance.correlations.items()
    )
    return (
        f"|ρ| of {balance.over} with {parts}; mean {balance.criterion:.2f} against "
        f"{balance.random_criterion:.2f}, the mean of {balance.random_designs} random designs"
    )
