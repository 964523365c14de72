"""The order of pictures is a function of seed and epoch."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from archsearch.train.loop.order import batches_of, derived_seed, picture_order


@given(st.integers(1, 200), st.integers(0, 10**30), st.integers(1, 100_000))
def test_an_order_visits_each_picture_once_and_is_repeatable(pictures, seed, epoch) -> None:
    before = torch.random.get_rng_state()
    order = picture_order(pictures, seed, epoch)
    assert sorted(order.tolist()) == list(range(pictures))
    assert torch.equal(order, picture_order(pictures, seed, epoch))
    assert torch.equal(before, torch.random.get_rng_state())


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = {tuple(picture_order(50, s, e).tolist()) for s in range(5) for e in range(5)}
    assert len(orders) == 25


def test_parts_of_a_seed_dont_run_together() -> None:
    assert derived_seed(1, 23) != derived_seed(12, 3)


@given(st.integers(1, 60), st.integers(1, 70), st.booleans())
def test_batches_hold_every_picture_but_a_dropped_single(pictures, size, drop) -> None:
    batches = batches_of(torch.arange(pictures), size, drop_single=drop)
    dropped = drop and size > 1 and pictures > size and pictures % size == 1
    assert torch.cat(batches).tolist() == list(range(pictures - dropped))
    assert all(len(batch) == size for batch in batches[:-1])
