"""A watched study as lines for a terminal of a given size."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from archsearch.cli.study_text import study_lines
from archsearch.cli.text_scatter import BEST, ONE, SEVERAL, text_scatter
from archsearch.interactive.study_progress import duration
from archsearch.printable import count
from archsearch.streams import folded, shown

if TYPE_CHECKING:
    from archsearch.records import StudyRecord
    from archsearch.study.watched import WatchedStudy, WorkingOn

__all__ = ["place", "view"]

_MOST_BEST, _MOST_WORKERS = 4, 6
_LEAST_SCATTER, _MOST_SCATTER = 6, 18


def place(watched: WatchedStudy) -> str:
    """How far a study is, in a line."""
    record, left = watched.record, watched.seconds_left
    told = [f"{watched.done}/{watched.progress.total} trainings"]
    errors = _points(record)
    if errors:
        number, _, error = min(errors, key=lambda point: point[2])
        told.append(f"lowest {error:.5f} (trial {number})")
    told.append(count(len(watched.working), "worker") if watched.working else "no worker")
    if left is not None:
        told.append(f"{duration(left)} left")
    return ", ".join(told)


def view(watched: WatchedStudy, *, width: int, height: int) -> list[str]:
    """All that is shown of a study, in at most ``height`` lines.

    Args:
        watched: the study at a moment.
        width: columns of the terminal.
        height: its lines.
    """
    title, *best = study_lines(watched.record)
    done, total = watched.done, max(watched.progress.total, 1)
    full = round((width - 1) * done / total)
    named = [part for line in best for part in folded(shown(line), width - 1).split("\n")]
    above = [title, "━" * full + "·" * (width - 1 - full), place(watched), *named[:_MOST_BEST]]
    below = ["", *_workers(watched.working)]
    room = min(_MOST_SCATTER, height - len(above) - len(below) - 2)
    scatter = _scatter(watched.record, width, room) if room >= _LEAST_SCATTER else []
    return [*above, *scatter, *below][:height]


def _scatter(record: StudyRecord, width: int, height: int) -> list[str]:
    points = _points(record)
    if not points:
        return []
    lowest = min(range(len(points)), key=lambda i: points[i][2])
    pairs = [(float(size), error) for _, size, error in points]
    legend = f"validation MSE over latent size: {ONE} a trial, {SEVERAL} several, {BEST} the lowest"
    return ["", legend, *text_scatter(pairs, width=width - 1, height=height, best=lowest)]


def _points(record: StudyRecord) -> list[tuple[int, int, float]]:
    """Number, latent size and mean validation MSE of each trial that has a result."""
    return [
        (trial.number, trial.plan.latent_size, fmean(result.val.mse for result in trial.results))
        for trial in record.trials
        if trial.plan is not None and trial.results and trial.state != "infeasible"
    ]


def _workers(working: tuple[WorkingOn, ...]) -> list[str]:
    if not working:
        return ["no worker trains now"]
    told = [_worker(each) for each in working[:_MOST_WORKERS]]
    more = len(working) - len(told)
    return [*told, f"and {more} more"] if more else told


def _worker(each: WorkingOn) -> str:
    what = "draws the design" if each.trial is None else f"trial {each.trial} seed {each.seed}"
    size = "" if each.latent_size is None else f", latent {each.latent_size:,}"
    return f"worker {each.worker} on {each.host}: {what}{size}"
