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


def test_few_architectures():
    assert "few-architectures" in codes(synthetic_study(StudyRecipe(complete=11)))
    assert "too-few-architectures" in codes(synthetic_study(StudyRecipe(complete=3)))


def test_unequal_epochs():
    assert "unequal-epochs" in codes(changed_runs(synthetic_study(), epochs=99))


def test_curves_that_still_fall():
    assert "still-falling" in codes(synthetic_study(StudyRecipe(epochs=3)))
    assert "still-falling" not in codes(synthetic_study(StudyRecipe(epochs=40)))


def test_one_seed():
    assert "one-seed" in codes(synthetic_study(StudyRecipe(seeds=1)))


def test_nothing_left_for_a_partial_correlation():
    assert "partial-undetermined" in codes(synthetic_study(StudyRecipe(complete=5)))


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
