"""What correlates with the error: latent size and its rivals, by several measures."""

from archsearch.report.sections.correlations.cautions import confounders
from archsearch.report.sections.correlations.numbers import (
    SizeCorrelations,
    compute,
    corrected,
    rivals_json,
    to_json,
)
from archsearch.report.sections.correlations.section import section

__all__ = [
    "SizeCorrelations",
    "compute",
    "confounders",
    "corrected",
    "rivals_json",
    "section",
    "to_json",
]
