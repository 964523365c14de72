"""Training and prediction at the speed of the processor: pictures side by side in vectors."""

from archsearch.engine.run import Engine
from archsearch.engine.support import unsupported

__all__ = ["Engine", "unsupported"]
