"""A number that a page gives twice is the same number with the same interval."""

from __future__ import annotations

import re

import pytest

from archsearch.records import StudyRecord
from archsearch.report.findings import Findings, find
from archsearch.report.formatting import interval, with_interval
from archsearch.report.pages.page import Page
from archsearch.report.pages.study import page_of
from archsearch.report.pages.summary import summarize
from archsearch.report.sections.blocks import Cell, Section, Table, Text
from archsearch.report.subject import of_study
from tests.report.colored import color_study
from tests.synthetic import StudyRecipe, synthetic_study


@pytest.fixture(scope="module")
def findings() -> Findings:
    return find(of_study(synthetic_study(StudyRecipe(slope=0.1))))


@pytest.fixture(scope="module")
def page(findings: Findings) -> Page:
    return page_of(findings)


def section(page: Page, name: str) -> Section:
    (found,) = [each for each in page.sections if each.name == name]
    return found


def texts(section: Section) -> str:
    return " ".join(block.text for block in section.blocks if isinstance(block, Text))


def cells(page: Page, table: str, row: str) -> dict[str, Cell]:
    """The row of a table, by the columns' names."""
    (found,) = [
        block
        for each in page.sections
        for block in each.blocks
        if isinstance(block, Table) and block.name == table
    ]
    (told,) = [one.cells for one in found.rows if one.cells[0].text == row]
    return {column.name: cell for column, cell in zip(found.columns, told, strict=True)}


def test_a_correlation_has_one_interval_wherever_it_stands(findings):
    found = findings.correlations
    rivals = {rival.name: rival.estimate for rival in found.rivals}
    for size in ("latent_size", "params", "macs"):
        assert rivals[size] == found.sizes.measures[size]["spearman"]
    whole = found.sizes.measures["latent_size"]["spearman"]
    pooled = [grouping.pooled for grouping in findings.groups if grouping.pooled.n == whole.n]
    assert pooled
    assert {estimate[:4] for estimate in pooled} == {whole[:4]}
    last = findings.epochs[-1]
    assert last.spearman[:4] == whole[:4]
    assert last.slope[:3] == pytest.approx(found.sizes.slopes["latent_size"][:3])


def test_the_answer_and_the_tables_print_them_alike(findings, page):
    whole = findings.correlations.sizes.measures["latent_size"]["spearman"]
    rho, ends = with_interval(whole).split(" (")[0], interval(whole)
    (lead, *_) = [block.text for block in page.answer.blocks if isinstance(block, Text)]
    assert f"rank correlation {rho}, 95 % interval {ends}" in lead
    for table, row, column in (
        ("rivals", "latent size", "Spearman ρ"),
        ("measures", "latent size", "Spearman ρ"),
        ("groups", "latent height×width", "pooled ρ"),
    ):
        cell = cells(page, table, row)[column]
        assert cell.text == rho, table
        assert cell.small.startswith(ends), table
    for size in ("parameters", "MACs"):
        one, other = (cells(page, name, size)["Spearman ρ"] for name in ("rivals", "measures"))
        assert one.text == other.text
        assert other.small.startswith(one.small)


def test_the_partial_correlation_stands_folded_and_not_in_the_answer(findings, page):
    partial = findings.correlations.sizes.measures["latent_size"]["partial_spearman"]
    told = with_interval(partial)
    folded = section(page, "correlations")
    assert not folded.open
    assert f"the correlation is {told}" in texts(folded)
    cell = cells(page, "measures", "latent size")["Spearman ρ, others equal"]
    assert told == f"{cell.text} ({cell.small.split('; ')[0]})"
    assert told.split(" (")[0] not in texts(page.answer)


def test_each_task_has_one_correlation():
    found = find(of_study(color_study(synthetic_study(StudyRecipe(complete=20)))))
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


def test_over_all_is_said_of_all_only(findings, page):
    together = r"against (\S+) \([^)]*\) over all:"
    whole = findings.correlations.sizes.measures["latent_size"]["spearman"].value
    told = re.search(together, texts(section(page, "groups")))
    assert float(told[1].replace("−", "-")) == pytest.approx(whole, abs=0.005)
    fewer = page_of(find(of_study(without_a_twin(findings.study))))
    said = texts(section(fewer, "groups"))
    assert not re.search(together, said)
    assert "23" in said
