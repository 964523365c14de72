"""The best nets: three rows of nets whose latent is their only code, and the reference net."""

from __future__ import annotations

from pathlib import Path

from archsearch.config import load
from archsearch.records import StudyRecord, plan_record
from archsearch.report.findings import find
from archsearch.report.first_screen import best
from archsearch.report.first_screen.reference import is_reference
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import Table, Text
from archsearch.report.subject import of_study
from tests.report.first_screen.test_answer import leaking
from tests.synthetic import StudyRecipe, synthetic_study

SPECS = Path(__file__).parents[3] / "specs"


def blocks(study: StudyRecord) -> tuple[Table, list[str]]:
    section = best.section(find(of_study(study)))
    assert section is not None
    assert section.open
    table, *rest = section.blocks
    assert isinstance(table, Table)
    return table, [block.text for block in rest if isinstance(block, Text)]


def test_the_best_three_with_their_errors():
    study = synthetic_study(StudyRecipe(complete=9))
    table, rest = blocks(study)
    ranked = sorted(study.trials, key=lambda trial: trial.value)
    assert [row.trial for row in table.rows] == [trial.number for trial in ranked[:3]]
    heads = [column.name for column in table.columns]
    for row, trial in zip(table.rows, ranked, strict=False):
        assert row.cells[heads.index("val MSE")].text == error(trial.value)
    assert rest == []


def test_a_net_with_skips_never_is_the_best_and_is_named():
    study = synthetic_study(StudyRecipe(complete=9))
    first, second, *_ = sorted(study.trials, key=lambda trial: trial.value)
    table, rest = blocks(leaking(study, {first.number}))
    assert table.rows[0].trial == second.number
    (told,) = rest
    assert told.startswith(f"Trial {first.number} has a lower mean error ({error(first.value)})")


def test_the_reference_net_is_told_by_its_layers():
    reference = plan_record(load(SPECS / "acml-nine-layer.yaml").plan())
    others = [
        plan_record(load(SPECS / f"{name}.yaml").plan()) for name in ("strided", "kernel-5", "unet")
    ]
    assert is_reference(reference)
    assert not any(map(is_reference, others))
    study = synthetic_study(StudyRecipe(complete=9))
    worst = max(study.trials, key=lambda trial: trial.value)
    trials = [
        trial.model_copy(update={"plan": reference}) if trial is worst else trial
        for trial in study.trials
    ]
    table, _ = blocks(study.model_copy(update={"trials": tuple(trials)}))
    assert len(table.rows) == 4
    assert table.rows[3].trial == worst.number
    assert table.rows[3].cells[0].small == "the nine-layer reference net"
