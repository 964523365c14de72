"""The committed answers are those of the committed tables, and take little room."""

import re

from exercise.answers import answers
from tests.docs.blocks import ROOT

REPORTS = ROOT / "reports"
MOST_BYTES = 15_000_000


def test_every_number_of_the_answers_is_that_of_the_reports_beside_them() -> None:
    assert (REPORTS / "README.md").read_text(encoding="utf-8") == answers(REPORTS)


def test_each_report_and_figure_that_the_answers_name_is_there() -> None:
    page = (REPORTS / "README.md").read_text(encoding="utf-8")
    for place in re.findall(r"\]\(([^):]+)\)", page):
        assert (REPORTS / place).is_file(), place


def test_all_reports_take_little_room() -> None:
    assert sum(path.stat().st_size for path in REPORTS.rglob("*") if path.is_file()) < MOST_BYTES
