"""A page beside the findings that it tells of, and how rules read numbers from its texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from archsearch.report.findings import Findings, find
from archsearch.report.pages.page import Page
from archsearch.report.pages.study import page_of
from archsearch.report.sections.blocks import Block, Chart, Drawing, PictureRows, Table, Text
from archsearch.report.subject import Subject
from tests.report.words import Said, said

NUMBER = r"([−+]?\d[\d,]*(?:\.\d+)?)"
_VALUE = rf"(?<![\w.,]){NUMBER}( %)?"
_BEFORE = r"(?:, 95 % interval | \((?:95 % interval )?)"
_WITH_INTERVAL = re.compile(rf"{_VALUE}{_BEFORE}{NUMBER}(?: %)? to {NUMBER}( %)?")


class Shown(NamedTuple):
    """A number with its interval, as a text shows them: correlations, or percent."""

    text: str
    value: float
    low: float
    high: float
    percent: bool

    @property
    def clear(self) -> bool:
        """Whether readers see that the interval excludes 0."""
        return self.low * self.high > 0


class Sentence(NamedTuple):
    """One sentence, and the text that it stands in."""

    text: str
    of: Said


@dataclass(frozen=True)
class Told:
    """What was found, and the page on it."""

    findings: Findings
    page: Page

    @cached_property
    def texts(self) -> list[Said]:
        """Every text of the page."""
        return said(self.page)

    @cached_property
    def prose(self) -> list[Said]:
        """Those that aren't in tables, lists of facts or the glossary."""
        return [
            each
            for each in self.texts
            if (each.prose or each.kind == "label") and each.kind != "term"
        ]

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Of the prose."""
        return [
            Sentence(part, each)
            for each in self.prose
            for part in re.split(r"(?<=[.!?]) (?=[A-Z0-9“])", each.text)
        ]

    @property
    def answer(self) -> str:
        """The sentence that the page opens with."""
        texts = [block.text for block in self.page.answer.blocks if isinstance(block, Text)]
        return next((text for text in texts if text.startswith("No answer on")), texts[0])

    def blocks(self, *kinds: type[Block]) -> Iterator[Block]:
        """All blocks of some kinds, those under the answer first."""
        sections = (block for section in self.page.sections for block in section.blocks)
        for block in (*self.page.first, *sections):
            if isinstance(block, kinds):
                yield block

    @property
    def drawings(self) -> list[Drawing]:
        """Every figure, the main one first."""
        blocks = self.blocks(Chart, Drawing)
        return [block.drawing if isinstance(block, Chart) else block for block in blocks]

    @property
    def tables(self) -> list[Table]:
        """Every table."""
        return [block for block in self.blocks(Table) if isinstance(block, Table)]

    @property
    def pictures(self) -> list[PictureRows]:
        """Every block of pictures."""
        return [block for block in self.blocks(PictureRows) if isinstance(block, PictureRows)]


def told(subject: Subject) -> Told:
    """The page of a subject, its figures not drawn."""
    findings = find(subject)
    return Told(findings, page_of(findings))


class Rule(NamedTuple):
    """A claim of every page; ``broken`` tells of each place where it doesn't hold."""

    name: str
    claim: str
    broken: Callable[[Told], Iterator[str]]


RULES: list[Rule] = []


def rule(claim: str) -> Callable[[Callable[[Told], Iterator[str]]], Rule]:
    """Makes a rule of a function that yields what breaks it."""

    def made(broken: Callable[[Told], Iterator[str]]) -> Rule:
        RULES.append(Rule(broken.__name__, claim, broken))
        return RULES[-1]

    return made


def real(text: str) -> float:
    """A number as the page writes it.

    Example:
        >>> real("−1,024.5"), real("+3")
        (-1024.5, 3.0)
    """
    return float(text.replace("−", "-").replace(",", "").replace("+", ""))


def with_interval(text: str) -> list[Shown]:
    """Every number with an interval in a text.

    Example:
        >>> [(found.value, found.low) for found in with_interval("ρ −0.5 (−0.8 to −0.1), 3 (2)")]
        [(-0.5, -0.8)]
    """
    return [
        Shown(match[0], real(match[1]), real(match[3]), real(match[4]), bool(match[2] or match[5]))
        for match in _WITH_INTERVAL.finditer(text)
    ]
