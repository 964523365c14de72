"""What a design can find: the smallest correlation that it is likely to notice."""

from __future__ import annotations

import math

__all__ = ["detectable_correlation"]

_TWO_SIDED_5_PERCENT = 1.959964
_POWER_80_PERCENT = 0.841621


def detectable_correlation(architectures: int) -> float | None:
    """The smallest |ρ| that a two-sided test at 5 % finds with 80 % power.

    By Fisher's z = artanh ρ, whose standard error is 1/√(n − 3): |ρ| =
    tanh((1.96 + 0.84)/√(n − 3)). None for three architectures or fewer.

    Source:
        Fisher 1921, "On the probable error of a coefficient of correlation".

    Example:
        >>> round(detectable_correlation(48), 2)
        0.39
    """
    if architectures <= 3:
        return None
    return math.tanh((_TWO_SIDED_5_PERCENT + _POWER_80_PERCENT) / math.sqrt(architectures - 3))
