import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archsearch.config import ChoiceDomain, FloatDomain, IntDomain
from archsearch.errors import InputError
from archsearch.space import configurations, domain_size, domain_values, draw
from archsearch.space.domains import check_domain


@given(
    low=st.integers(-50, 50),
    width=st.integers(0, 60),
    step=st.integers(1, 9),
    seed=st.integers(0, 2**32),
)
def test_whole_numbers_are_drawn_from_the_listed_values(
    low: int, width: int, step: int, seed: int
) -> None:
    domain = IntDomain(low=low, high=low + width, step=step)
    values = domain_values("n", domain)
    assert len(values) == domain_size(domain)
    assert draw(domain, np.random.default_rng(seed)) in values


@given(low=st.integers(1, 50), width=st.integers(0, 500), seed=st.integers(0, 2**32))
def test_log_draws_stay_in_the_domain(low: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert low <= draw(IntDomain(low=low, high=low + width, log=True), rng) <= low + width
    assert low <= draw(FloatDomain(low=low, high=low + width, log=True), rng) <= low + width


def test_log_draws_are_uniform_over_the_logarithm() -> None:
    rng = np.random.default_rng(0)
    domain = IntDomain(low=1, high=64, log=True)
    drawn = np.array([draw(domain, rng) for _ in range(20_000)])
    for low, high in [(1, 1), (2, 3), (4, 7), (8, 15), (16, 31), (32, 63)]:
        share = np.mean((drawn >= low) & (drawn <= high))
        expected = math.log((high + 0.5) / (low - 0.5)) / math.log(64.5 / 0.5)
        assert share == pytest.approx(expected, abs=0.012)


def test_log_floats_have_their_geometric_mean_in_the_middle() -> None:
    rng = np.random.default_rng(0)
    domain = FloatDomain(low=1e-4, high=1e-1, log=True)
    drawn = np.log10([draw(domain, rng) for _ in range(4_000)])
    assert float(np.mean(drawn)) == pytest.approx(-2.5, abs=0.05)


def test_every_choice_comes_and_keeps_its_type() -> None:
    rng = np.random.default_rng(0)
    domain = ChoiceDomain(choices=(True, 1, (3, 5), "same"))
    drawn = [draw(domain, rng) for _ in range(200)]
    assert {repr(value) for value in drawn} == {"True", "1", "(3, 5)", "'same'"}


def test_a_space_with_a_float_has_no_number_of_configurations() -> None:
    choice = ChoiceDomain(choices=(3, 5))
    assert configurations({"a": IntDomain(low=1, high=7, step=3), "b": choice}) == 6
    assert configurations({"a": FloatDomain(low=0, high=1), "b": choice}) is None
    assert configurations({"a": FloatDomain(low=1, high=1), "b": choice}) == 2


def test_a_grid_refuses_floats_and_says_what_to_write() -> None:
    with pytest.raises(InputError, match=r"space\.p: a grid can't list .* 0\.0 to 0\.3") as error:
        domain_values("p", FloatDomain(low=0.0, high=0.3))
    assert "choice" in error.value.help


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (IntDomain(low=9, high=2), "low 9 exceeds high 2"),
        (IntDomain(low=0, high=2, log=True), "positive low, and it is 0"),
        (FloatDomain(low=-1, high=2, log=True), r"positive low, and it is -1\.0"),
    ],
)
def test_domains_that_cannot_be_drawn_from_are_refused(
    domain: IntDomain | FloatDomain, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        check_domain("n", domain)
