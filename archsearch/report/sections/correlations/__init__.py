"""What correlates with the error: latent size and its rivals, by several measures."""

from archsearch.report.sections.correlations.numbers import (
    SizeCorrelations,
    compute,
    corrected,
    rivals_json,
    to_json,
)
from archsearch.report.sections.correlations.section import is_ahead, section
from archsearch.report.sections.correlations.warnings import confounders

__all__ = [
    "SizeCorrelations",
    "compute",
    "confounders",
    "corrected",
    "is_ahead",
    "rivals_json",
    "section",
    "to_json",
]
