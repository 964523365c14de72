"""The log–log line of error over latent size, and a knee in it if the data show one.

The bent line is continuous, with one change of slope at a latent size that is
searched among those between the architectures. Searching favours a bend, so
its evidence is the largest F over all candidates against that largest F where
there is none: residuals of the straight line, drawn with replacement, on the
straight line (Andrews 1993; Hansen 1996). A knee is reported only at p < 0.05,
corrected for all that was looked for after the fact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.resampling import resample_weights

__all__ = ["FEWEST_FOR_KNEE", "Knee", "Line", "find_knee", "fit_line"]

Floats = npt.NDArray[np.float64]

FEWEST_FOR_KNEE = 12
_LEAST_SIDE = 4
_MOST_CANDIDATES = 60
_SIMULATIONS = 1999


class Line(NamedTuple):
    """log MSE = intercept + slope · log latent; ``spread`` is the residuals' deviation."""

    intercept: float
    slope: float
    spread: float
    r_squared: float


class Knee(NamedTuple):
    """The best bent line: latent size of the bend with its interval, slopes, evidence.

    ``p_holm`` is ``p`` corrected for all that was looked for after the fact, None until
    it is.
    """

    latent: float
    low: float
    high: float
    slope_before: float
    slope_after: float
    intercept: float
    p: float
    p_holm: float | None = None

    @property
    def shown(self) -> bool:
        """Whether the data show it."""
        return is_shown(self.p_holm)


def fit_line(latent_n: npt.ArrayLike, mse_n: npt.ArrayLike) -> Line | None:
    """The least-squares line on log axes; None for fewer than three sizes and errors."""
    x, y = (np.log(np.asarray(each, dtype=np.float64)) for each in (latent_n, mse_n))
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    slope, intercept = np.polyfit(x, y, 1)
    left = y - intercept - slope * x
    spread = float(np.sqrt(left @ left / max(len(x) - 2, 1)))
    explained = 1 - float(left @ left) / float(((y - y.mean()) ** 2).sum())
    return Line(float(intercept), float(slope), spread, explained)


def find_knee(latent_n: npt.ArrayLike, mse_n: npt.ArrayLike, *, seed: int = 0) -> Knee | None:
    """The best continuous bend, with its evidence; None where there is no room for one.

    Room means :data:`FEWEST_FOR_KNEE` architectures, and four of them, of two
    sizes, on either side.
    """
    x, y = (np.log(np.asarray(each, dtype=np.float64)) for each in (latent_n, mse_n))
    candidates = _candidates(x)
    if not len(candidates) or np.ptp(y) == 0:
        return None
    rng = np.random.default_rng([seed, 4])
    line = np.column_stack([np.ones_like(x), x])
    hinges_Kn = _residual(line, np.maximum(x - candidates[:, None], 0))
    hinges_Kn /= np.linalg.norm(hinges_Kn, axis=1, keepdims=True)
    left = _residual(line, y[None])[0]
    gains = (hinges_Kn @ left) ** 2
    place = int(gains.argmax())
    low, high = _interval(x, y, candidates, rng)
    first, before, turn = _bent(x, y, candidates[place])
    bend = float(np.exp(candidates[place]))
    return Knee(
        latent=bend,
        low=min(low, bend),
        high=max(high, bend),
        slope_before=before,
        slope_after=before + turn,
        intercept=first,
        p=_evidence(line, hinges_Kn, left, rng),
    )


def _candidates(x: Floats) -> Floats:
    """Middles between neighbouring sizes that leave enough on both sides, thinned to 60."""
    if len(x) < FEWEST_FOR_KNEE:
        return np.empty(0)
    sizes = np.unique(x)
    middles = (sizes[1:] + sizes[:-1]) / 2
    before = np.searchsorted(np.sort(x), middles)
    places = np.arange(1, len(sizes))
    room = (np.minimum(before, len(x) - before) >= _LEAST_SIDE) & (
        np.minimum(places, len(sizes) - places) >= 2
    )
    kept = middles[room]
    return (
        kept[np.unique(np.linspace(0, len(kept) - 1, _MOST_CANDIDATES).round().astype(int))]
        if (len(kept))
        else kept
    )


def _residual(design: Floats, rows_Bn: Floats) -> Floats:
    basis, _ = np.linalg.qr(design)
    left: Floats = rows_Bn - (rows_Bn @ basis) @ basis.T
    return left


def _largest_f(hinges_Kn: Floats, left_Bn: Floats) -> Floats:
    gain_B = ((left_Bn @ hinges_Kn.T) ** 2).max(axis=1)
    total_B = np.einsum("bn,bn->b", left_Bn, left_Bn)
    freedom = left_Bn.shape[1] - 3
    largest: Floats = gain_B / np.maximum(total_B - gain_B, 1e-300) * freedom
    return largest


def _evidence(line: Floats, hinges: Floats, left: Floats, rng: np.random.Generator) -> float:
    n = len(left)
    rows = _SIMULATIONS if n <= 2000 else 199
    drawn = left[rng.integers(0, n, size=(rows, n))]
    null = _largest_f(hinges, _residual(line, drawn))
    hits = np.count_nonzero(null >= _largest_f(hinges, left[None])[0])
    return float((1 + hits) / (1 + rows))


def _bent(x: Floats, y: Floats, bend: float) -> tuple[float, float, float]:
    design = np.column_stack([np.ones_like(x), x, np.maximum(x - bend, 0)])
    first, before, turn = np.linalg.lstsq(design, y, rcond=None)[0]
    return float(first), float(before), float(turn)


def _interval(
    x: Floats, y: Floats, candidates: Floats, rng: np.random.Generator
) -> tuple[float, float]:
    """Where the bend falls in the central 95 % of resamples of architectures."""
    bends = []
    for weights_Bn in resample_weights(len(x), 200 if len(x) <= 2000 else 40, rng):
        for weights in weights_Bn:
            root = np.sqrt(weights)
            line = np.column_stack([root, x * root])
            hinges = _residual(line, np.maximum(x - candidates[:, None], 0) * root)
            norms = np.linalg.norm(hinges, axis=1)
            left = _residual(line, (y * root)[None])[0]
            gains = (hinges @ left) ** 2 / np.where(norms > 1e-9, norms, np.inf) ** 2
            bends.append(candidates[int(gains.argmax())])
    low, high = np.exp(np.quantile(bends, [0.025, 0.975]))
    return float(low), float(high)
