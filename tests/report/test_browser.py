"""Whole pages in a real browser: nothing overlaps, keys suffice, hostile texts run nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archsearch.report import write_comparison, write_report, write_runs_report
from tests.browser import browsed
from tests.report.colored import color_study
from tests.report.pages import HOSTILE, hostile_study
from tests.synthetic import StudyRecipe, synthetic_study

OPEN_WORDS, ALL_WORDS = 250, 1200
PHONE, DESK = 390, 1280
UNFOLD = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"


@pytest.fixture(scope="session")
def study_page(tmp_path_factory) -> Path:
    recipe = StudyRecipe(complete=24, collapsed=1, failed=1)
    return write_report(synthetic_study(recipe), tmp_path_factory.mktemp("study")).index


@pytest.fixture(scope="session")
def pages(study_page, exercise_folders, tmp_path_factory) -> dict[str, Path]:
    """A page of each kind."""

    def folder(name: str) -> Path:
        return tmp_path_factory.mktemp(name)

    three = synthetic_study(StudyRecipe(complete=3))
    studies = [synthetic_study(StudyRecipe(name="one")), synthetic_study(StudyRecipe(name="two"))]
    return {
        "study": study_page,
        "three trials": write_report(three, folder("three")).index,
        "thousand": write_report(synthetic_study(StudyRecipe(complete=1000)), folder("k")).index,
        "colors": write_report(color_study(synthetic_study()), folder("colors")).index,
        "runs": write_runs_report(exercise_folders, folder("runs")).index,
        "comparison": write_comparison(studies, folder("compared")).index,
    }


def faults(browser, page: Path) -> Iterator[str]:
    """What is wrong with a page, on a phone and on a desk, by day and by night."""
    for width in (PHONE, DESK):
        for dark in (False, True):
            with browsed(browser, page, width=width, dark=dark) as shown:
                shown.page.evaluate(UNFOLD)
                yield from shown.problems
                if shown.scroll_width() > width:
                    yield f"{width}: scrolls sideways to {shown.scroll_width()}"
                if not dark:
                    yield from (f"{width}: {text}" for text in shown.misplaced_texts())
                yield from (f"{width}: {text}" for text in shown.violations())


def too_many_words(browser, page: Path) -> Iterator[str]:
    with browsed(browser, page) as shown:
        words = shown.prose_words()
    if words.open > OPEN_WORDS:
        yield f"{words.open} words stand open"
    if words.all > ALL_WORDS:
        yield f"{words.all} words in all"


def test_a_page_of_a_study_has_no_fault(browser, study_page):
    assert [*faults(browser, study_page), *too_many_words(browser, study_page)] == []


@pytest.mark.full
@pytest.mark.parametrize("kind", ["three trials", "thousand", "colors", "runs", "comparison"])
def test_a_page_of_each_kind_has_no_fault(browser, pages, kind):
    assert [*faults(browser, pages[kind]), *too_many_words(browser, pages[kind])] == []


def test_keys_alone_lead_from_the_answer_to_a_spec(browser, study_page):
    with browsed(browser, study_page) as shown:
        for _ in range(30):
            shown.press("Tab")
            if shown.page.evaluate("() => document.activeElement.getAttribute('role')") == (
                "application"
            ):
                break
        shown.press("ArrowRight", "Enter")
        text = shown.page.evaluate("() => document.querySelector('#net pre').textContent")
        assert text.startswith("name:")
        assert shown.problems == []


def test_without_scripts_the_drawn_figures_stand_there(browser, study_page):
    with browsed(browser, study_page, scripts=False) as shown:
        assert shown.page.is_visible("#static-chart svg")
        assert not shown.page.query_selector("#chart svg")


def test_hostile_texts_run_nothing(browser, tmp_path):
    page = write_report(hostile_study(), tmp_path).index
    with browsed(browser, page) as shown:
        asked = []
        shown.page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
        shown.page.evaluate(UNFOLD)
        shown.page.wait_for_timeout(200)
        left = shown.page.content()
        assert asked == []
        assert shown.problems == []
        assert shown.page.locator("img[src=x]").count() == 0
        assert left.count("<script>") == 1
        assert HOSTILE.split(">")[0].replace("<", "&lt;") in left


def test_paper_shows_everything(browser, study_page, tmp_path):
    with browsed(browser, study_page) as shown:
        written = shown.pdf(tmp_path / "page.pdf")
        assert written.read_bytes().startswith(b"%PDF")
        shown.page.emulate_media(media="print")
        assert shown.page.is_visible("#static-chart svg")
        assert not shown.page.is_visible("#chart svg")
