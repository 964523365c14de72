"""Studies of noise alone: how often does a page claim to have found anything?"""

from __future__ import annotations

import ast
import dataclasses
import re
from functools import partial
from pathlib import Path

import pytest

import archsearch
from archsearch.report.analysis import post_hoc
from archsearch.report.analysis.findings import Findings, find
from archsearch.report.statistics.multiple import holm
from tests.report.claims import CLAIMS, claims
from tests.synthetic import StudyRecipe, synthetic_study

noise = partial(StudyRecipe, slope=0.0)

SEEDS = (1004, 1006, 1024, 1025, 1029, 1033)
"""Of sixty in a row: twenty had something to show if each look stood for itself."""


def with_correction(found: Findings, correct) -> Findings:
    """The findings with ``correct`` in Holm's place."""
    measures = {"partial": found.found.measures["latent_size"]["partial_spearman"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(post_hoc, "holm", correct)
        return dataclasses.replace(found, secondary=post_hoc.corrected(found.secondary, measures))


def test_each_claim_is_looked_for_in_words_that_sentences_have():
    """A sentence that is put another way would be missed, and noise go unnoticed."""
    folder = Path(archsearch.__file__).parent / "report/sentences"
    nodes = (node for path in folder.glob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    told = [node.value for node in nodes if isinstance(node, ast.Constant)]
    texts = [text for text in told if isinstance(text, str)]
    for claim in CLAIMS:
        words = max(re.split(r"[\^*\[\]]", claim), key=len)
        assert any(words in text for text in texts), claim


def test_what_is_found_after_the_fact_is_corrected_for_all_of_it():
    """Six studies of noise with something to show, each another thing, if no look is corrected."""
    studies = [find(synthetic_study(noise(seed=seed))) for seed in SEEDS]
    looks = [study.secondary.looks for study in studies]
    assert min(looks) > 15
    alone = [with_correction(study, list) for study in studies]
    assert sum(bool(claims(study)) for study in alone) >= 4
    assert claims(with_correction(studies[0], holm)) == claims(studies[0])
    assert sum(bool(claims(study)) for study in studies) <= 1


@pytest.mark.full
@pytest.mark.parametrize("complete", [8, 12, 24, 48])
def test_over_300_studies_of_noise_at_most_one_in_ten_claims_anything(complete):
    claimed = [
        bool(claims(find(synthetic_study(noise(complete=complete, seed=seed, collapsed=seed % 2)))))
        for seed in range(300)
    ]
    assert sum(claimed) / 300 <= 0.10 + 0.035  # two standard errors
