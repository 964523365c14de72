"""The page's terms: few words, linked once, and in the documentation too."""

from __future__ import annotations

from pathlib import Path

from archsearch.report.pages.html import html
from archsearch.report.pages.page import Page
from archsearch.report.sections import glossary
from archsearch.report.sections.blocks import Section, Text
from tests.report.pages import Outline

DOCUMENTED = Path(__file__).parents[3] / "docs/glossary.md"


def test_it_has_two_hundred_words_at_most():
    words = [word for term in glossary.TERMS for word in f"{term.name} {term.text}".split()]
    assert len(words) <= 200


def test_each_term_is_documented_in_the_same_words():
    rows = DOCUMENTED.read_text("utf-8").splitlines()
    missing = [t.name for t in glossary.TERMS if f"| {t.name} | {t.text} |" not in rows]
    assert missing == []


def test_a_texts_first_use_of_a_term_in_any_form_is_a_link_to_it():
    forms = [form for term in glossary.TERMS for form in (term.name, *term.forms)]
    for term in glossary.TERMS:
        for form in (term.name, *term.forms):
            links = Outline(page(f"Of {form}, and {form}.")).values("href")
            anchors = [link for link in links if link.startswith("#term-")]
            assert len(anchors) == 1, form
            assert anchors[0].removeprefix("#") in Outline(page("")).values("id")
    assert len(forms) == len(set(forms))


def page(text: str) -> str:
    answer = Section("answer", "?", (Text(text),))
    return html(Page("report", "name", "", "", answer, (), (glossary.section(),)), {})
