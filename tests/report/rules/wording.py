"""How much there is to read, and that no text has slipped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from archsearch.report.sections.blocks import Items
from tests.report.rules.told import Told, rule
from tests.report.words import prose_words

MOST_OPEN = 250
MOST_IN_ALL = 1200

_COUNTED = r"(?:net|run|trial|architecture|seed|epoch|picture|number|group|pair)"
SLIPS = {
    r"\b(?:None(?! of)|nan|True|False)\b": "a value of Python",
    r"(?<![\w-])[-+−]?inf(?![\w-])": "an infinite number",
    r"(?<! )  (?! )": "two spaces",
    rf"(?<![\d.,−])1 {_COUNTED}s\b": "1 of many",
    r"\b0 (?:comparisons|architectures|nets|runs|trials)\b": "none of many",
    r"(?<![\d.,−])1 (?:studies|are|have)\b": "1 of many",
    rf"\b(?:[2-9]|\d{{2,}}) {_COUNTED}\b(?! of)": "many of one",
    r"(?<![\w)–])-\d": "a hyphen for a minus",
    r"−0(?:\.0+)?(?![\d.,])": "minus nothing",
    r"\d\.\d{7,}": "digits nobody reads",
    r"\(\s*\)|\[\s*\]": "empty brackets",
    r" [,.;:](?= |$)|,,|;;|\.\.(?!\.)|,\.": "signs that slipped",
    r"\{\w*\}|<\w+ object": "a template",
}


@rule(f"At most {MOST_OPEN} words of prose stand open.")
def open_prose(page: Told) -> Iterator[str]:
    found = prose_words(page.page, folded=False)
    if found > MOST_OPEN:
        yield f"{found} words"


@rule(f"A page has at most {MOST_IN_ALL} words of prose.")
def all_prose(page: Told) -> Iterator[str]:
    found = prose_words(page.page, folded=True)
    if found > MOST_IN_ALL:
        yield f"{found} words"


@rule("Each warning stands once.")
def warnings_once(page: Told) -> Iterator[str]:
    codes = [warning.code for section in page.page.sections for warning in section.warnings]
    codes += [
        item.code
        for block in page.blocks(Items)
        if isinstance(block, Items)
        for item in block.items
        if item.code
    ]
    for code, times in Counter(codes).items():
        if times > 1:
            yield f"{code} {times} times"


@rule("Every figure has a title, a text for those who don't see it, and a name of its own.")
def figures_have_titles(page: Told) -> Iterator[str]:
    for drawing in page.drawings:
        if not drawing.title.strip() or not drawing.alt.strip():
            yield drawing.name
    names = [drawing.name for drawing in page.drawings] + [each.name for each in page.pictures]
    yield from (name for name, times in Counter(names).items() if times > 1)
    anchors = [section.name for section in (page.page.answer, *page.page.sections)]
    yield from (name for name, times in Counter(anchors).items() if times > 1)


@rule("No text shows how it was made.")
def no_slips(page: Told) -> Iterator[str]:
    users = _texts_of_the_user(page)
    for each in page.texts:
        if each.section in ("header", "run") or each.text in users:
            continue
        for slip, what in SLIPS.items():
            found = re.search(slip, each.text)
            if found:
                yield f"{what} ({found[0]!r}): {each.section}, {each.kind}: “{each.text}”"


def _texts_of_the_user(page: Told) -> set[str]:
    return {page.page.name, page.page.description}


@rule("Every sentence starts with a capital or a number and ends.")
def whole_sentences(page: Told) -> Iterator[str]:
    for each in page.prose:
        whole = re.match(r"[A-Z0-9“‘(−ρΔ\[].*[.!?:]$", each.text, re.DOTALL)
        named = each.text.startswith(tuple(page.findings.subject.names.values()))
        whole = whole or (named and each.text.endswith("."))
        if each.kind == "sentence" and each.section != "header" and not whole:
            yield f"{each.section}: “{each.text}”"


@rule("Files that are named lie beside the page.")
def files_exist(page: Told) -> Iterator[str]:
    table = "runs.csv" if page.findings.subject.kind == "runs" else "trials.csv"
    beside = {"index.html", "report.md", "summary.json", "epochs.csv", table}
    for each in page.prose:
        for name in re.findall(r"\b\w+\.(?:csv|json|html|md)\b", each.text):
            if name not in beside:
                yield f"{name} in “{each.text}”"


@rule("Nothing that stands on the page is empty.")
def nothing_empty(page: Told) -> Iterator[str]:
    for section in page.page.sections:
        if not section.blocks and not section.warnings:
            yield f"the section {section.name}"
    for table in page.tables:
        if not table.rows:
            yield f"the table {table.name}"
        if any(len(row.cells) != len(table.columns) for row in table.rows):
            yield f"a row of the table {table.name} has more or fewer cells than columns"
