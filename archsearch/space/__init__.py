"""Search spaces: domains over a family, candidates, constraints and designs."""

from archsearch.space.candidates import Candidate, Rejection, SearchSpace, fixed_values
from archsearch.space.cost import predicted_cost
from archsearch.space.designs import PROPOSALS_PER_TRIAL, Design, draw_design
from archsearch.space.domains import Value, configurations, domain_size, domain_values, draw
from archsearch.space.power import (
    FEWEST_FOR_VERDICT,
    Headline,
    comparable,
    detectable_correlation,
)
from archsearch.space.summary import (
    SpaceSummary,
    Spread,
    sample_candidates,
    study_design,
    summarize,
)
from archsearch.space.words import cost_line, design_lines

__all__ = [
    "FEWEST_FOR_VERDICT",
    "PROPOSALS_PER_TRIAL",
    "Candidate",
    "Design",
    "Headline",
    "Rejection",
    "SearchSpace",
    "SpaceSummary",
    "Spread",
    "Value",
    "comparable",
    "configurations",
    "cost_line",
    "design_lines",
    "detectable_correlation",
    "domain_size",
    "domain_values",
    "draw",
    "draw_design",
    "fixed_values",
    "predicted_cost",
    "sample_candidates",
    "study_design",
    "summarize",
]
