"""A number that a page gives twice is the same number with the same interval."""

from __future__ import annotations

import re

import pytest

from archsearch.records import StudyRecord
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.analysis.secondary import AREA
from archsearch.report.pages.study import page_html
from archsearch.report.pages.summary import summarize
from archsearch.report.sentences.headline import answer, given_others
from archsearch.report.sentences.robustness import robustness
from archsearch.report.tables.secondary import secondary_tables
from archsearch.report.tables.trials import correlation_tables, given_others_tables
from tests.report.colored import color_study
from tests.synthetic import StudyRecipe, synthetic_study


@pytest.fixture(scope="module")
def findings() -> Findings:
    return find(synthetic_study(StudyRecipe(slope=0.1)))


def test_a_correlation_has_one_interval_wherever_it_stands(findings):
    secondary, found = findings.secondary, findings.found
    rivals = {rival.name: rival.estimate for rival in secondary.rivals}
    for size in ("latent_size", "params", "macs"):
        assert rivals[size] == found.measures[size]["spearman"]
    whole = found.measures["latent_size"]["spearman"]
    pooled = [grouping.pooled for grouping in secondary.groupings if grouping.pooled.n == whole.n]
    assert pooled
    assert {estimate[:4] for estimate in pooled} == {whole[:4]}
    assert secondary.epochs[-1].spearman[:4] == whole[:4]
    assert secondary.epochs[-1].slope[:3] == pytest.approx(found.slopes["latent_size"][:3])


def test_the_tables_print_them_alike(findings):
    (table,) = correlation_tables(findings)
    told = {row.name: (row.cells[0].value, row.cells[0].interval) for row in table.rows}
    (rivals,) = (one for one in secondary_tables(findings.secondary) if one.name == "rivals")
    for name, rho, p, *_ in rivals.rows:
        if name in told:
            value, small = told[name]
            interval, separate = small.split("; p ")
            assert rho == f"{value} ({interval})"
            assert p in separate


def test_the_partial_correlation_stands_folded_and_not_in_the_answer(findings):
    (row, *_) = given_others_tables(findings)[0].rows
    said = given_others(findings)
    assert f"the correlation is {row.cells[0].value} (" in said
    assert not [text for text in answer(findings) if "asks another question" in text]
    folded = page_html(findings, []).partition('<details id="given-others">')[2]
    folded = folded.partition("</details>")[0].replace("\u00a0", " ")
    assert said.split(" (")[0] in folded
    assert "Spearman given others" in folded
    assert "Spearman given others" not in correlation_tables(findings)[0].columns


def test_each_task_has_one_correlation():
    found = find(color_study(synthetic_study(StudyRecipe(complete=20))))
    summary = summarize(found, [])
    groups = summary["details"]["within_families"]["task"]["families"]
    for task, group in groups.items():
        by_task = summary["spearman_by_task"][task]
        assert all(group[name] == by_task[name] for name in ("value", "low", "high", "n"))
    assert len(groups) == 2


def without_a_twin(study: StudyRecord) -> StudyRecord:
    """The study with one latent of a height×width that no other has."""
    first, *others = study.trials
    plan = first.plan.model_copy(update={"latent_height": 16, "latent_width": 16})
    trials = (first.model_copy(update={"plan": plan}), *others)
    return study.model_copy(update={"trials": trials})


def test_with_all_together_is_said_of_all_only(findings):
    together = r"against (\S+) over all of them"
    (said,) = [text for text in robustness(findings.secondary) if AREA in text]
    whole = findings.found.measures["latent_size"]["spearman"].value
    assert float(re.search(together, said)[1].replace("−", "-")) == pytest.approx(whole, abs=0.005)
    fewer = find(without_a_twin(findings.study))
    (said,) = [text for text in robustness(fewer.secondary) if AREA in text]
    assert not re.search(together, said)
    assert "over the 23 in such families: " in said
