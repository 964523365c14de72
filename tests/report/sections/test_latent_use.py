"""Linear codes beside the nets, and how much of a latent is used."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from archsearch.records import Curves, StudyRecord
from archsearch.report.sections.latent_use import latent_use_figure
from archsearch.report.trial_table import equal_pca
from tests.report.reading import (
    column_of,
    drawings_of,
    findings_of,
    said,
    section_of,
    synthetic_findings,
    tables_of,
)
from tests.synthetic import StudyRecipe, synthetic_study

NAME = "latent-use"


def test_linear_codes_are_counted_over_all_nets(findings):
    shown = findings.shown
    beaten = (shown["verdict"] == "linear code better").sum()
    by_pca = (shown["pca_val"] < shown["val_mse"]).sum()
    text = said(findings, NAME)
    assert f"beats {beaten} of {len(shown)} nets (PCA {by_pca}, patch PCA" in text
    assert "leave capacity unused, which doesn’t mean that size has no effect" in text
    assert "limited by the bottleneck" not in text


def test_collapsed_nets_are_not_called_beaten():
    found = synthetic_findings(complete=20, collapsed=4)
    assert "of 20 nets (PCA" in said(found, NAME)


def test_no_capacity_is_called_unused_where_no_code_is_better(findings):
    trials = findings.trials.assign(verdict="linear code not better", pca_val=0.9)
    found = dataclasses.replace(findings, trials=trials.assign(patch_pca_val=0.9))
    text = said(found, NAME)
    assert "beats 0 of 24 nets" in text
    assert "unused" not in text


def scaled(study: StudyRecord, factor: float) -> StudyRecord:
    """The study with all its linear codes' errors multiplied."""
    curves = study.curves
    points = tuple(p._replace(val=p.val * factor) for p in curves.pca)
    return study.model_copy(update={"curves": curves.model_copy(update={"pca": points})})


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1, "PCA needs about "),
        (1e-9, "PCA needs at most 1 number,"),
        (1e9, "PCA needs more than "),
    ],
)
def test_pcas_worth_is_not_read_past_its_curve(factor, words):
    found = findings_of(scaled(synthetic_study(StudyRecipe(complete=8)), factor))
    assert f"the best net’s error: {words}" in said(found, NAME)
    needs = column_of(tables_of(found, NAME)[NAME], "PCA needs")
    assert f"PCA needs {needs[0]}".startswith(words.removesuffix(" number,").rstrip())


def test_equal_pca_inverts_the_curve():
    study = synthetic_study()
    for point in study.curves.pca[1:8]:
        assert equal_pca(study.curves, point.val) == pytest.approx(point.components)
    assert equal_pca(None, 0.1) is None
    assert equal_pca(Curves(), 0.1) is None


def test_use_and_rounding_are_medians(findings):
    shown = findings.shown
    active, rank = (100 * (shown[n] / shown["latent_size"]).median() for n in ("active", "rank"))
    title = drawings_of(findings, NAME)[NAME].title
    assert f"{active:.0f} % of the latent’s numbers are active; " in title
    assert title.endswith(f"rank is {rank:.0f} %")
    cost = 100 * (shown["mse_4bit"] / shown["code_mse"] - 1).median()
    assert f"codes rounded to 4 bits: median error {cost:+.1f} %" in said(findings, NAME)


def test_the_figure_shows_both_of_every_net(findings):
    axes = latent_use_figure(findings.shown).axes[0]
    points = axes.collections[0].get_offsets()
    assert len(points) == 2 * len(findings.shown)
    assert np.all(points[:, 1] <= points[:, 0])


def test_a_row_a_net_the_best_first_and_at_most_fifty():
    found = synthetic_findings(complete=52)
    table = tables_of(found, NAME)[NAME]
    assert len(table.rows) == 50
    assert table.title == "The best 50 nets"
    assert table.rows[0].trial == found.best
    errors = [cell.sort for cell in (row.cells[1] for row in table.rows)]
    assert errors == sorted(errors)
    assert not {"read", "get through"} & {column.name for column in table.columns}


def test_nothing_is_said_of_nothing():
    assert section_of(synthetic_findings(complete=0), NAME) is None
