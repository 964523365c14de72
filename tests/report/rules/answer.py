"""The verdict follows from the interval beside it, and nothing on the first screen denies it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archsearch.report.first_screen.answer import answer_sentence
from archsearch.report.verdict import LITTLE_CHANGE, LITTLE_RHO
from tests.report.rules.told import Shown, Told, rule, with_interval
from tests.report.words import words

OPENINGS = {
    "Yes": "yes",
    "Yes, but the other way": "yes",
    "Little or none": "little",
    "Not shown": "not-shown",
    "Too few": "too-few",
    "Not comparable": "too-few",
    "No answer": "too-few searched",
    "No answer on latent size": "too-few searched",
}
MOST_WORDS = 30


@rule("The answer's first words are the verdict.")
def verdict_opens(page: Told) -> Iterator[str]:
    opening = page.answer.partition(":")[0]
    if page.findings.answer.verdict not in OPENINGS.get(opening, ""):
        yield f"{page.findings.answer.verdict}, but “{page.answer}”"


@rule("The verdict follows from the interval in its sentence, as readers see it.")
def verdict_follows(page: Told) -> Iterator[str]:
    yield from contradicted(page.answer)
    for sentence in page.sentences:
        _, without, claim = sentence.text.partition("Without: ")
        if without:
            yield from contradicted(claim)


def contradicted(claim: str) -> Iterator[str]:
    """What a sentence claims that its own interval doesn't show."""
    opening, intervals = claim.partition(":")[0], with_interval(claim)
    if opening not in ("Yes", "Yes, but the other way", "Little or none", "Not shown"):
        return
    if len(intervals) != 1:
        yield f"no interval, or several: “{claim}”"
        return
    (shown,) = intervals
    if not shown.low <= shown.value <= shown.high:
        yield f"its value isn't in its interval: “{claim}”"
    if opening.startswith("Yes") != shown.clear or (
        opening == "Little or none" and not _is_little(shown)
    ):
        yield f"{opening} doesn't follow from {shown.low:g} to {shown.high:g}: “{claim}”"


def _is_little(shown: Shown) -> bool:
    most = 100 * LITTLE_CHANGE if shown.percent else LITTLE_RHO
    return -most <= shown.low and shown.high <= most


@rule("A falling error is called lower, a rising one higher, and only a shown one either.")
def direction_follows(page: Told) -> Iterator[str]:
    estimate, claims = page.findings.answer.estimate, [page.answer, page.drawings and _title(page)]
    for claim in filter(None, claims):
        down, up = (re.search(way, claim) for way in (r"\blower", r"\b(raise|higher)"))
        falls = estimate.value is not None and estimate.value < 0
        if (down and not falls) or (up and falls):
            yield f"{estimate.value} told as “{claim}”"
        if (down or up) and not (page.findings.answer.verdict == "yes" and estimate.clear):
            yield f"{page.findings.answer.verdict}, but “{claim}”"


@rule("The main figure's title has the answer's number with its interval, or none.")
def title_agrees(page: Told) -> Iterator[str]:
    if not page.drawings:
        return
    title, verdict = _title(page), page.findings.answer.verdict
    told, answered = (
        {found[:4] for found in map(_magnitudes, with_interval(text))}
        for text in (title, page.answer)
    )
    if verdict == "searched":
        if told and not title.startswith("Trials that a search chose"):
            yield f"nothing says that a search chose: “{title}”"
    elif told and told != answered:
        yield f"“{title}” over “{page.answer}”"


def _magnitudes(shown: Shown) -> Shown:
    """Without the value's text, which words around it may change."""
    return shown._replace(text="")


def _title(page: Told) -> str:
    return page.drawings[0].title


@rule(f"The answer has at most {MOST_WORDS} words.")
def answer_is_short(page: Told) -> Iterator[str]:
    if words(page.answer) > MOST_WORDS:
        yield f"{words(page.answer)} words: “{page.answer}”"


@rule("What is said of the answer without collapsed runs is what the others alone would say.")
def without_collapsed(page: Told) -> Iterator[str]:
    found = page.findings
    if not len(found.sample.collapsed):
        return
    alone = replace(
        found,
        answer=found.answer_without_collapsed,
        sample=found.sample.without_collapsed(),
        code_sample=found.code_sample.without_collapsed(),
        correlations=replace(found.correlations, sizes=found.correlations.without_collapsed),
    )
    expected = answer_sentence(alone)
    for sentence in page.prose:
        _, without, claim = sentence.text.partition("Without: ")
        if without and claim != expected:
            yield f"“{claim}” instead of “{expected}”"
        if re.search(
            r"without(?: \w+)*, the answer is the same", sentence.text, re.IGNORECASE
        ) and (expected.partition(":")[0] != page.answer.partition(":")[0]):
            yield f"“{sentence.text}” of “{page.answer}”, and without: “{expected}”"


@rule("An effect whose interval excludes 0 is only called not shown where a correction is named.")
def not_shown_follows(page: Told) -> Iterator[str]:
    for each in page.prose:
        denied = re.search(r"\b(?:not|n[’']t|none is|no \w+ is) shown\b", each.text, re.IGNORECASE)
        if denied and not re.search("correct", each.text):
            for part in re.split(r"[.;]", each.text[denied.start() :]):
                if any(found.clear for found in with_interval(part)):
                    yield f"“{each.text}”"
                    break


@rule("Nothing is surer than data can be.")
def never_too_sure(page: Told) -> Iterator[str]:
    sure = r"\b(?:has no effect|is no correlation|no correlation exists|prove[sn]?|certainly)\b"
    sure += r"|\b100 %.{0,20}100 to 100 %"
    denied = r"(?:n[’']t|not) (?:mean|say|show) that .*"
    for sentence in page.sentences:
        if re.search(sure, re.sub(denied, "", sentence.text)):
            yield f"“{sentence.text}”"
