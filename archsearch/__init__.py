"""archsearch: declarative architecture search for convolutional autoencoders.

``load(path).plan()`` gives a plan, ``build(plan)`` the torch module. Importing
archsearch loads no torch; what needs it is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archsearch import errors
from archsearch.config.model import Model, load
from archsearch.spec import ModelPlan

if TYPE_CHECKING:
    from archsearch.nn import build

__all__ = ["Model", "ModelPlan", "__version__", "build", "errors", "load"]

__version__ = "0.1.0"

_LAZY = {"build": "archsearch.nn"}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'archsearch' has no attribute {name!r}")
