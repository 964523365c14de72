"""The figures of runs and studies on matplotlib axes; drawn by the report's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archsearch.arguments import require_type
from archsearch.errors import InputError
from archsearch.records import StudyRecord
from archsearch.records.run_figures import as_plain_text, draw_errors
from archsearch.report.findings import shown_trials
from archsearch.report.first_screen.scatter import draw_latent
from archsearch.report.sections.training.curves_figure import draw_learning

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from archsearch.train import TrainedRun

__all__ = ["new_axes", "plot_curves", "plot_latent"]

_STUDY = 'give what archsearch.run_study or archsearch.load_results("NAME") returns'


def plot_curves(run: TrainedRun | StudyRecord, ax: Axes | None = None) -> Axes:
    """Plot errors over the epochs: MSE of RGB in [0, 1], on a log axis.

    Of a run, training and validation error beside its baselines. Of a study, the validation
    error of every trial (the mean over seeds), colored by latent size.

    Args:
        run: from ``archsearch.fit`` or ``archsearch.load_run``; or a study's results.
        ax: axes to draw on; None makes a new figure.

    Returns:
        The axes.

    Raises:
        ArgumentTypeError: ``run`` is something else.
        InputError: nothing was trained yet.

    Example:
        >>> run = archsearch.load_run("runs/kernel-5")  # doctest: +SKIP
        >>> archsearch.plot_curves(run).figure.savefig("curves.png")  # doctest: +SKIP
    """
    if isinstance(run, StudyRecord):
        _require_results(run)
        if not any(result.history for result in run.results):
            raise InputError(f"no trial of {run.name!r} has a history of epochs")
        axes = ax if ax is not None else new_axes(6.4, 4.2)
        draw_learning(axes, run)
        axes.set_title(f"{run.name}: validation error over epochs", loc="left")
    else:
        axes = _run_curves(run, ax)
    as_plain_text(axes)
    return axes


def _run_curves(run: TrainedRun, ax: Axes | None) -> Axes:
    from archsearch.train import TrainedRun  # loads torch, which a study's results don't need

    give = "give what archsearch.fit, archsearch.load_run or archsearch.run_study returns"
    require_type(run, (TrainedRun, StudyRecord), "plot_curves(run)", help=give)
    if not run.result.history:
        raise InputError("the run has no history of epochs", help="train it again")
    axes = ax if ax is not None else new_axes(7.6, 4.2)
    told = draw_errors(axes, run.result, run.plan.latent.size)
    axes.set_title("\n".join([run.plan.name, *told]), fontsize=9, loc="left")
    axes.legend(frameon=False, fontsize=9)
    return axes


def plot_latent(results: StudyRecord, ax: Axes | None = None) -> Axes:
    """Plot the validation error (MSE of RGB in [0, 1]) against the latent size, on log axes.

    One point a trial, the mean over its seeds, with a bar from the least to the largest; beside
    them what PCA of the same size reaches. Hollow points collapsed, or read past their latent.

    Args:
        results: from ``archsearch.run_study`` or ``archsearch.load_results``.
        ax: axes to draw on; None makes a new figure.

    Returns:
        The axes.

    Raises:
        ArgumentTypeError: ``results`` is something else.
        InputError: no trial has a result yet.

    Example:
        >>> results = archsearch.load_results("quickstart")  # doctest: +SKIP
        >>> archsearch.plot_latent(results).set_title("mine")  # doctest: +SKIP
    """
    require_type(results, StudyRecord, "plot_latent(results)", help=_STUDY)
    _require_results(results)
    shown = shown_trials(results)
    if shown.empty:
        raise _nothing(results)
    axes = ax if ax is not None else new_axes(6.4, 4.8)
    place_names = draw_latent(axes, shown, results)
    if ax is None:
        _lay_out(axes)
    place_names()
    axes.set_title(f"{results.name}: error against latent size", loc="left")
    as_plain_text(axes)
    return axes


def new_axes(width: float, height: float) -> Axes:
    """Axes in a figure of their own, of ``width`` × ``height`` inches, that notebooks show."""
    from matplotlib import pyplot

    _, axes = pyplot.subplots(figsize=(width, height), layout="constrained")
    return axes


def _lay_out(axes: Axes) -> None:
    """Give axes of a new figure their place, which decides where names fit."""
    from matplotlib.figure import Figure

    if isinstance(axes.figure, Figure):
        axes.figure.draw_without_rendering()


def _require_results(study: StudyRecord) -> None:
    if not study.results:
        raise _nothing(study)


def _nothing(study: StudyRecord) -> InputError:
    return InputError(
        f"no trial of {study.name!r} has a result yet",
        help=f"`archsearch study status {study.name}` shows its state",
    )
