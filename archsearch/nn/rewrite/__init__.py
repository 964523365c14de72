"""Exact rewrites of a model: the same function and gradients, less work.

A model becomes a list of steps (``steps``, ``lower``); each pass of ``passes``
looks for one pattern in it and puts cheaper steps in its place. All parameters
stay those of the plain model.
"""

from archsearch.nn.rewrite.lower import lower
from archsearch.nn.rewrite.passes import PASSES, Applied, rewritten
from archsearch.nn.rewrite.phases import PhaseConvolve
from archsearch.nn.rewrite.steps import Step

__all__ = [
    "PASSES",
    "Applied",
    "PhaseConvolve",
    "Step",
    "lower",
    "rewritten",
]
