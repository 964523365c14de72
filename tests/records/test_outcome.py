"""Collapsed, no better than a guess, not converged: each by its own rule."""

import numpy as np
import pytest

from archsearch.records import Baselines, RunResult, best_guess, convergence, no_better_than_guess
from tests.synthetic import synthetic_result


def ended(errors: list[float], rates: list[float] | None = None) -> RunResult:
    """A run with this validation error after each epoch."""
    rng = np.random.default_rng(0)
    result = synthetic_result(
        rng, errors[-1], latent=64, seed=0, epochs=len(errors), collapsed=False
    )
    rates = rates or [1e-3] * len(errors)
    history = tuple(
        record.model_copy(update={"val_mse": error, "lr": rate})
        for record, error, rate in zip(result.history, errors, rates, strict=True)
    )
    return result.model_copy(update={"history": history})


@pytest.mark.parametrize(
    ("errors", "fell"),
    [
        ([8, 4, 2, 1], 0.5),  # a quarter of four epochs is the last one
        ([8, 8, 8, 8, 8, 4, 2, 1], 0.75),  # of eight, the last two
        ([4, 1], 0.5),  # half of the last epoch's fall, on a log scale
        ([1, 1, 1, 1], 0.0),
    ],
)
def test_the_fall_is_of_the_last_quarter_of_the_steps(errors, fell):
    assert convergence(ended(errors)).fell == pytest.approx(fell)


def test_a_fall_counts_only_at_a_rate_that_was_not_annealed():
    errors = [0.08, 0.04, 0.02, 0.018]
    assert convergence(ended(errors)).still_falling
    assert not convergence(ended(errors, [1e-2, 1e-2, 1e-3, 1e-6])).still_falling
    assert convergence(ended(errors, [1e-2, 1e-2, 1e-2, 1e-3])).still_falling
    assert not convergence(ended([0.08, 0.04, 0.02, 0.0191])).still_falling  # 4.5 %


def test_one_epoch_does_not_say():
    found = convergence(ended([0.05]))
    assert (found.fell, found.failed) == (None, False)
    assert convergence(ended([0.05]).model_copy(update={"history": ()})) is None


@pytest.mark.parametrize(("last", "rose"), [(0.0219, False), (0.0221, True), (0.3, True)])
def test_ending_over_ten_percent_above_the_best_epoch_is_not_converged(last, rose):
    found = convergence(ended([0.05, 0.02, 0.03, last], [1e-2, 1e-2, 1e-2, 1e-6]))
    assert (found.rose, found.failed, found.best_epoch) == (rose, rose, 2)


def test_the_guess_is_the_channel_mean_and_for_colors_the_mean_chroma():
    result = ended([0.05])
    mean = result.baselines.test("channel_mean")
    assert best_guess(result) == ("the channel mean", mean)
    colors = Baselines.model_validate(result.baselines.model_dump() | {"mean_chroma_test": 0.005})
    colored = result.model_copy(update={"baselines": colors})
    assert best_guess(colored) == ("the mean chroma", 0.005)
    for test, expected in ((0.0049, False), (0.005, True), (0.006, True)):
        scores = result.test.model_copy(update={"mse": test})
        assert no_better_than_guess(colored.model_copy(update={"test": scores})) is expected
        assert not no_better_than_guess(result.model_copy(update={"test": scores}))


def test_a_record_of_an_earlier_version_keeps_its_mark_and_is_not_measured():
    stored = ended([0.05]).model_copy(update={"collapsed": True}).model_dump()
    del stored["variance_share"]
    old = RunResult.model_validate(stored)
    assert (old.collapsed, old.variance_share) == (True, None)
