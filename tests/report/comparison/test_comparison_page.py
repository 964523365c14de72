"""The page of several studies, and what lies beside it."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace

import pandas as pd
import pytest

from archsearch.report import write_comparison
from archsearch.report.comparison.compare import compare
from archsearch.report.pages.comparison import comparison_page
from archsearch.report.pages.study import page_of
from archsearch.report.sections.blocks import ReportWarning, Section, Table, Text
from tests.report.compared import findings_of
from tests.report.pages import Outline, hostile_study
from tests.synthetic import StudyRecipe, synthetic_study


def study(name: str, **recipe: object):
    return synthetic_study(StudyRecipe(name=name, **{"complete": 12, **recipe}))


def found(name: str, **recipe: object):
    return findings_of(name, **{"complete": 12, **recipe})


def compared(studies, out):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return write_comparison(studies, out)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    studies = [study("strong"), study("other", seed=1, slope=0)]
    return compared(studies, tmp_path_factory.mktemp("out"))


def test_the_page_opens_with_the_answer_two_figures_and_the_studies(written):
    outline = Outline(written.index.read_text("utf-8"))
    ids = outline.values("id")
    order = ["answer", "figure-compared", "figure-correlations", "studies", "differences"]
    assert [name for name in ids if name in order] == order
    assert {"alone", "glossary"} <= set(ids)
    assert written.answer[0].startswith("Differ: ")
    assert written.answer[1].startswith("The lowest validation error is ")


def test_what_lies_beside_it_is_as_before(written):
    out = written.index.parent
    assert {path.name for path in out.iterdir()} == {
        "index.html", "report.md", "summary.json", "trials.csv", "epochs.csv", "figures",
    }  # fmt: skip
    for name in ("trials.csv", "epochs.csv"):
        table = pd.read_csv(out / name)
        assert table.columns[0] == "study"
        assert table["study"].drop_duplicates().tolist() == ["strong", "other"]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary == written.summary
    assert list(summary) == ["version", "studies", "differences", "warnings", "figures"]
    assert [one["study"] for one in summary["studies"]] == ["strong", "other"]
    (difference,) = summary["differences"]
    assert list(difference) == ["first", "second", "spearman", "p_holm"]
    one, other = (each["correlations"]["latent_size"]["spearman"] for each in summary["studies"])
    assert difference["spearman"]["value"] == pytest.approx(one["value"] - other["value"])
    assert written.complete == 24


def test_each_study_says_what_its_own_page_says():
    comparison = compare([found("one"), found("two", seed=1)])
    alone = list(map(page_of, comparison.findings))
    page = comparison_page(comparison, alone)
    (section,) = (each for each in page.sections if each.name == "alone")
    told = [block.text for block in section.blocks if isinstance(block, Text)]
    assert told == [
        f"{name}: " + " ".join(block.text for block in own.answer.blocks)
        for name, own in zip(("one", "two"), alone, strict=True)
    ]
    assert not section.open


def test_what_each_study_warns_of_is_said_with_its_name():
    comparison = compare([found("one"), found("two", seed=1)])
    shared, own = ReportWarning("noise", "Noisy."), ReportWarning("one-seed", "One seed.")
    search = ReportWarning("adaptive-search", "Said of the comparison.")
    page = page_of(comparison.findings[0])
    alone = [
        replace(page, sections=(Section("x", "X", (), warned),))
        for warned in ((shared, own, search), (shared,))
    ]
    (section,) = (
        each for each in comparison_page(comparison, alone).sections if each.name == "alone"
    )
    assert section.warnings == (
        ReportWarning("noise", "one, two: Noisy."),
        ReportWarning("one-seed", "one: One seed."),
    )


def test_the_table_has_a_row_for_each_study_and_the_numbers_of_its_findings():
    comparison = compare([found("one"), found("empty", complete=0)])
    page = comparison_page(comparison, list(map(page_of, comparison.findings)))
    table = page.sections[0].blocks[0]
    assert isinstance(table, Table)
    one, empty = ([cell.text for cell in row.cells] for row in table.rows)
    best = comparison.findings[0].trial(comparison.findings[0].best)
    assert one[0] == "one"
    assert one[2] == "12 of 12"
    assert one[8] == f"{best.real('val_mse'):#.3g}"
    assert empty[2] == "0 of 0"
    assert empty[4:10] == ["–"] * 6
    assert "differences" not in [section.name for section in page.sections]


def test_errors_of_other_pictures_are_not_ranked():
    alike = compare([found("one"), found("two", seed=1)])
    comparison = replace(alike, warnings=(ReportWarning("different-pictures", "They did."),))
    page = comparison_page(comparison, list(map(page_of, comparison.findings)))
    said = " ".join(block.text for block in page.answer.blocks)
    assert "lowest" not in said
    assert "can’t be compared" in said


def test_little_stands_open():
    comparison = compare([found(str(n), seed=n % 2, designed=n > 0) for n in range(4)])
    page = comparison_page(comparison, list(map(page_of, comparison.findings)))
    texts = [block.text for block in page.answer.blocks]
    texts += [part for figure in page.first for part in (figure.title, figure.caption)]
    for section in page.sections:
        if section.open:
            texts += [section.title, *(warning.message for warning in section.warnings)]
            texts += [block.note for block in section.blocks]
    assert len(" ".join(texts).split()) <= 130
    assert len(page.answer.blocks[0].text.split()) <= 30


def test_an_empty_study_and_user_text_do_no_harm(tmp_path):
    page = compared([study("empty", complete=0), hostile_study(), hostile_study()], tmp_path).index
    text = page.read_text("utf-8")
    outline = Outline(text)
    assert [tag for tag, _ in outline.tags].count("script") == 1
    assert "img" not in [tag for tag, _ in outline.tags]
    assert "://" not in text.replace("http://www.w3.org/2000/svg", "")


def test_studies_without_a_result_have_a_page_without_figures(tmp_path):
    made = compared([study("a", complete=0), study("b", complete=0, failed=2)], tmp_path)
    assert made.complete == 0
    assert made.figures == ()
    assert made.answer[0].startswith("Not comparable: ")
    assert "figure" not in [tag for tag, _ in Outline(made.index.read_text("utf-8")).tags]
