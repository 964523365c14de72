"""Nets whose bottleneck comes before the latent, and studies that don't know of it."""

from __future__ import annotations

import pytest

from archsearch.records import Baselines, StudyRecord
from archsearch.report.findings import Findings
from archsearch.report.pages.summary import summarize
from archsearch.report.sections.correlations.figures import rivals_figure
from tests.report.reading import column_of, findings_of, said, tables_of, warnings_of
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
    return findings_of(synthetic_study(StudyRecipe()))


@pytest.fixture(scope="module")
def narrow(plain: Findings) -> Findings:
    return findings_of(with_bottlenecks(plain.subject.study, 136))


@pytest.fixture(scope="module")
def old(plain: Findings) -> Findings:
    return findings_of(with_bottlenecks(plain.subject.study, None))


def measured(findings: Findings) -> list[str]:
    """The sizes in the table of all measures."""
    return [row.cells[0].text for row in tables_of(findings, "correlations")["measures"].rows]


def compared(findings: Findings) -> list[str]:
    """The sizes in the table of rivals."""
    return [row.cells[0].text for row in tables_of(findings, "correlations")["rivals"].rows]


def test_the_page_says_where_fewer_numbers_get_through(plain: Findings, narrow: Findings) -> None:
    table = narrow.sample.architectures()
    count = int((table["latent_size"] > 136).sum())
    start = f"In {count} of {len(table)} architectures the bottleneck is narrower than"
    assert warnings_of(narrow)["bottleneck-before-latent"].startswith(start)
    assert "bottleneck-before-latent" not in warnings_of(plain)
    uses = tables_of(narrow, "latent-use")["latent-use"]
    sizes = dict(zip(narrow.trials["number"], narrow.trials["latent_size"], strict=True))
    for row, passing in zip(uses.rows, column_of(uses, "get through"), strict=True):
        assert passing == ("136" if sizes[row.trial] > 136 else "")
    pca = column_of(uses, "bottleneck PCA")
    assert [each == "0.0321" for each in pca] == [bool(each) for each in pca]
    assert [bool(each) for each in pca] == [sizes[row.trial] > 136 for row in uses.rows]
    columns = tables_of(plain, "latent-use")["latent-use"].columns
    assert not {"get through", "bottleneck PCA"} & {column.name for column in columns}


def test_it_is_a_size_beside_the_others(plain: Findings, narrow: Findings) -> None:
    assert [measured(each) for each in (narrow, plain)] == [
        ["latent size", THROUGH, "parameters", "MACs"],
        ["latent size", "parameters", "MACs"],
    ]
    figures = [rivals_figure(each.correlations.rivals) for each in (narrow, plain)]
    labels = [[t.get_text() for t in f.axes[0].get_yticklabels()] for f in figures]
    assert labels == [compared(narrow), compared(plain)]
    assert [THROUGH in names for names in labels] == [True, False]
    told = summarize(narrow, [])["correlations"]["bottleneck_size"]["spearman"]
    measures = narrow.correlations.sizes.measures
    assert told["value"] == measures["bottleneck_size"]["spearman"].value
    assert told["value"] != measures["latent_size"]["spearman"].value


def test_studies_of_earlier_versions_are_read_without_it(old: Findings) -> None:
    summary = summarize(old, [])
    assert summary["correlations"]["bottleneck_size"]["spearman"]["value"] is None
    assert summary["best"]["bottleneck_size"] is None
    assert "bottleneck-before-latent" not in warnings_of(old)
    assert measured(old) == ["latent size", "parameters", "MACs"]
    assert THROUGH not in compared(old)
    assert old.sample.runs["trunk"].isna().all()


def test_a_better_linear_code_says_that_capacity_is_unused_and_no_more(plain: Findings) -> None:
    text = said(plain, "latent-use")
    assert "leave capacity unused, which doesn’t mean that size has no effect" in text
    assert "limited by the bottleneck" not in text
    yardsticks = summarize(plain, [])["yardsticks"]
    better = (plain.shown["verdict"] == "linear code better").sum()
    assert yardsticks["linear_code_better"] == yardsticks["not_bottleneck_limited"] == better
