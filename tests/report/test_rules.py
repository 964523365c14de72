"""No sentence of a page contradicts another, or its numbers: rules, over studies of every kind."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.report.rules import RULES, Rule, Told, told
from tests.report.varied import STUDIES, as_subject, drawn_study


@pytest.fixture(scope="module")
def pages() -> Mapping[str, Told]:
    return {name: told(as_subject(make())) for name, make in STUDIES.items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_page_keeps(rule: Rule, pages: Mapping[str, Told]) -> None:
    broken = [f"{name}: {one}" for name, page in pages.items() for one in rule.broken(page)]
    assert not broken, f"{rule.claim} " + "\n".join(broken)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(200))
def test_every_page_keeps_all_rules(seed: int) -> None:
    made, study = drawn_study(seed)
    page = told(as_subject(study))
    broken = [f"{rule.name}: {one}" for rule in RULES for one in rule.broken(page)]
    assert not broken, f"{made}\n" + "\n".join(broken)
