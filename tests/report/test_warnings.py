"""Each warning comes when its cause is there, and only then."""

from __future__ import annotations

from archsearch.records import StudyRecord
from archsearch.report.analysis.findings import find
from tests.synthetic import StudyRecipe, synthetic_study


def codes(study: StudyRecord) -> set[str]:
    return {warning.code for warning in find(study).warnings}


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
    study = synthetic_study(StudyRecipe(complete=40, epochs=40, slope=0.3))
    assert codes(study) == set()


def test_unequal_epochs():
    assert "unequal-epochs" in codes(changed_runs(synthetic_study(), epochs=99))


def test_other_pictures():
    assert "mixed-data" in codes(changed_runs(synthetic_study(), data_fingerprint="other"))


def test_curves_that_still_fall():
    assert "still-falling" in codes(synthetic_study(StudyRecipe(epochs=3)))
    assert "still-falling" not in codes(synthetic_study(StudyRecipe(epochs=40)))


def test_fewer_trials_than_asked_for():
    study = synthetic_study().model_copy(update={"note": "the space has 3 candidates"})
    warnings = {warning.code: warning.message for warning in find(study).warnings}
    assert warnings["fewer-trials"].endswith("asked for: the space has 3 candidates.")
    assert "fewer-trials" not in codes(synthetic_study())


def test_a_trial_without_results_yet_is_unfinished():
    study = synthetic_study(StudyRecipe(untouched=3))
    warnings = {warning.code: warning.message for warning in find(study).warnings}
    assert warnings["unfinished"].startswith("3 trials of 27 not finished")


def with_rates(study: StudyRecord, last: float) -> StudyRecord:
    """The study with each run's last learning rate changed."""
    trials = []
    for trial in study.trials:
        seeds = []
        for seed in trial.seeds:
            *before, end = seed.result.history
            history = (*before, end.model_copy(update={"lr": last}))
            result = seed.result.model_copy(update={"history": history})
            seeds.append(seed.model_copy(update={"result": result}))
        trials.append(trial.model_copy(update={"seeds": tuple(seeds)}))
    return study.model_copy(update={"trials": tuple(trials)})


def test_curves_that_a_schedule_flattens():
    flat = synthetic_study(StudyRecipe(complete=40, epochs=40))
    assert "annealed" in codes(with_rates(flat, 1e-6))
    assert "annealed" not in codes(with_rates(flat, 1e-3 / 10))
    falling = with_rates(synthetic_study(StudyRecipe(epochs=3)), 1e-6)
    assert codes(falling) & {"annealed", "still-falling"} == {"annealed"}


def test_pictures_that_were_jpegs():
    note = "JPEG: all 60 pictures, chroma at half resolution"
    study = synthetic_study().model_copy(update={"source_note": note})
    warnings = {warning.code: warning.message for warning in find(study).warnings}
    assert warnings["jpeg-pictures"] == f"About the pictures: {note}."


def test_a_choice_that_goes_along_with_a_size():
    study = synthetic_study(StudyRecipe(complete=40, slope=0.9, architecture_noise=0.05))
    sides = {trial.plan.latent_height for trial in study.trials}

    def chosen(tied: bool) -> set[str]:
        trials = tuple(
            trial.model_copy(
                update={
                    "values": {
                        "depth": trial.plan.latent_height if tied else trial.number % len(sides)
                    }
                }
            )
            for trial in study.trials
        )
        return codes(study.model_copy(update={"trials": trials}))

    assert "confounded-choices" in chosen(tied=True)
    assert "confounded-choices" not in chosen(tied=False)
