"""Baselines in records: by name in code, flat in files as ever."""

from __future__ import annotations

import json

import numpy as np
import pytest
from pydantic import ValidationError

from archsearch.config import BASELINES, LINEAR_CODES
from archsearch.records import Baselines, best_guess
from archsearch.records.baselines import known_baselines
from archsearch.records.runs import metrics
from tests.synthetic import synthetic_result

STORED = {
    "channel_mean_val": 0.06,
    "channel_mean_test": 0.061,
    "pca_val": 0.01,
    "pca_test": 0.011,
    "pca_bottleneck_val": None,
    "pca_bottleneck_test": None,
    "patch_pca_val": 0.012,
    "patch_pca_test": 0.013,
    "untouched_val": None,
    "untouched_test": None,
    "linear_val": None,
    "linear_test": None,
    "gray_copy_val": None,
    "gray_copy_test": None,
    "mean_chroma_val": None,
    "mean_chroma_test": None,
    "gray_copy_color": None,
    "mean_chroma_color": None,
}
"""As version 1 wrote them."""
NEWER = {"nearest_val": 0.03, "nearest_test": 0.031}
"""A newer version has a baseline that this one doesn't."""


def test_files_have_the_keys_that_they_always_had() -> None:
    read = Baselines.model_validate(STORED)
    assert json.loads(read.model_dump_json()) == STORED
    assert {name for name, each in read.errors.items() if each.val} == {
        *("channel_mean", "pca", "patch_pca")
    }
    assert (read.val("pca"), read.test("pca"), read.color("pca")) == (0.01, 0.011, None)
    assert read.pair("linear") is None


def test_what_is_not_finite_is_not_known() -> None:
    read = Baselines.model_validate(STORED | {"linear_val": float("nan"), "linear_test": 0.1})
    assert (read.val("linear"), read.test("linear")) == (None, 0.1)


def test_the_channel_mean_is_always_there() -> None:
    with pytest.raises(ValidationError, match="channel mean"):
        Baselines.model_validate(STORED | {"channel_mean_test": None})


def test_a_baseline_of_a_newer_version_is_kept_and_called_by_its_name() -> None:
    read = Baselines.model_validate(STORED | NEWER)
    again = Baselines.model_validate_json(read.model_dump_json())
    assert again == read
    assert json.loads(read.model_dump_json()) == STORED | NEWER
    labels = [baseline.label for baseline, _ in read.known()]
    assert labels == ["channel mean", "PCA", "patch PCA", "nearest"]


def test_every_baseline_is_known_in_its_order() -> None:
    whole = Baselines.of(dict.fromkeys(reversed(BASELINES), (0.1, 0.2)))
    assert [baseline.name for baseline, _ in whole.known()] == list(BASELINES)
    assert [each.name for each in known_baselines([Baselines.model_validate(STORED), whole])] == (
        list(BASELINES)
    )
    assert list(whole.tests()) == list(BASELINES)


def test_metrics_json_has_every_baseline() -> None:
    result = synthetic_result(
        np.random.default_rng(0), 0.005, latent=64, seed=0, epochs=3, collapsed=False
    )
    given = result.model_copy(update={"baselines": Baselines.model_validate(STORED | NEWER)})
    told = metrics("run", given)["baselines"]
    assert told == {
        **{name: STORED[f"{name}_test"] for name in BASELINES},
        "nearest": NEWER["nearest_test"],
    }


def test_the_best_guess_is_the_constant_that_knows_most() -> None:
    result = synthetic_result(
        np.random.default_rng(0), 0.005, latent=64, seed=0, epochs=3, collapsed=False
    )
    colored = Baselines.model_validate(STORED | {"mean_chroma_val": 0.07, "mean_chroma_test": 0.07})
    guesses = [
        best_guess(result.model_copy(update={"baselines": baselines}))
        for baselines in (Baselines.model_validate(STORED), colored)
    ]
    assert guesses == [("the channel mean", 0.061), ("the mean chroma", 0.07)]


def test_a_linear_code_has_the_size_of_the_latent() -> None:
    assert {BASELINES[name].size for name in LINEAR_CODES} == {"latent.size", "latent.shape"}
