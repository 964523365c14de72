"""Whether there is time for another training."""

from __future__ import annotations

from archsearch.study.store.progress import StudyProgress

__all__ = ["time_left_for_another"]


def time_left_for_another(minutes: float | None, progress: StudyProgress) -> bool:
    """Whether a training that starts now would end within the budget.

    The slowest one so far is the estimate, since none is cut short. Before
    the first has ended nothing is known, and one may start while time is left.

    Args:
        minutes: wall-clock of all runs of the study together; None: no limit.
        progress: what the study took so far.

    Example:
        >>> from archsearch.study.store.progress import StudyProgress
        >>> done = StudyProgress(
        ...     total=9, open=5, running=0, complete=4, failed=0, longest=40, seconds=90
        ... )
        >>> time_left_for_another(2, done), time_left_for_another(3, done)
        (False, True)
    """
    return minutes is None or progress.seconds + progress.longest < minutes * 60
