"""Does one end of the latent sizes carry the correlation, and does the line have a knee?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from archsearch.report.sections.correction import Look
from archsearch.report.sections.estimates import estimate_json, named_json
from archsearch.report.statistics.knee import Knee, Line, find_knee, fit_line
from archsearch.report.statistics.ranges import RangeLeft, leave_range_out

__all__ = ["Ranges", "compute", "corrected", "to_json"]


@dataclass(frozen=True)
class Ranges:
    """The correlation over parts of the latent sizes.

    Attributes:
        parts: ρ without each quarter of the sizes, then in each half.
        line: the log–log fit; None for fewer than three sizes.
        knee: its best bend, shown or not; None where there is no room for one.
    """

    parts: tuple[RangeLeft, ...]
    line: Line | None
    knee: Knee | None


def compute(architectures: pd.DataFrame, *, seed: int = 0) -> Ranges:
    """Over one row an architecture, with latent_size and val_mse."""
    latent = architectures["latent_size"].to_numpy(dtype=np.float64)
    mse = architectures["val_mse"].to_numpy(dtype=np.float64)
    return Ranges(
        leave_range_out(latent, mse, seed=seed),
        fit_line(latent, mse),
        find_knee(latent, mse, seed=seed),
    )


def corrected(found: Ranges, look: Look) -> Ranges:
    """With ``look`` of the p without each quarter, and of the knee's."""
    return replace(
        found,
        parts=tuple(
            one._replace(p_holm=look(one.estimate.p)) if one.left_out else one
            for one in found.parts
        ),
        knee=found.knee and found.knee._replace(p_holm=look(found.knee.p)),
    )


def to_json(found: Ranges) -> dict[str, object]:
    """For the details of ``summary.json``."""
    knee = found.knee
    return {
        "ranges": [
            {
                "latent_low": part.low,
                "latent_high": part.high,
                "left_out": part.left_out,
                "spearman": estimate_json(part.estimate),
                "p_holm": part.p_holm,
            }
            for part in found.parts
        ],
        "line": named_json(found.line),
        "knee": None if knee is None else {**(named_json(knee) or {}), "shown": knee.shown},
    }
