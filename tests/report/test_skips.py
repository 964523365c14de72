"""Nets whose decoder reads more than the latent are not judged by codes of the latent's size."""

from __future__ import annotations

import pytest
from archsearch.report.analysis.trial_table import front_objectives

from archsearch.records import StudyRecord
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.pages.summary import summarize
from archsearch.report.sentences.headline import answer
from archsearch.report.tables.trials import architectures, trial_columns, trial_rows
from tests.synthetic import StudyRecipe, synthetic_study


def with_skips(study: StudyRecord, *numbers: int) -> StudyRecord:
    """The study with encoder layers of 4,096 numbers led past the latent of some trials."""
    trials = tuple(
        trial.model_copy(
            update={
                "plan": trial.plan.model_copy(
                    update={"effective_size": trial.plan.latent_size + 4096}
                )
            }
        )
        if trial.number in numbers
        else trial
        for trial in study.trials
    )
    return study.model_copy(update={"trials": trials})


@pytest.fixture(scope="module")
def plain() -> Findings:
    return find(synthetic_study(StudyRecipe(slope=0.3)))


@pytest.fixture(scope="module")
def leaky(plain) -> Findings:
    """Most of the trials that no linear code beats, and one that is beaten, have skips."""
    verdicts = plain.trials.set_index("number")["verdict"]
    limited = verdicts.index[verdicts == "linear code not better"]
    beaten = verdicts.index[verdicts == "linear code better"]
    return find(with_skips(plain.study, *limited[:-1], beaten[0]))


def test_only_what_is_beaten_anyway_keeps_its_verdict(plain, leaky):
    before, after = (f.trials.set_index("number")["verdict"] for f in (plain, leaky))
    leaks = leaky.trials.set_index("number").eval("effective_size > latent_size")
    assert (before[~leaks] == after[~leaks]).all()
    assert (after[leaks & (before == "linear code better")] == "linear code better").all()
    second_path = leaks & (before == "linear code not better")
    assert second_path.sum() > 1
    assert (after[second_path] == "not the only path").all()


def test_the_words_the_table_and_the_summary_say_so(plain, leaky):
    second_path = int((leaky.trials["verdict"] == "not the only path").sum())
    said = " ".join(answer(leaky))
    assert f"For {second_path} this comparison isn't fair: there the decoder also reads" in said
    assert "isn't fair" not in " ".join(answer(plain))
    warnings = {warning.code: warning.message for warning in leaky.warnings}
    assert warnings["leak-past-latent"].startswith(f"In {second_path + 1} of ")
    assert "leak-past-latent" not in {warning.code for warning in plain.warnings}
    summary = summarize(leaky, [])
    assert summary["yardsticks"]["latent_not_the_only_path"] == second_path
    place = [column.name for column in trial_columns(leaky)].index("linear code")
    cells = [row.cells for row in trial_rows(leaky)]
    assert [cell[place].text for cell in cells].count("not the only path") == second_path
    assert sum(" of " in cell[3].text for cell in cells) == second_path + 1


def test_the_worth_of_a_net_with_skips_is_of_all_that_its_decoder_reads(leaky):
    latent_use = {one.anchor: one.latent_use for one in architectures(leaky)}
    for row in leaky.trials.itertuples():
        told = latent_use[f"trial-{row.number}"]
        read = f"The net uses {row.effective_size:,.0f} numbers"
        assert read in told
        assert ("The decoder reads" in told) == (row.effective_size > row.latent_size)


def test_what_the_decoder_reads_is_a_rival_only_where_it_differs(plain, leaky):
    assert "effective_size" in {rival.name for rival in leaky.secondary.rivals}
    assert "effective_size" not in {rival.name for rival in plain.secondary.rivals}


def test_it_can_be_an_objective(plain):
    settings = plain.study.settings | {"objectives": ["val.mse", "latent.effective_size"]}
    study = plain.study.model_copy(update={"settings": settings})
    assert front_objectives(study) == ("val.mse", "latent.effective_size")
