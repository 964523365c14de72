"""Words of prose are counted alike on a page's data and on the HTML made of them."""

from __future__ import annotations

from functools import partial

import pytest

from archsearch.report.pages.drawn import Drawn
from archsearch.report.pages.html import html
from archsearch.report.pages.page import Page
from tests.report.rules import Told, told
from tests.report.varied import STUDIES, as_subject, changed, leaking, pictured
from tests.report.words import HtmlProse, prose_words, words
from tests.synthetic import StudyRecipe

MADE = {
    "pictures and skips": partial(
        changed,
        StudyRecipe(complete=8, failed=1, waiting=1),
        partial(leaking, lambda place: place < 2),
        pictured,
    ),
    "collapses": STUDIES["all collapsed"],
    "tasks": STUDIES["tasks"],
}


@pytest.fixture(scope="module", params=MADE)
def made(request: pytest.FixtureRequest) -> Told:
    return told(as_subject(MADE[request.param]()))


def written(page: Page, drawn: Told) -> str:
    """The page with an empty drawing in each figure's place."""
    return html(page, {each.name: Drawn(each, "<svg/>", b"") for each in drawn.drawings})


def test_data_and_html_have_the_same_words_of_prose(made: Told) -> None:
    found = HtmlProse(written(made.page, made))
    assert found.total == prose_words(made.page, folded=True)
    assert found.open == prose_words(made.page, folded=False)
    assert 50 < found.open < found.total


@pytest.mark.parametrize(
    ("text", "total", "shown"),
    [
        ("<p>one <b>two</b></p><li>three</li>", 3, 3),
        ("<h2>one</h2><table><tr><td>two</td></tr></table><p class='note'>three</p>", 2, 2),
        ("<details><summary><h2>one two</h2></summary><p>three</p></details><p>four</p>", 4, 3),
        ("<p>a <a>latent</a>’s size<br><small>b</small></p><pre>c</pre><dl><dt>d</dt></dl>", 4, 4),
        ("<dl class='terms'><dt>one</dt><dd>two</dd></dl>", 2, 2),
        (
            "<details><summary>one</summary>"
            "<details><summary>two</summary></details></details><p>three</p>",
            3,
            2,
        ),
        ("<p class='facts-line'>4 nets</p><figcaption>one <span class='files'>PNG</span>", 1, 1),
    ],
)
def test_words_of_html(text: str, total: int, shown: int) -> None:
    found = HtmlProse(text)
    assert (found.total, found.open) == (total, shown)


def test_numbers_are_words_and_signs_are_not() -> None:
    assert words("Yes: by 23 % (15 to 30 %) · done") == 7
    assert words("−0.42 — ρ") == 2
