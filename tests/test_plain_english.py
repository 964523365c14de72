"""Texts for people keep to plain English: phrases that readers stumbled over don't come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("s*s/*.yaml")])
CODE = sorted((ROOT / "archsearch").rglob("*.py"))
OLD_PAGES = {"CHANGELOG.md"}
"""What was released is told as it was told then."""

STUMBLED_OVER = {
    r"\bgo(?:es)? along with\b": "correlates with",
    r"\b(?:says|say|tells) nothing (?:to|of)\b": "doesn't use, doesn't show",
    r"\b(?:trainings|they) are dear\b": "are expensive",
    r"\bas EXIF says\b": "according to EXIF",
    r"\bgoes for all\b": "applies to all",
    r"\b(?:held|holds?) (?:\w+ )?against (?:each|the|others)\b": "compared with",
    r"\bdon[’']t compare\b": "can't be compared",
    r"\bwants? back\b": "the target",
    r"\bfor want of\b": "for lack of",
    r"\bnothing that ended\b": "nothing that finished",
    r"\bis there (?:twice|already)\b": "appears twice, exists already",
    r"\bpassed over\b": "skipped",
    r"\bnot? \w+ any ?more\b": "no longer",
    r"\bone look alone\b": "without correction",
}
"""Each with what is written in its place."""


def stumbles(text: str) -> set[str]:
    found = (re.search(phrase, text) for phrase in STUMBLED_OVER)
    return {match[0] for match in found if match}


def strings(path: Path) -> Iterator[str]:
    """Messages, help texts and docstrings of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield " ".join(node.value.split())


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p.name not in OLD_PAGES], ids=lambda p: p.name
)
def test_pages_keep_to_plain_english(page: Path) -> None:
    assert stumbles(" ".join(page.read_text(encoding="utf-8").split())) == set()


def test_messages_and_docstrings_keep_to_plain_english() -> None:
    found = {
        str(path.relative_to(ROOT)): told
        for path in CODE
        if (told := set().union(*(stumbles(text) for text in strings(path))))
    }
    assert found == {}


def test_a_phrase_would_be_found() -> None:
    assert stumbles("latent size goes along with depth, when trainings are dear") == {
        "goes along with",
        "trainings are dear",
    }
