"""Where a space can't tell latent size from something else, said before any training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from archsearch.config import PLANNED
from archsearch.space.balance import HEIGHT_WIDTH, Balance

__all__ = ["factor_label", "support_notes"]

CONFOUNDED = 0.3
"""|ρ| that is left in the best design found, from which on it is said."""
LITTLE_COMMON = 1 / 3
"""Share of the log range that all levels of a factor have, below which it is said."""
LEVELS = 8
_LABELS = {
    **{each.name: each.label for each in PLANNED},
    **{each.column: each.label for each in PLANNED},
}
_LABELS[HEIGHT_WIDTH] = _LABELS["latent.area"]

Floats = NDArray[np.float64]


def support_notes(x: Floats, factors: Mapping[str, Floats], balance: Balance) -> tuple[str, ...]:
    """Factors that no choice of candidates tells apart, and those whose levels share few sizes.

    Args:
        x: what is spread (``balance.over``), of each candidate that could be chosen.
        factors: what it is to be told apart from.
        balance: of the best design found.
    """
    over = balance.over
    shown = _LABELS[over]
    notes = [
        f"the space can't separate {shown} from {factor_label(name)}: "
        f"ρ is {rho:.2f} in the best design found"
        for name, rho in balance.correlations.items()
        if abs(rho) >= CONFOUNDED
    ]
    for name, values in factors.items():
        found = _common(x, values)
        if found is not None:
            notes.append(f"{shown} and {factor_label(name)}: {found}")
    return tuple(notes)


def factor_label(factor: str) -> str:
    """A factor's name for people.

    Example:
        >>> factor_label("latent_height_width"), factor_label("encoder_depth")
        ('latent height×width', 'encoder depth')
    """
    return _LABELS.get(factor) or factor.replace("_", " ")


def _common(x: Floats, values: Floats) -> str | None:
    """Where the ranges at all levels of a factor overlap little, said with numbers."""
    if x.min() == x.max():
        return None
    levels = _levels(values)
    if len(levels) < 2:
        return None
    spans = [(name, float(x[inside].min()), float(x[inside].max())) for name, inside in levels]
    low, high = max(span[1] for span in spans), min(span[2] for span in spans)
    share = np.log(max(high, low) / low) / np.log(x.max() / x.min())
    if share >= LITTLE_COMMON:
        return None
    ranges = ", ".join(f"{name}: {_told(a)}–{_told(b)}" for name, a, b in spans)
    if high < low:
        return f"no value occurs at every level ({ranges}), so none can compare all levels"
    return (
        f"only the range {_told(low)}–{_told(high)} occurs at every level ({ranges}); "
        "outside it, only extrapolation separates their effects"
    )


def _told(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:.3g}"


def _levels(values: Floats) -> list[tuple[str, NDArray[np.bool_]]]:
    """The values of a factor that has few, else its lowest and highest third."""
    unique = np.unique(values)
    if len(unique) <= LEVELS:
        return [(_told(value), values == value) for value in unique]
    low, high = np.quantile(values, [1 / 3, 2 / 3])
    return [(f"up to {_told(low)}", values <= low), (f"from {_told(high)}", values >= high)]
