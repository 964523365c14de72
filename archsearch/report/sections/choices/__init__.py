"""What depth, channels, kernel and the other searched choices do to the error."""

from archsearch.report.sections.choices.computed import (
    ChoiceEffects,
    Choices,
    compute,
    corrected,
    effects_json,
    to_json,
)
from archsearch.report.sections.choices.section import section

__all__ = [
    "ChoiceEffects",
    "Choices",
    "compute",
    "corrected",
    "effects_json",
    "section",
    "to_json",
]
