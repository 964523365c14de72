"""Each warning comes when its cause is there, and only then."""

from __future__ import annotations

from archsearch.records import StudyRecord
from archsearch.report.findings import find
from archsearch.report.pages.study import page_of
from archsearch.report.subject import of_study
from tests.synthetic import StudyRecipe, synthetic_study


def warnings_of(study: StudyRecord) -> dict[str, str]:
    sections = page_of(find(of_study(study))).sections
    return {warning.code: warning.message for part in sections for warning in part.warnings}


def codes(study: StudyRecord) -> set[str]:
    return set(warnings_of(study))


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


def test_other_pictures():
    assert "mixed-data" in codes(changed_runs(synthetic_study(), data_fingerprint="other"))


def test_fewer_trials_than_asked_for():
    study = synthetic_study().model_copy(update={"note": "the space has 3 candidates"})
    warnings = warnings_of(study)
    assert warnings["fewer-trials"].endswith("asked for: the space has 3 candidates.")
    assert "fewer-trials" not in codes(synthetic_study())


def test_a_trial_without_results_yet_is_unfinished():
    study = synthetic_study(StudyRecipe(untouched=3))
    warnings = warnings_of(study)
    assert warnings["unfinished"].startswith("3 trials of 27 not finished")


def test_pictures_that_were_jpegs():
    note = "JPEG: all 60 pictures, chroma at half resolution"
    study = synthetic_study().model_copy(update={"source_note": note})
    warnings = warnings_of(study)
    assert warnings["jpeg-pictures"] == f"About the pictures: {note}."
