"""Effects of choices, pairs, corrections and importance against known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression

from archsearch.report.statistics.effects import factor_effects
from archsearch.report.statistics.factors import Factor, searched_factors
from archsearch.report.statistics.importance import FEWEST_FOR_IMPORTANCE, importances
from archsearch.report.statistics.intervals import nothing
from archsearch.report.statistics.least_squares import log_log_slope, robust_estimates
from archsearch.report.statistics.multiple import holm
from archsearch.report.statistics.pairs import grouped_slope, paired_effects
from archsearch.report.statistics.sample import headline_sample
from tests.synthetic import StudyRecipe, synthetic_study


def test_a_slope_that_hangs_on_one_net_has_no_interval():
    """Five nets of one latent size and one of another: its own error can't be told apart."""
    sizes = [1024.0] * 5 + [4096.0]
    errors = [0.0041, 0.0039, 0.0042, 0.0040, 0.0043, 0.0012]
    assert log_log_slope(sizes, errors) == nothing(6)
    assert log_log_slope([*sizes, 4096.0], [*errors, 0.0013]).clear


def choice(name: str, values: list[str]) -> Factor:
    return Factor(name, "choice", False, False, tuple(values), ())


def number(name: str, numbers: np.ndarray) -> Factor:
    texts = tuple(str(value) for value in numbers)
    return Factor(name, "number", True, True, texts, tuple(map(float, numbers)))


def made(n: int, seed: int = 0) -> tuple[tuple[Factor, ...], np.ndarray]:
    """Kernel 5 lowers log MSE by .3, a doubling of width by .2; the name tells nothing."""
    rng = np.random.default_rng(seed)
    kernel, tag = rng.choice(["3", "5"], n, p=[0.6, 0.4]), rng.choice(["a", "b", "c"], n)
    width = rng.uniform(2, 5, n) + 0.8 * (kernel == "5")  # tied to the kernel
    log = -4 - 0.3 * (kernel == "5") - 0.2 * width + 0.1 * rng.standard_normal(n)
    factors = (choice("kernel", kernel.tolist()), number("width", width), choice("tag", list(tag)))
    return factors, np.exp(log)


def test_adjusted_effects_are_least_squares_and_alone_ones_are_confounded():
    factors, mse = made(80)
    kernel, width, tag = factor_effects(factors, mse)
    values = [np.asarray(factor.values) for factor in factors]
    _, *levels = factors[2].levels
    design = np.column_stack(
        [values[0] == "5", factors[1].numbers, *(values[2] == level for level in levels)]
    )
    fit = LinearRegression().fit(design, np.log(mse))
    adjusted = [effect.adjusted.value for test in (kernel, width, tag) for effect in test.effects]
    assert adjusted == pytest.approx(fit.coef_)
    assert kernel.effects[0].contrast == "5 against 3"
    assert kernel.effects[0].adjusted.low <= -0.3 <= kernel.effects[0].adjusted.high
    assert kernel.effects[0].alone.value < kernel.effects[0].adjusted.value - 0.05
    assert kernel.p < 0.01
    assert width.p < 0.01
    assert tag.p > 0.05
    assert tag.p == pytest.approx(2 * min(effect.adjusted.p for effect in tag.effects))


def test_two_levels_alike_in_number_and_spread_give_students_test():
    rng = np.random.default_rng(1)
    levels = np.repeat(["a", "b"], 12)
    log = rng.standard_normal(24) + 0.7 * (levels == "b")
    (test,) = factor_effects((choice("x", levels.tolist()),), np.exp(log))
    reference = stats.ttest_ind(log[12:], log[:12], equal_var=False)
    found = test.effects[0].adjusted
    ends = stats.ttest_ind(log[12:], log[:12]).confidence_interval()
    assert found.p == pytest.approx(reference.pvalue, rel=0.02)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), rel=1e-6)


def test_a_rare_level_has_few_degrees_of_freedom():
    """Four of 24: with those of the whole model, intervals would cover in 91 % only."""
    rng, hits = np.random.default_rng(5), 0
    design = np.column_stack([np.arange(24) < 4, np.ones(24)]).astype(float)
    for _ in range(600):
        (found,) = robust_estimates(design, rng.standard_normal(24), 1)
        hits += found.low <= 0 <= found.high
    assert 0.935 <= hits / 600 <= 0.985


def test_interval_and_p_say_the_same():
    rng, told = np.random.default_rng(6), set()
    for _ in range(200):
        design = np.column_stack([rng.standard_normal((15, 3)), np.ones(15)])
        for found in robust_estimates(design, rng.standard_normal(15), 3):
            assert (found.p < 0.05) == (found.low * found.high > 0)
            told.add(found.p < 0.05)
    assert told == {True, False}


def test_one_observation_to_spare_gives_nothing_and_two_do():
    rng = np.random.default_rng(0)
    design, y = rng.standard_normal((5, 3)), rng.standard_normal(5)
    (found,) = robust_estimates(design[:4], y[:4], 1)
    assert found == (None, None, None, 4, None)
    assert robust_estimates(design, y, 1)[0].value is not None


def test_the_task_is_held_equal_and_what_is_not_searched_is_no_level():
    """The loss is searched under two tasks of three; one task's errors are twice the others'."""
    rng = np.random.default_rng(9)
    task = np.repeat(["rgb", "chroma", "bins"], 12)
    loss = np.where(task == "bins", "", np.where(np.arange(36) % 2 == 0, "mse", "l1"))
    loss[:4], loss[12:16] = "mse", "l1"  # tied to the task
    log = 0.7 * (task == "rgb") + 0.02 * rng.standard_normal(36)
    factors = (choice("task", task.tolist()), choice("train.loss", loss.tolist()))
    tasks, losses = factor_effects(factors, np.exp(log))
    assert {effect.contrast for effect in losses.effects} <= {"l1 against mse", "mse against l1"}
    (found,) = losses.effects
    for estimate in (found.alone, found.adjusted):
        assert estimate.value == pytest.approx(0, abs=0.04)  # over all, −20 %
    assert all(effect.adjusted.value is not None for effect in tasks.effects)


def test_a_level_of_two_or_three_has_no_effect():
    """Two alike by chance would seem to be known to a percent."""
    rng = np.random.default_rng(7)
    for few in (2, 3, 4):
        levels = ["a"] * 12 + ["b"] * few + ["c"] * 6
        (test,) = factor_effects((choice("x", levels),), np.exp(rng.standard_normal(18 + few)))
        found = {effect.contrast: effect for effect in test.effects}
        known = found["b against a"].alone.value is not None
        assert known is (few == 4)
        assert found["c against a"].alone.value is not None


def test_intervals_cover_under_unequal_spread():
    rng, hits = np.random.default_rng(2), 0
    for _ in range(200):
        group = np.repeat(["a", "b"], [30, 15])
        log = 0.5 * (group == "b") + rng.standard_normal(45) * np.where(group == "b", 1.0, 0.2)
        (test,) = factor_effects((choice("x", group.tolist()),), np.exp(log))
        hits += test.effects[0].adjusted.low <= 0.5 <= test.effects[0].adjusted.high
    assert 180 <= hits <= 199


def test_choices_that_say_the_same_are_not_told_apart():
    factors, mse = made(40)
    twin = factors[0]._replace(name="twin")
    tests = factor_effects((factors[0], twin), mse)
    assert all(test.effects[0].adjusted.value is None for test in tests)
    assert all(test.effects[0].alone.value is not None for test in tests)


def test_holm_is_that_of_the_textbook():
    assert holm([0.01, 0.04, 0.03, None, 0.005]) == pytest.approx([0.03, 0.06, 0.06, None, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_pairs_give_the_paired_t_interval():
    rng = np.random.default_rng(3)
    before, after = rng.standard_normal(12), rng.standard_normal(12) - 0.4
    reference = stats.ttest_rel(after, before).confidence_interval()
    groups, found = grouped_slope(
        np.repeat([0.0, 1.0], 12), np.r_[before, after], [*range(12), *range(12)]
    )
    assert groups == 12
    assert found.value == pytest.approx((after - before).mean())
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high))
    assert found.p == pytest.approx(stats.ttest_rel(after, before).pvalue)


def test_matched_architectures_show_what_the_trunk_hides():
    rng = np.random.default_rng(4)
    trunk = np.repeat(rng.normal(0, 2, 20), 2)  # differences of trunks drown the effect
    side = np.tile([4.0, 8.0], 20)
    size = np.repeat(np.arange(20) * 64 + 64.0, 2)
    log = trunk - 0.15 * np.log2(side**2) + 0.05 * rng.standard_normal(40)
    table = pd.DataFrame(
        {"latent_height": side, "latent_width": side, "latent_size": size, "val_mse": np.exp(log)}
    )
    (paired,) = paired_effects(table, ())
    assert (paired.what, paired.groups) == ("latent height×width", 20)
    assert paired.estimate.low <= -0.15 <= paired.estimate.high
    assert paired.estimate.high < -0.1
    assert paired.estimate.p < 0.01


def test_nets_of_another_task_are_not_alike():
    """The larger side is always of the task with the larger error: within a task none is."""
    side, size = np.tile([4.0, 8.0], 12), np.repeat(np.arange(12) * 64 + 64.0, 2)
    table = pd.DataFrame({"latent_height": side, "latent_width": side, "latent_size": size})
    spread = np.exp(0.05 * np.random.default_rng(0).standard_normal(24))
    table["val_mse"] = np.where(side == 8, 0.02, 0.01) * spread
    assert [paired.what for paired in paired_effects(table, ())] == ["latent height×width"]
    tasks = choice("task", np.where(side == 8, "colorize", "colorize-chroma").tolist())
    assert paired_effects(table, (tasks,)) == ()


def test_factors_are_read_from_a_study():
    study = synthetic_study(StudyRecipe(complete=30))
    table = headline_sample(study).architectures()
    factors = {factor.name: factor for factor in searched_factors(study, table)}
    assert factors["width"].kind == "number"
    assert factors["width"].log
    assert set(factors["encoder[0].conv.kernel"].values) == {"3", "3×5"}
    assert factors["residual"].kind == "choice"


def test_importance_finds_what_matters_and_names_its_evaluator():
    factors, mse = made(120)
    found = importances(factors, mse)
    assert "fANOVA" in found.evaluator
    assert next(iter(found.shares)) == "width" or found.shares["kernel"] > 0.3
    assert found.shares["tag"] < 0.1
    assert sum(found.shares.values()) + found.noise_column == pytest.approx(1)


def test_importance_is_refused_with_few_architectures():
    factors, mse = made(FEWEST_FOR_IMPORTANCE - 1)
    found = importances(factors, mse)
    assert found.shares == {}
    assert "29 architectures are too few; it takes 30" in found.refused
