"""Each warning comes when its cause is there, and only then."""

from __future__ import annotations

from archsearch.records import StudyRecord
from archsearch.report.findings import find
from tests.synthetic import StudyRecipe, synthetic_study


def codes(study: StudyRecord) -> set[str]:
    return {caution.code for caution in find(study).cautions}


def changed_runs(study: StudyRecord, **updates: object) -> StudyRecord:
    """The study with the first trial's results changed."""
    first, *others = study.trials
    seeds = tuple(
        seed.model_copy(update={"result": seed.result.model_copy(update=updates)})
        for seed in first.seeds
    )
    trials = (first.model_copy(update={"seeds": seeds}), *others)
    return study.model_copy(update={"trials": trials})


def test_a_clean_study_has_none():
    study = synthetic_study(StudyRecipe(complete=40, epochs=40))
    assert codes(study) == set()


def test_few_architectures():
    assert "few-architectures" in codes(synthetic_study(StudyRecipe(complete=11)))
    assert "too-few-architectures" in codes(synthetic_study(StudyRecipe(complete=3)))


def test_unequal_epochs():
    assert "unequal-epochs" in codes(changed_runs(synthetic_study(), epochs=99))


def test_other_pictures():
    assert "mixed-data" in codes(changed_runs(synthetic_study(), data_fingerprint="other"))


def test_curves_that_still_fall():
    assert "still-falling" in codes(synthetic_study(StudyRecipe(epochs=3)))
    assert "still-falling" not in codes(synthetic_study(StudyRecipe(epochs=40)))


def test_one_seed():
    assert "one-seed" in codes(synthetic_study(StudyRecipe(seeds=1)))


def test_nothing_left_for_a_partial_correlation():
    assert "partial-undetermined" in codes(synthetic_study(StudyRecipe(complete=5)))


def test_fewer_trials_than_asked_for():
    study = synthetic_study().model_copy(update={"note": "the space has 3 candidates"})
    cautions = {caution.code: caution.message for caution in find(study).cautions}
    assert cautions["fewer-trials"].endswith("asked for: the space has 3 candidates.")
    assert "fewer-trials" not in codes(synthetic_study())


def test_a_trial_without_results_yet_is_unfinished():
    study = synthetic_study(StudyRecipe(untouched=3))
    cautions = {caution.code: caution.message for caution in find(study).cautions}
    assert cautions["unfinished"].startswith("3 trials of 27 not finished")
