"""No sentence of a page contradicts another, or its numbers: rules, over studies of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from archsearch.report.findings import find
from archsearch.report.pages.runs import runs_page
from archsearch.report.runs import of_runs, read_runs, with_equal_pictures
from archsearch.report.subject import of_study
from tests.report.rules import RULES, Rule, Told, told
from tests.report.trained_studies import trained_study
from tests.report.varied import STUDIES, as_subject, drawn_study


@pytest.fixture(scope="module")
def pages(
    tmp_path_factory: pytest.TempPathFactory, exercise_folders: Sequence[Path]
) -> Mapping[str, Told]:
    """Of synthetic studies, of a trained one, and of runs."""
    found = {name: told(as_subject(make())) for name, make in STUDIES.items()}
    colors = trained_study(
        tmp_path_factory.mktemp("colors"), ("colorize-chroma",), (2, 8), lr=0.02, batch_size=8
    )
    runs = read_runs(exercise_folders)
    alone = find(of_runs(with_equal_pictures(runs)))
    trained = {"colors": told(of_study(colors)), "runs": Told(alone, runs_page(alone, runs))}
    return found | trained


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
