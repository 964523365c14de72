"""Findings of synthetic studies, to be compared with each other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from archsearch.report.findings import Findings, find
from archsearch.report.subject import of_study
from tests.synthetic import StudyRecipe, synthetic_study


@cache
def _found(settings: tuple[tuple[str, object], ...]) -> Findings:
    return find(of_study(synthetic_study(StudyRecipe(**dict(settings)))))


def findings_of(name: str, **recipe: object) -> Findings:
    """What is found in a synthetic study, computed once for each recipe, under any name."""
    found = _found(tuple(recipe.items()))
    study = found.study.model_copy(update={"name": name})
    return replace(found, subject=replace(found.subject, study=study))
