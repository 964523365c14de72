"""archsearch: declarative architecture search for convolutional autoencoders.

``load(path).plan()`` gives a plan, ``build(plan)`` the torch module, ``fit``
trains one, ``run_study`` searches a space, ``write_report`` tells what was
found, and ``apply_run`` puts pictures of one's own through a trained net.
``from_torch`` makes a spec of a torch module.
Importing archsearch loads no torch; what needs it is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archsearch import errors
from archsearch.config.model import Model, load
from archsearch.config.study_file import StudyFile, load_study
from archsearch.extensions import extended
from archsearch.spec import ModelPlan

if TYPE_CHECKING:
    from archsearch.apply import apply_run
    from archsearch.data import load_pictures
    from archsearch.importing import from_torch
    from archsearch.nn import build
    from archsearch.report import write_report
    from archsearch.study import run_study
    from archsearch.train import fit

__all__ = [
    "Model",
    "ModelPlan",
    "StudyFile",
    "__version__",
    "apply_run",
    "build",
    "errors",
    "extended",
    "fit",
    "from_torch",
    "load",
    "load_pictures",
    "load_study",
    "run_study",
    "write_report",
]

__version__ = "0.1.0"

_LAZY = {
    "apply_run": "archsearch.apply",
    "build": "archsearch.nn",
    "fit": "archsearch.train",
    "from_torch": "archsearch.importing",
    "load_pictures": "archsearch.data",
    "run_study": "archsearch.study",
    "write_report": "archsearch.report",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'archsearch' has no attribute {name!r}")
