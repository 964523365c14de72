"""Nets that were written, and perhaps trained, in plain PyTorch: as specs, and as runs.

::

    module ─ record ─▶ steps ─ graph_of ─▶ layers ─ merge, arrange ─▶ spec ─ build ─▶ net
                                            weights copied, outputs compared ─ save_run ─▶ run
"""

from archsearch.importing.file import load_weights_file, module_from_file
from archsearch.importing.net import ImportedNet, from_torch
from archsearch.importing.run import DATA, save_run

__all__ = [
    "DATA",
    "ImportedNet",
    "from_torch",
    "load_weights_file",
    "module_from_file",
    "save_run",
]
