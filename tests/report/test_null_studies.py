"""Studies of noise alone: how often does a page claim to have found anything?"""

from __future__ import annotations

import ast
import re
from functools import partial
from pathlib import Path

import pytest

import archsearch
from archsearch.report.findings import Findings
from archsearch.report.sections import correction
from archsearch.report.statistics.multiple import holm
from tests.report.claims import CLAIMS, claims
from tests.report.reading import corrected, findings_of
from tests.synthetic import StudyRecipe, synthetic_study

noise = partial(StudyRecipe, slope=0.0)

SEEDS = (1004, 1006, 1024, 1025, 1029, 1033)
"""Of sixty in a row: twenty had something to show if each look stood for itself."""


def with_correction(found: Findings, correct) -> Findings:
    """The findings with ``correct`` in Holm's place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(correction, "holm", correct)
        return corrected(found)


def test_each_claim_is_looked_for_in_words_that_sentences_have():
    """A sentence that is put another way would be missed, and noise go unnoticed."""
    folder = Path(archsearch.__file__).parent / "report"
    nodes = (
        node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))
    )
    told = [node.value for node in nodes if isinstance(node, ast.Constant)]
    texts = [text for text in told if isinstance(text, str)]
    for claim in CLAIMS:
        words = max(re.split(r"[\^*\[\]()]", claim), key=len)
        assert any(words in text for text in texts), claim


def test_what_is_found_after_the_fact_is_corrected_for_all_of_it():
    """Six studies of noise with something to show, each another thing, if no look is corrected."""
    studies = [findings_of(synthetic_study(noise(seed=seed))) for seed in SEEDS]
    assert min(study.looks for study in studies) > 15
    alone = [with_correction(study, list) for study in studies]
    assert sum(bool(claims(study)) for study in alone) >= 4
    assert claims(with_correction(studies[0], holm)) == claims(studies[0])
    assert sum(bool(claims(study)) for study in studies) <= 1


@pytest.mark.full
@pytest.mark.parametrize("complete", [8, 12, 24, 48])
def test_over_300_studies_of_noise_at_most_one_in_ten_claims_anything(complete):
    recipes = (noise(complete=complete, seed=seed, collapsed=seed % 2) for seed in range(300))
    claimed = [bool(claims(findings_of(synthetic_study(recipe)))) for recipe in recipes]
    assert sum(claimed) / 300 <= 0.10 + 0.035  # two standard errors
