"""archsearch: declarative architecture search for convolutional autoencoders.

``load(path).plan()`` gives a plan, ``build(plan)`` the torch module, ``fit``
trains one, ``load_run`` reads back what ``archsearch train`` wrote, and
``apply_run`` puts pictures of one's own through a trained net. ``run_study``
searches a space, ``load_results`` reads its results back, ``trials_frame`` and
``epochs_frame`` give them as pandas frames, ``write_report`` tells what was found;
``plot_curves``, ``plot_latent`` and ``show_pictures`` draw on matplotlib axes.
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
    from archsearch.interactive import (
        fit,
        load_results,
        plot_curves,
        plot_latent,
        run_study,
        show_pictures,
    )
    from archsearch.nn import build
    from archsearch.records import epochs_frame, trials_frame
    from archsearch.report import write_report
    from archsearch.train import load_run

__all__ = [
    "Model",
    "ModelPlan",
    "StudyFile",
    "__version__",
    "apply_run",
    "build",
    "epochs_frame",
    "errors",
    "extended",
    "fit",
    "from_torch",
    "load",
    "load_pictures",
    "load_results",
    "load_run",
    "load_study",
    "plot_curves",
    "plot_latent",
    "run_study",
    "show_pictures",
    "trials_frame",
    "write_report",
]

__version__ = "0.1.0"

_LAZY = {
    "apply_run": "archsearch.apply",
    "build": "archsearch.nn",
    "epochs_frame": "archsearch.records",
    "fit": "archsearch.interactive",
    "from_torch": "archsearch.importing",
    "load_pictures": "archsearch.data",
    "load_results": "archsearch.interactive",
    "load_run": "archsearch.train",
    "plot_curves": "archsearch.interactive",
    "plot_latent": "archsearch.interactive",
    "run_study": "archsearch.interactive",
    "show_pictures": "archsearch.interactive",
    "trials_frame": "archsearch.records",
    "write_report": "archsearch.report",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'archsearch' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
