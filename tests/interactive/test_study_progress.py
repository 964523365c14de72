"""The time that a study will take."""

import pytest

from archsearch.interactive import study_progress
from archsearch.study import StudyEvent


def test_what_runs_beside_counts_for_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two workers one has ended its first training; the other is as far."""
    tally = study_progress._Tally()
    clock = iter((100.0, 120.0, 120.0))
    monkeypatch.setattr(study_progress.time, "monotonic", lambda: next(clock))
    tally.add(StudyEvent("ready", done=0, total=10))
    for worker in (0, 1):
        tally.add(StudyEvent("started", worker=worker, trial=worker, seed=0))
        tally.add(StudyEvent("epoch", worker=worker, trial=worker, seed=0, epoch=4, epochs=4))
    assert tally.seconds_left is None
    tally.add(StudyEvent("trained", worker=0, trial=0, seed=0, val_mse=0.1, seconds=20.0))
    assert tally.seconds_left == 80.0  # 8 of 10, at 10 s each
    tally.add(StudyEvent("trained", worker=1, trial=1, seed=0, val_mse=0.1, seconds=20.0))
    assert tally.seconds_left == 80.0
