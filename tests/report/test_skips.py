"""Nets whose decoder reads more than the latent are not judged by codes of the latent's size."""

from __future__ import annotations

import pytest

from archsearch.records import StudyRecord
from archsearch.report.findings import Findings
from archsearch.report.pages.summary import summarize
from archsearch.report.trial_table import front_objectives
from tests.report.reading import column_of, findings_of, said, tables_of, warnings_of
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
    return findings_of(synthetic_study(StudyRecipe(slope=0.3)))


@pytest.fixture(scope="module")
def leaky(plain) -> Findings:
    """Most of the trials that no linear code beats, and one that is beaten, have skips."""
    verdicts = plain.trials.set_index("number")["verdict"]
    limited = verdicts.index[verdicts == "linear code not better"]
    beaten = verdicts.index[verdicts == "linear code better"]
    return findings_of(with_skips(plain.study, *limited[:-1], beaten[0]))


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
    leaks = second_path + 1
    text = said(leaky, "latent-use")
    assert f"For {leaks} that also read encoder layers it isn’t fair" in text
    assert f"of {len(leaky.shown) - leaks} nets (PCA" in text
    assert "isn’t fair" not in said(plain, "latent-use")
    assert warnings_of(leaky)["leak-past-latent"].startswith(f"In {leaks} of ")
    assert "leak-past-latent" not in warnings_of(plain)
    assert summarize(leaky, [])["yardsticks"]["latent_not_the_only_path"] == second_path
    table = tables_of(leaky, "latent-use")["latent-use"]
    assert column_of(table, "linear code").count("not the only path") == second_path


def test_what_their_decoders_read_stands_beside_the_latent(plain, leaky):
    table = tables_of(leaky, "latent-use")["latent-use"]
    read = dict(zip([row.trial for row in table.rows], column_of(table, "read"), strict=True))
    assert len(read) == len(leaky.shown)
    for row in leaky.trials.itertuples():
        leaks = row.effective_size > row.latent_size
        assert read[row.number] == (f"{row.effective_size:,.0f}" if leaks else "")
    columns = tables_of(plain, "latent-use")["latent-use"].columns
    assert "read" not in {column.name for column in columns}


def test_latent_size_is_judged_without_them(plain, leaky):
    """Their sizes aren't those of their codes; choices and noise are judged with them."""
    leaks = int((leaky.shown["effective_size"] > leaky.shown["latent_size"]).sum())
    n = len(plain.code_sample.architectures())
    assert leaky.correlations.sizes.n == leaky.answer.estimate.n == n - leaks
    assert {rival.estimate.n for rival in leaky.correlations.rivals} == {n - leaks}
    assert leaky.noise.all.architectures == plain.noise.all.architectures == n
    assert "judged without them" in warnings_of(leaky)["leak-past-latent"]


def test_it_can_be_an_objective(plain):
    settings = plain.study.settings | {"objectives": ["val.mse", "latent.effective_size"]}
    study = plain.study.model_copy(update={"settings": settings})
    assert front_objectives(study) == ("val.mse", "latent.effective_size")
