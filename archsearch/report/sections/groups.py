"""Does the correlation hold among architectures that share a trait?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from archsearch.report.sections.correction import Look
from archsearch.report.sections.estimates import estimate_json
from archsearch.report.statistics.effects import MOST_LEVELS
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.groups import Grouping, within_groups
from archsearch.report.statistics.rivals import RIVALS

__all__ = ["AREA", "compute", "corrected", "to_json"]

AREA = RIVALS["latent_area"]


def compute(
    architectures: pd.DataFrame, factors: tuple[Factor, ...], *, seed: int = 0
) -> tuple[Grouping, ...]:
    """Within groups by the latent's height×width, by encoder depth, and by each choice."""
    latent = architectures["latent_size"].to_numpy(dtype=np.float64)
    mse = architectures["val_mse"].to_numpy(dtype=np.float64)
    return within_groups(latent, mse, _groupings(architectures, factors), seed=seed)


def _groupings(table: pd.DataFrame, factors: tuple[Factor, ...]) -> dict[str, list[str]]:
    areas = zip(table["latent_height"], table["latent_width"], strict=True)
    groupings = {
        AREA: [f"{height:.0f}×{width:.0f}" for height, width in areas],
        "encoder depth": [f"{depth:.0f}" for depth in table["encoder_depth"]],
    }
    for factor in factors:
        if factor.kind == "choice" and len(factor.levels) <= MOST_LEVELS:
            groupings[factor.name] = [value or "unset" for value in factor.values]
    return groupings


def corrected(found: tuple[Grouping, ...], look: Look) -> tuple[Grouping, ...]:
    """With ``look`` of each p."""
    return tuple(one._replace(p_holm=look(one.within.p)) for one in found)


def to_json(found: tuple[Grouping, ...]) -> dict[str, object]:
    """For the details of ``summary.json``."""
    return {
        grouping.by: {
            "pooled": estimate_json(grouping.pooled),
            "within": estimate_json(grouping.within),
            "contrast": estimate_json(grouping.contrast),
            "p_holm": grouping.p_holm,
            "families": {one.label: estimate_json(one.estimate) for one in grouping.groups},
        }
        for grouping in found
    }
