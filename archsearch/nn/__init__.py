"""From a plan to a torch model, and weights to and from a file.

``build`` is the plain reference: one small module a layer, nothing fused.
"""

from archsearch.nn.model import Autoencoder, build
from archsearch.nn.weights import load_weights, save_weights

__all__ = ["Autoencoder", "build", "load_weights", "save_weights"]
