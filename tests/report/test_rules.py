"""No sentence of a page contradicts another, or its numbers: rules, over studies of every kind."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from archsearch.report.subject import of_study
from tests.report.rules import RULES, Rule, Told, told
from tests.report.trained_studies import trained_study
from tests.report.varied import STUDIES, as_subject, drawn_study

COLORS = ("colorize", "colorize-chroma")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Told]:
    found = {name: told(as_subject(make())) for name, make in STUDIES.items()}
    for tasks, widths in ((("reconstruct",), (1, 2, 3, 5, 8, 12)), (COLORS, (2, 5))):
        folder = tmp_path_factory.mktemp(tasks[0])
        study = trained_study(folder, tasks, widths)
        found[f"trained to {tasks[0]}"] = told(of_study(study))
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_page_keeps(rule: Rule, pages: Mapping[str, Told]) -> None:
    broken = [f"{name}: {one}" for name, page in pages.items() for one in rule.broken(page)]
    assert not broken, f"{rule.claim} " + "\n".join(broken)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(200))
def test_every_page_of_a_drawn_study_keeps_all(seed: int) -> None:
    made, study = drawn_study(seed)
    page = told(as_subject(study))
    broken = [f"{rule.name}: {one}" for rule in RULES for one in rule.broken(page)]
    assert not broken, f"{made}\n" + "\n".join(broken)
