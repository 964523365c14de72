"""How sure: at most five items, each with a mark that its numbers give."""

from __future__ import annotations

import dataclasses

from archsearch.records import StudyRecord
from archsearch.report.findings import find
from archsearch.report.first_screen import sureness
from archsearch.report.sections.blocks import Item, Items
from archsearch.report.subject import of_study
from tests.report.first_screen.test_answer import leaking
from tests.synthetic import StudyRecipe, synthetic_study


def items(study: StudyRecord) -> list[Item]:
    section = sureness.section(find(of_study(study)))
    assert section is not None
    (block,) = section.blocks
    assert isinstance(block, Items)
    assert 1 <= len(block.items) <= 5
    return list(block.items)


def told(study: StudyRecord) -> str:
    return " | ".join(f"{item.mark}: {item.text}" for item in items(study))


def test_power_is_what_the_verdict_can_find():
    said = told(synthetic_study(StudyRecipe(complete=24)))
    assert "plain: 24 architectures: a correlation weaker than ±0." in said


def test_one_seed_is_a_caution():
    assert "caution: One seed each" in told(synthetic_study(StudyRecipe(complete=12, seeds=1)))
    assert "One seed each" not in told(synthetic_study(StudyRecipe(complete=12, seeds=2)))


def test_collapsed_runs_that_change_the_answer_are_against_it():
    same = told(synthetic_study(StudyRecipe(complete=40, collapsed=1)))
    assert "plain: 2 collapsed runs included; without, the answer is the same." in same
    other = told(synthetic_study(StudyRecipe(complete=10, collapsed=14)))
    assert "bad: 28 collapsed runs included. Without: Yes: each doubling" in other


def test_what_is_left_out_is_counted():
    study = synthetic_study(StudyRecipe(complete=20, failed=2, pruned=1))
    complete = [trial.number for trial in study.trials if trial.state == "complete"]
    said = told(leaking(study, set(complete[:3])))
    assert "Left out: 3 nets that read past the latent, 2 failed, 1 pruned." in said
    unfinished = told(synthetic_study(StudyRecipe(complete=12, waiting=2, untouched=3)))
    assert "5 of 17 trials unfinished." in unfinished


def test_levels_never_drawn_are_named():
    study = synthetic_study(StudyRecipe(complete=12))
    space = dict(study.settings["space"])
    space["activation"] = {"choices": ["relu", "gelu", "silu"]}
    widened = study.model_copy(update={"settings": study.settings | {"space": space}})
    findings = find(of_study(widened))
    made = list(sureness._untried(findings))
    assert made == [Item("plain", "Never trained: activation silu.")]
    fewer = dataclasses.replace(findings, subject=of_study(study))
    assert list(sureness._untried(fewer)) == []
