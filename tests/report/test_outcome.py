"""Three words for what became of a net, and one collapsed run in a study."""

from __future__ import annotations

import numpy as np
import pytest

from archsearch.records import RunResult, StudyRecord
from archsearch.report.analysis.findings import find
from archsearch.report.analysis.warnings import report_warnings
from archsearch.report.outcome import outcome, outcomes
from archsearch.report.sentences.choices import choices
from archsearch.report.sentences.headline import answer
from archsearch.report.sentences.robustness import robustness
from archsearch.report.tables.trials import correlation_tables, trial_rows
from tests.report.colored import color_result
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
    said = words(result(0.005, share=None, collapsed=True))
    assert "earlier version marked this run" in said
    assert "has collapsed" not in said


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (0.004, "still fell by 33 %, at a learning rate that wasn't lowered. Remedies: more ep"),
        (0.009, "lies 50 % over that of epoch 3. Remedy: a lower learning rate."),
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
    runs = [result(0.005), result(1.1 * CHANNEL_MEAN), result(0.05, share=0.001)]
    told = dict(outcomes(runs))
    assert told["collapsed-runs"].startswith("1 of 3 runs collapsed")
    assert told["no-better-than-guess"].startswith("1 of 3 runs ended no better")
    assert dict(outcomes(runs, ["a", "b", "c"]))["collapsed-runs"].startswith("c collapsed")


def with_one_collapse(study: StudyRecord, share: float | None = 0.001) -> StudyRecord:
    """The study with its sixth trial's second run collapsed to the channel mean."""
    trial = study.trials[5]
    first, second = trial.seeds
    lost = {"collapsed": True, "variance_share": share}
    lost["val"] = second.result.val.model_copy(update={"mse": CHANNEL_MEAN})
    second = second.model_copy(update={"result": second.result.model_copy(update=lost)})
    trials = list(study.trials)
    trials[5] = trial.model_copy(update={"seeds": (first, second)})
    return study.model_copy(update={"trials": tuple(trials)})


def test_one_collapsed_run_does_not_make_noise_of_a_study():
    plain = synthetic_study(StudyRecipe(slope=0.3))
    clean, hit = find(plain), find(with_one_collapse(plain))
    kept = hit.secondary.without_collapsed.noise
    assert (kept.architectures, hit.secondary.noise.architectures) == (23, 24)
    assert kept.discernible == pytest.approx(clean.secondary.noise.discernible, abs=0.02)
    assert hit.secondary.noise.discernible > 1.3
    (said,) = [text for text in robustness(hit.secondary) if "told apart" in text]
    assert f"by a factor of {kept.discernible:.2f} to be told apart" in said
    assert (
        f"and {hit.secondary.noise.discernible:.2f}, by the collapsed runs and not by noise" in said
    )
    assert "collapse" not in " ".join(robustness(clean.secondary))


def test_effects_are_told_without_the_collapse_where_it_changes_what_is_shown():
    """Of one choice's two architectures one collapses: its effect drowns, and comes back."""
    plain = synthetic_study(StudyRecipe(slope=0.0, architecture_noise=0.02, seed_noise=0.02))
    trials = tuple(
        trial.model_copy(
            update={
                "seeds": tuple(
                    seed.model_copy(update={"result": _scaled(seed.result, trial.values)})
                    for seed in trial.seeds
                )
            }
        )
        for trial in plain.trials
    )
    shifted = plain.model_copy(update={"trials": trials})
    hit = find(with_one_collapse(shifted))
    said = " ".join(choices(hit.secondary))
    assert "none is shown to change the error" in said
    assert "Without the collapsed runs: with the other choices held equal, these" in said
    assert "Without the collapsed runs" not in " ".join(choices(find(shifted).secondary))
    marked = find(with_one_collapse(shifted, share=None)).secondary
    assert said.replace("collapsed", "marked") == " ".join(choices(marked))


def _scaled(of: RunResult, values: dict[str, object]) -> RunResult:
    factor = 1.25 if values["residual"] else 1.0
    return of.model_copy(
        update={"val": of.val.model_copy(update={"mse": 0.01 * factor * of.val.mse / 0.02})}
    )


def test_marks_of_an_earlier_version_are_called_so_everywhere():
    study = with_one_collapse(synthetic_study(StudyRecipe(slope=0.3)), share=None)
    found = find(study)
    codes = {one.code for one in report_warnings(study, found.sample, found.found, found.secondary)}
    assert "marked-runs" in codes
    assert "collapsed-runs" not in codes
    assert "Without the marked run the answer is the same" in " ".join(answer(found))
    assert [table.title for table in correlation_tables(found)][1] == "Without marked runs"
    told = " ".join(robustness(found.secondary))
    assert "without one architecture with a marked run" in told
    assert "by the marked runs and not by noise" in told
    assert "collapse" not in told
    states = [cell.text for row in trial_rows(found) for cell in row.cells[1:2]]
    assert states.count("complete, marked") == 1


def test_where_every_architecture_has_a_collapsed_run_its_noise_is_told_with_them():
    """Page and cautions speak of the same noise."""
    plain = synthetic_study(StudyRecipe(slope=0.0, architecture_noise=0.01))
    lost = {"collapsed": True, "variance_share": 0.001}
    trials = []
    for trial in plain.trials:
        first, second = trial.seeds
        second = second.model_copy(update={"result": second.result.model_copy(update=lost)})
        trials.append(trial.model_copy(update={"seeds": (first, second)}))
    found = find(plain.model_copy(update={"trials": tuple(trials)}))
    assert found.secondary.without_collapsed.noise is None
    assert found.secondary.kept_noise == found.secondary.noise
    assert "told apart" in " ".join(robustness(found.secondary))
    assert "noise" in {one.code for one in found.warnings}
