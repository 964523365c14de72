"""What people call in scripts and notebooks: it tells what it does, and plots what came of it.

::

    fit, run_study            train.fit and study.run_study, with the progress of the command line
    load_results              a stored study ─▶ its record, for the frames of ``records``
    plot_curves, plot_latent  the report's figures on matplotlib axes
    show_pictures             pictures of a run, a source or an array

Imports torch only where something is trained or loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archsearch.interactive.plots import plot_curves, plot_latent
    from archsearch.interactive.shown_pictures import show_pictures
    from archsearch.interactive.studies import load_results, run_study
    from archsearch.interactive.training import fit

__all__ = ["fit", "load_results", "plot_curves", "plot_latent", "run_study", "show_pictures"]

_MODULES = {
    "fit": "training",
    "load_results": "studies",
    "plot_curves": "plots",
    "plot_latent": "plots",
    "run_study": "studies",
    "show_pictures": "shown_pictures",
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"archsearch.interactive.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
