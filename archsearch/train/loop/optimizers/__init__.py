"""torch's optimizers without its classes, and setting a step's rate."""

from archsearch.train.loop.optimizers.flat_adam import FlatAdam
from archsearch.train.loop.optimizers.functional import StepOptimizer, set_rate
from archsearch.train.loop.optimizers.make import flat_optimizer, make_optimizer, recordable

__all__ = [
    "FlatAdam",
    "StepOptimizer",
    "flat_optimizer",
    "make_optimizer",
    "recordable",
    "set_rate",
]
