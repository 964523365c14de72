"""Nets that were written, and perhaps trained, in plain PyTorch: as specs, and as runs.

::

    module ─ record ─▶ steps ─ graph_of ─▶ layers ─ merge, arrange ─▶ spec ─ build ─▶ net
                                                                      weights copied, outputs compared
"""

from archsearch.importing.net import ImportedNet, from_torch

__all__ = ["ImportedNet", "from_torch"]
