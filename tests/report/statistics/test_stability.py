"""Over ranges, epochs and rivals: each against scipy on the same rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from archsearch.report.statistics.epochs import error_table, over_epochs
from archsearch.report.statistics.ranges import leave_range_out
from archsearch.report.statistics.rivals import compare_rivals, rival_columns
from archsearch.report.statistics.sample import headline_sample
from tests.synthetic import StudyRecipe, synthetic_study


def test_each_range_left_out_is_scipys_correlation_of_the_rest():
    rng = np.random.default_rng(0)
    latent, mse = np.round(2 ** rng.uniform(4, 11, 48)), rng.random(48)
    found = leave_range_out(latent, mse)
    assert [part.left_out for part in found] == [True] * 4 + [False] * 2
    for part in found:
        inside = (latent >= part.low) & (latent <= part.high)
        rows = ~inside if part.left_out else inside
        expected = stats.spearmanr(latent[rows], mse[rows]).statistic
        assert part.estimate.value == pytest.approx(expected)
    assert sum(48 - part.estimate.n for part in found if part.left_out) == 48


def test_a_correlation_that_one_end_carries_is_seen():
    rng = np.random.default_rng(1)
    latent = np.r_[rng.uniform(16, 32, 15), rng.uniform(512, 2048, 45)]
    mse = np.where(latent < 100, 10.0, 1.0) * np.exp(0.2 * rng.standard_normal(60))
    found = leave_range_out(latent, mse)
    assert stats.spearmanr(latent, mse).statistic < -0.5
    lowest = next(part for part in found if part.left_out)
    assert lowest.estimate.low < 0 < lowest.estimate.high


def test_few_sizes_have_no_ranges():
    assert leave_range_out([16, 16, 64, 64], [1, 2, 3, 4]) == ()


def test_every_epoch_has_scipys_correlation_and_slope():
    study = synthetic_study(StudyRecipe(complete=20, epochs=5))
    sample = headline_sample(study)
    epochs, errors = error_table(study, sample)
    table = sample.architectures()
    assert epochs == [1, 2, 3, 4, 5]
    last = [np.mean([s.result.history[-1].val_mse for s in t.seeds]) for t in study.trials]
    assert errors[:, -1] == pytest.approx(last)
    latent = table["latent_size"].to_numpy()
    for place, found in enumerate(over_epochs(latent, epochs, errors)):
        expected = stats.spearmanr(latent, errors[:, place]).statistic
        assert found.spearman.value == pytest.approx(expected)
        fit = stats.linregress(np.log(latent), np.log(errors[:, place]))
        assert found.slope.value == pytest.approx(fit.slope)
        assert found.slope.low < fit.slope < found.slope.high
    assert found.agreement == pytest.approx(1)


def test_only_the_epochs_that_all_have():
    short = synthetic_study(StudyRecipe(complete=6, epochs=3))
    long = synthetic_study(StudyRecipe(complete=6, epochs=9))
    mixed = long.model_copy(update={"trials": (*short.trials[:2], *long.trials[2:])})
    epochs, errors = error_table(mixed, headline_sample(mixed))
    assert epochs == [1, 2, 3]
    assert errors.shape[1] == 3


def test_rivals_are_scipys_and_their_gap_is_the_difference():
    study = synthetic_study(StudyRecipe(complete=40))
    table = headline_sample(study).architectures()
    columns = rival_columns(table)
    found = compare_rivals(table)
    assert [rival.name for rival in found] == list(columns)
    for rival in found:
        expected = stats.spearmanr(columns[rival.name], table["val_mse"]).statistic
        assert rival.estimate.value == pytest.approx(expected)
    latent, params = found[0], found[1]
    assert params.gap.value == pytest.approx(
        abs(latent.estimate.value) - abs(params.estimate.value)
    )
    assert latent.gap is None
    assert params.gap.low > 0  # the made errors follow the latent
