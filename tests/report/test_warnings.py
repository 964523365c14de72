"""A study without a fault has no warning; each warning is tested beside its section."""

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


def test_a_clean_study_has_none():
    study = synthetic_study(StudyRecipe(complete=40, epochs=40, slope=0.3))
    assert codes(study) == set()
