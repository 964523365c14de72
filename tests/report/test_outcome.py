"""Three words for what became of a net, and one collapsed run in a study."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from archsearch.records import RunResult
from archsearch.report.findings import find
from archsearch.report.outcome import outcome, outcomes
from archsearch.report.pages.markdown import markdown
from archsearch.report.pages.study import page_of
from archsearch.report.subject import of_study
from tests.report.colored import color_result
from tests.report.varied import with_one_collapse
from tests.synthetic import CHANNEL_MEAN, StudyRecipe, synthetic_result, synthetic_study


def result(mse: float, *, share: float | None = 0.8, **updates: object) -> RunResult:
    made = synthetic_result(
        np.random.default_rng(0), mse, latent=64, seed=0, epochs=40, collapsed=False
    )
    told = {"variance_share": share, "collapsed": share is not None and share < 0.01}
    return made.model_copy(update=told | updates)


def words(of: RunResult) -> str:
    return " ".join(outcome(of, 64))


def test_a_net_that_does_well_has_nothing_said_of_it():
    assert outcome(result(0.005), 64) == []


def test_collapsed_is_said_of_an_output_that_is_the_same_whatever_its_error():
    said = words(result(0.05, share=0.004))
    assert "has collapsed: its output is the same for every picture (it varies 0.4 %" in said
    assert "Remedies: another seed" in said


def test_a_net_that_has_hardly_been_trained_is_said_to():
    few = result(0.05, share=0.004, epochs=2, splits={"train": 24, "val": 3, "test": 3})
    assert "barely trained, after 2 steps" in words(few)
    assert "has collapsed" not in words(few)


def test_beaten_by_a_guess_is_not_collapsed():
    said = words(result(1.1 * CHANNEL_MEAN))
    assert "no better than a guess: the channel mean has a test MSE of 0.0" in said
    assert "collapsed" not in said
    chroma = color_result("colorize-bins", 0.006).model_copy(update={"variance_share": 0.5})
    assert "the mean chroma has a test MSE of 0.00560, the net 0.00600" in words(chroma)
    assert "Classification trades a higher error for stronger colors" in words(chroma)


def test_a_mark_of_an_earlier_version_is_not_taken_for_a_collapse():
    said = words(result(1.1 * CHANNEL_MEAN, share=None, collapsed=True))
    assert "earlier version marked this run" in said
    assert "has collapsed" not in said
    assert "no better than a guess" not in said, "the mark says as much"


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (0.004, "still fell by 33 %, at a learning rate that wasn't lowered. Remedies: more ep"),
        (
            0.009,
            "lies 50 % over that of epoch 3. Remedies: a lower learning rate, or early stopping",
        ),
    ],
)
def test_a_training_that_has_not_converged_names_its_remedy(last, told):
    flat = result(last)
    history = tuple(
        record.model_copy(update={"val_mse": error})
        for record, error in zip(flat.history[:4], (0.02, 0.01, 0.006, last), strict=True)
    )
    assert told in words(flat.model_copy(update={"history": history}))


def test_many_runs_are_counted_or_named():
    """What is told of trained nets is counted among those that didn't collapse."""
    runs = [result(0.005), result(1.1 * CHANNEL_MEAN), result(2 * CHANNEL_MEAN, share=0.001)]
    told = dict(outcomes(runs))
    assert told["collapsed-runs"].startswith("1 of 3 runs collapsed")
    assert told["no-better-than-guess"].startswith("1 of 2 runs ended no better")
    named = dict(outcomes(runs, ["a", "b", "c"]))
    assert named["collapsed-runs"].startswith("c collapsed")
    assert named["no-better-than-guess"].startswith("b ended no better")


def test_one_collapsed_run_does_not_make_noise_of_a_study():
    plain = synthetic_study(StudyRecipe(slope=0.3))
    clean, hit = find(of_study(plain)).noise, find(of_study(with_one_collapse(plain))).noise
    assert (hit.kept.architectures, hit.all.architectures) == (23, 24)
    assert hit.kept.discernible == pytest.approx(clean.kept.discernible, abs=0.02)
    assert hit.all.discernible > 1.3


def test_where_every_architecture_has_a_collapsed_run_its_noise_is_told_with_them():
    plain = synthetic_study(StudyRecipe(slope=0.0, architecture_noise=0.01))
    lost = {"collapsed": True, "variance_share": 0.001}
    trials = []
    for trial in plain.trials:
        first, second = trial.seeds
        second = second.model_copy(update={"result": second.result.model_copy(update=lost)})
        trials.append(trial.model_copy(update={"seeds": (first, second)}))
    noise = find(of_study(plain.model_copy(update={"trials": tuple(trials)}))).noise
    assert noise.without_collapsed is None
    assert noise.kept == noise.all is not None


@pytest.mark.parametrize(("share", "word"), [(0.001, "collapsed"), (None, "marked")])
def test_marks_of_an_earlier_version_are_called_so_everywhere(share, word):
    study = with_one_collapse(synthetic_study(StudyRecipe(slope=0.3)), share=share)
    page = page_of(find(of_study(study)))
    told = markdown(replace(page, sections=[s for s in page.sections if s.name != "glossary"]), ())
    assert f"{word} run" in told
    assert ("collapse" in told) is (word == "collapsed")
    assert ("marked" in told) is (word == "marked")
    codes = {warning.code for section in page.sections for warning in section.warnings}
    assert codes & {"marked-runs", "collapsed-runs"} == {f"{word}-runs"}
