"""Nets whose bottleneck comes before the latent, and studies that don't know of it."""

from __future__ import annotations

import pytest

from archsearch.records import Baselines, StudyRecord
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.figures.rivals import rivals_figure
from archsearch.report.pages.summary import summarize
from archsearch.report.sentences.headline import answer
from archsearch.report.tables.trials import (
    architectures,
    correlation_tables,
    trial_columns,
    trial_rows,
)
from tests.synthetic import StudyRecipe, synthetic_study

THROUGH = "bottleneck size"


def with_bottlenecks(study: StudyRecord, most: int | None) -> StudyRecord:
    """The study with at most ``most`` numbers getting through; None: as records of old."""
    trials = []
    for trial in study.trials:
        size = None if most is None else min(trial.plan.latent_size, most)
        old = {"bottleneck_after": (), "trunk": None} if most is None else {}
        plan = trial.plan.model_copy(update={"bottleneck_size": size, **old})
        seeds = trial.seeds
        if size is not None and size < trial.plan.latent_size:
            seeds = tuple(_with_narrow_pca(seed) for seed in seeds)
        trials.append(trial.model_copy(update={"plan": plan, "seeds": seeds}))
    return study.model_copy(update={"trials": tuple(trials)})


def _with_narrow_pca(seed):
    if seed.result is None:
        return seed
    found = {"pca_bottleneck_val": 0.0321, "pca_bottleneck_test": 0.0322}
    baselines = Baselines.model_validate(seed.result.baselines.model_dump() | found)
    return seed.model_copy(
        update={"result": seed.result.model_copy(update={"baselines": baselines})}
    )


@pytest.fixture(scope="module")
def plain() -> Findings:
    return find(synthetic_study(StudyRecipe()))


@pytest.fixture(scope="module")
def narrow(plain: Findings) -> Findings:
    return find(with_bottlenecks(plain.study, 136))


@pytest.fixture(scope="module")
def old(plain: Findings) -> Findings:
    return find(with_bottlenecks(plain.study, None))


def test_the_page_says_where_fewer_numbers_get_through(plain: Findings, narrow: Findings) -> None:
    table = narrow.sample.architectures()
    count = int((table["latent_size"] > 136).sum())
    said = {warning.code: warning.message for warning in narrow.warnings}
    start = f"In {count} of {len(table)} architectures the bottleneck is narrower than"
    assert said["bottleneck-before-latent"].startswith(start)
    assert "bottleneck-before-latent" not in {warning.code for warning in plain.warnings}
    worths = [one.latent_use for one in architectures(narrow)]
    assert any("Only 136 numbers get through the net." in latent_use for latent_use in worths)
    assert not any("get through" in one.latent_use for one in architectures(plain))


def test_it_is_a_size_beside_the_others(plain: Findings, narrow: Findings) -> None:
    rows = [[row.name for row in correlation_tables(f)[0].rows] for f in (narrow, plain)]
    assert rows == [
        ["latent size", THROUGH, "parameters", "MACs"],
        ["latent size", "parameters", "MACs"],
    ]
    figures = [rivals_figure(findings) for findings in (narrow, plain)]
    labels = [[t.get_text() for t in f.axes[0].get_yticklabels()] for f in figures]
    assert labels == rows
    rivals = [[rival.name for rival in f.secondary.rivals] for f in (narrow, plain)]
    assert ["bottleneck_size" in names for names in rivals] == [True, False]
    assert [THROUGH in " ".join(answer(f)) for f in (narrow, plain)] == [True, False]
    measured = summarize(narrow, [])["correlations"]["bottleneck_size"]["spearman"]
    assert measured["value"] == narrow.found.measures["bottleneck_size"]["spearman"].value
    assert measured["value"] != narrow.found.measures["latent_size"]["spearman"].value


def test_the_trial_table_has_it_and_pca_of_as_many_numbers(
    plain: Findings, narrow: Findings
) -> None:
    columns = [column.name for column in trial_columns(narrow)]
    assert "bottleneck PCA" not in [column.name for column in trial_columns(plain)]
    size, pca = columns.index("bottleneck"), columns.index("bottleneck PCA")
    cells = [row.cells for row in trial_rows(narrow)]
    sizes = {narrow.trial(int(cell[0].text)).whole("latent_size"): cell for cell in cells}
    for latent, cell in sizes.items():
        assert cell[size].text == f"{min(latent, 136):,}"
        assert (cell[pca].text == "0.0321") == (latent > 136 and bool(cell[pca].text))
    assert any(cell[pca].text == "0.0321" for cell in cells)


def test_studies_of_earlier_versions_are_read_without_it(old: Findings) -> None:
    summary = summarize(old, [])
    assert summary["correlations"]["bottleneck_size"]["spearman"]["value"] is None
    assert summary["best"]["bottleneck_size"] is None
    assert "bottleneck-before-latent" not in {warning.code for warning in old.warnings}
    place = [column.name for column in trial_columns(old)].index("bottleneck")
    assert {row.cells[place].text for row in trial_rows(old)} == {""}
    assert [row.name for row in correlation_tables(old)[0].rows] == [
        "latent size",
        "parameters",
        "MACs",
    ]
    assert THROUGH not in " ".join(answer(old))
    assert old.sample.runs["trunk"].isna().all()


def test_a_better_linear_code_says_that_capacity_is_unused_and_no_more(plain: Findings) -> None:
    said = " ".join(answer(plain))
    assert "leave capacity unused. That doesn't mean that size has no" in said
    assert "limited by the bottleneck" not in said
    yardsticks = summarize(plain, [])["yardsticks"]
    assert (
        yardsticks["linear_code_better"] == (plain.shown["verdict"] == "linear code better").sum()
    )
    assert yardsticks["linear_code_better"] == yardsticks["not_bottleneck_limited"]
