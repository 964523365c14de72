"""A thousand trials, and ten thousand: from records and a database to a page, in time."""

from __future__ import annotations

import sqlite3
import time
import warnings
from contextlib import closing
from pathlib import Path

import pytest

from archsearch.records import StudyRecord, load_study
from archsearch.report import ReportFiles, write_report
from tests.records.storage import stored
from tests.report.pages import only_the_chart
from tests.synthetic import StudyRecipe, synthetic_study

COPIES = 50


def multiplied(study: StudyRecord, path: Path, copies: int) -> str:
    """The study in a database with each trial ``copies`` times, copied by SQL."""
    many = study.model_copy(update={"planned": study.planned * copies})
    url = stored(many, path)
    with closing(sqlite3.connect(path)) as database, database:
        (trials,) = database.execute("SELECT COUNT(*) FROM trials").fetchone()
        for copy in range(1, copies):
            shift = copy * trials
            database.execute(
                "INSERT INTO trials SELECT trial_id + ?, number + ?, study_id, state, "
                "datetime_start, datetime_complete FROM trials WHERE trial_id <= ?",
                (shift, shift, trials),
            )
            database.execute(
                "INSERT INTO trial_user_attributes (trial_id, key, value_json) SELECT "
                "trial_id + ?, key, CASE key WHEN 'slot' THEN CAST(value_json AS INT) + ? "
                "WHEN 'plan' THEN replace(value_json, '\\\"key\\\":\\\"', '\\\"key\\\":\\\"' || ?) "
                "ELSE value_json END FROM trial_user_attributes WHERE trial_id <= ?",
                (shift, shift, f"{copy}-", trials),
            )
    return url


def timed(trials: int, copies: int, folder: Path) -> tuple[float, ReportFiles]:
    recipe = StudyRecipe(complete=trials - 6, failed=3, pruned=3, epochs=10)
    url = multiplied(synthetic_study(recipe), folder / "studies.db", copies)
    start = time.process_time()  # a busy machine is no slow report
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = write_report(load_study(url, "synthetic"), folder / "report")
    return time.process_time() - start, written


def test_many_trials_come_through_a_database(tmp_path, monkeypatch):
    only_the_chart(monkeypatch)
    _, written = timed(20, 4, tmp_path)
    summary = written.summary
    assert summary["trials"]["complete"] == 56
    assert summary["trials"]["failed"] == 12
    assert summary["correlations"]["latent_size"]["spearman"]["n"] == 56


@pytest.mark.full
def test_ten_thousand_trials_take_less_than_a_minute_and_fit(tmp_path):
    seconds, written = timed(200, COPIES, tmp_path)
    print(f"{seconds:.1f} s")
    assert sum(written.summary["trials"].values()) == 10_000
    assert seconds < 50
    assert written.index.stat().st_size < 3_000_000


@pytest.mark.full
def test_a_thousand_trials_are_quick_and_fit(tmp_path):
    study = synthetic_study(StudyRecipe(complete=1000))
    start = time.process_time()  # a busy machine is no slow report
    written = write_report(study, tmp_path)
    assert time.process_time() - start < 8
    assert written.index.stat().st_size < 3_000_000
