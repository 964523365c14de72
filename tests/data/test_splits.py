import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archsearch.data.splits import Split, split_by_region, split_evenly, split_officially
from archsearch.errors import DataError


def sizes(split: Split) -> tuple[int, int, int]:
    return len(split.train), len(split.val), len(split.test)


def taken(split: Split) -> np.ndarray:
    return np.concatenate([split.train, split.val, split.test])


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, (48_000, 6_000, 6_000)),
        (12_000, (9_600, 1_200, 1_200)),
        (99_999, (48_000, 6_000, 6_000)),
    ],
)
def test_sizes_of_the_even_split(limit, expected):
    assert sizes(split_evenly(60_000, limit, seed=0)) == expected


@given(st.integers(10, 500), st.none() | st.integers(10, 600), st.integers(0, 2**32))
def test_even_split_is_disjoint_within_the_source_and_repeatable(pictures, limit, seed):
    split = split_evenly(pictures, limit, seed)
    assert len(set(taken(split).tolist())) == min(pictures, limit or pictures)
    assert set(taken(split).tolist()) <= set(range(pictures))
    assert np.array_equal(taken(split), taken(split_evenly(pictures, limit, seed)))


def test_another_seed_splits_otherwise():
    assert set(split_evenly(1000, None, 0).test) != set(split_evenly(1000, None, 1).test)


def test_limit_takes_of_the_whole_source_not_of_its_start():
    assert np.mean(taken(split_evenly(10_000, 1000, seed=0))) == pytest.approx(5000, rel=0.1)


@given(
    st.lists(st.booleans(), min_size=40, max_size=300).filter(
        lambda part: 2 < sum(part) < len(part) - 10
    ),
    st.none() | st.integers(40, 400),
    st.integers(0, 99),
)
def test_official_split_tests_on_the_test_part_only(part, limit, seed):
    test_part = np.array(part)
    split = split_officially(len(part), test_part, None, limit, seed)
    assert test_part[split.test].all()
    assert not test_part[np.concatenate([split.train, split.val])].any()
    assert (
        len(set(taken(split).tolist())) == sum(sizes(split)) == min(len(part), limit or len(part))
    )
    assert len(split.val) == (len(split.val) + len(split.train)) // 10


def test_official_split_keeps_its_shares_under_a_limit():
    test_part = np.arange(60_000) >= 50_000
    assert sizes(split_officially(60_000, test_part, None, 12_000, 0)) == (9_000, 1_000, 2_000)


@given(
    st.lists(st.sampled_from(["train", "val", "test"]), min_size=40, max_size=300),
    st.booleans(),
    st.none() | st.integers(40, 400),
    st.integers(0, 99),
)
def test_a_source_s_own_parts_are_kept_and_only_a_missing_one_is_taken(part, tests, limit, seed):
    if not tests:
        part = ["train" if name == "test" else name for name in part]
    if part.count("train") < 20 or min(map(part.count, set(part))) < 10 or len(set(part)) == 1:
        return
    names = np.array(part)
    test_part = names == "test" if "test" in part else None
    val_part = names == "val" if "val" in part else None
    split = split_officially(len(part), test_part, val_part, limit, seed)
    assert len(set(taken(split))) == sum(sizes(split)) == min(len(part), limit or len(part))
    assert set(names[split.train]) == {"train"}
    assert set(names[split.val]) == ({"val"} if "val" in part else {"train"})
    assert set(names[split.test]) == ({"test"} if "test" in part else {"train"})
    if limit is None and val_part is not None:
        assert len(split.val) == part.count("val")


def test_a_split_by_the_test_part_alone_is_what_it_always_was():
    """Fingerprints of earlier runs stand."""
    split = split_officially(30, np.arange(30) >= 20, None, 24, seed=3)
    assert split.train.tolist() == [12, 17, 18, 10, 0, 11, 13, 8, 15, 9, 6, 1, 2, 16, 14]
    assert split.val.tolist() == [3]
    assert split.test.tolist() == [26, 20, 23, 27, 28, 25, 29, 22]


@given(
    st.lists(st.integers(5, 15), min_size=30, max_size=80),
    st.none() | st.integers(50, 900),
    st.integers(0, 99),
)
def test_regions_stay_together_and_the_limit_is_met(counts, limit, seed):
    regions = np.repeat(np.arange(len(counts)), counts)
    split = split_by_region(regions, limit, seed)
    homes = [set(regions[part].tolist()) for part in (split.train, split.val, split.test)]
    assert len(homes[0] | homes[1] | homes[2]) == sum(map(len, homes))
    assert (
        len(set(taken(split).tolist()))
        == sum(sizes(split))
        == min(len(regions), limit or len(regions))
    )
    if limit is not None and limit < len(regions) // 2:
        assert sizes(split) == (limit - 2 * (limit // 10), limit // 10, limit // 10)


@pytest.mark.parametrize(
    "split",
    [
        lambda: split_evenly(9, None, 0),
        lambda: split_officially(99, np.arange(99) < 90, None, None, 0),
        lambda: split_officially(91, np.arange(91) == 90, None, 50, 0),
        lambda: split_officially(91, np.arange(91) >= 50, np.arange(91) < 50, None, 0),
        lambda: split_by_region(np.zeros(100, dtype=np.int64), None, 0),
    ],
)
def test_a_split_without_a_part_is_refused(split):
    with pytest.raises(DataError, match="too few to split"):
        split()
