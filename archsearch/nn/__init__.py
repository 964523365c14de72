"""From a plan to a torch model, and weights to and from a file.

``build`` is the plain reference: one small module a layer, nothing fused.
``compiled`` computes the same with less work; it trains wherever torch does.
"""

from archsearch.nn.compiled import CompiledAutoencoder, compiled
from archsearch.nn.initialization import initialize
from archsearch.nn.model import Autoencoder, build
from archsearch.nn.rewrite import Applied
from archsearch.nn.weights import load_weights, save_weights

__all__ = [
    "Applied",
    "Autoencoder",
    "CompiledAutoencoder",
    "build",
    "compiled",
    "initialize",
    "load_weights",
    "save_weights",
]
