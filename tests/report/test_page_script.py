"""What the page's script does beside the chart, and that the harness sees what it must see."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser import browsed
from tests.report.chart_page import chart_data, write_chart_page

COPIED = re.compile("^(Copied|Selected)$")
ODD = Path(__file__).with_name("odd_page.html")


@pytest.fixture
def opened(browser, tmp_path):
    with browsed(browser, write_chart_page(tmp_path, chart_data())) as page:
        yield page
        assert page.problems == []


def test_a_link_opens_the_folded_part_that_holds_its_target(opened):
    term = opened.page.locator("#pca")
    assert not term.is_visible()
    opened.page.locator("a.term").click()
    assert term.is_visible()
    opened.page.locator("#glossary > summary").click()
    assert not term.is_visible()
    link, note = opened.page.locator("nav a"), opened.page.locator("#trials .note")
    for _ in range(2):  # the second time the address stays as it is
        link.click()
        assert note.is_visible()
        opened.page.locator("#trials > summary").click()
        assert not note.is_visible()


def test_a_click_on_a_head_sorts_with_missing_values_last(opened):
    opened.page.locator("#trials > summary").click()
    head = opened.page.get_by_role("button", name="val MSE")
    for way in ("ascending", "descending"):
        head.click()
        texts = opened.page.locator("#trials tbody td:last-child").all_text_contents()
        values = [float(text) for text in texts[:-1]]
        assert texts[-1] == "–"
        assert values == sorted(values, reverse=way == "descending")
        assert head.locator("xpath=..").get_attribute("aria-sort") == way


def test_printing_unfolds_and_folds_again(opened):
    folded = opened.page.locator("details:not([open])")
    before = folded.count()
    opened.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert (before, folded.count()) == (2, 0)
    opened.page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert folded.count() == before


def test_a_spec_is_copied_or_else_selected(opened):
    opened.page.locator("#glossary > summary").click()
    button = opened.page.locator("#glossary button.copy")
    button.click()
    button.filter(has_text=COPIED).wait_for()
    opened.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    button.click()
    button.filter(has_text="Selected").wait_for(timeout=5000)
    assert opened.page.evaluate("() => getSelection().toString()").strip() == "name: family"


def test_the_harness_sees_what_is_wrong(browser):
    with browsed(browser, ODD, width=390) as odd:
        assert odd.misplaced_texts() == [
            "clipped: this is cut off",
            "outside: goes past the edge of the window",
            "overlap: stands on it | Two words",
        ]
        assert odd.scroll_width() > 390
        assert odd.prose_words() == (7, 9)
        rules = {found.split(":")[0] for found in odd.violations()}
        assert rules == {"button-name", "color-contrast"}
        assert any("Content Security Policy" in problem for problem in odd.problems)
        assert any("example.invalid" in problem for problem in odd.problems)
