"""Training over time: is the answer stable over epochs, and have the nets converged?"""

from archsearch.report.sections.training.computed import compute, to_json
from archsearch.report.sections.training.section import section

__all__ = ["compute", "section", "to_json"]
