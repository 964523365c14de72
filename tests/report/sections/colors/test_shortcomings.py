"""Marks follow from intervals, never from points alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archsearch.report.sections.colors.shortcomings import collapsed, shortcomings
from archsearch.report.sections.colors.variant_table import variant_table
from tests.report.colored import color_result, variants_of


def marks(*seeds: dict[str, object], task: str = "colorize-chroma", mse: float = 0.005) -> set[str]:
    """Those of one variant, one seed for each of ``seeds``."""
    (variant,) = variants_of(
        *((task, color_result(task, mse, seed=seed, **has), {}) for seed, has in enumerate(seeds))
    )
    return {each.name for each in shortcomings(variant, variant)}


@pytest.mark.parametrize(
    ("seeds", "pale"),
    [
        ([0.48, 0.52], True),
        ([0.94, 0.949], True),
        ([0.94, 0.96], False),
        ([0.97, 1.02], False),
        ([1.04, 1.05], False),
        ([0.5], False),
        ([None, None], False),
        # Student's interval of these means reaches over 0.95.
        ([0.7, 0.8, 0.9], False),
    ],
)
def test_pale_is_what_lies_under_the_originals_with_its_whole_interval(seeds, pale):
    found = marks(*({"saturation": value} for value in seeds))
    assert ("too pale" in found) is pale


def test_clipping_is_marked_where_it_is_not_chance():
    assert "clipped" in marks({"clipped": 0.004}, {"clipped": 0.005})
    assert "clipped" not in marks({"clipped": 0.0001}, {"clipped": 0.005})
    assert "clipped" not in marks({"clipped": 0.004}, {"clipped": 0.004}, task="colorize")


def test_gray_is_better_where_it_is_beyond_the_interval():
    """The gray copy has a ΔE of 10.45."""
    assert "no better than gray" in marks({"delta_e": 10.5}, {"delta_e": 10.9})
    assert "no better than gray" not in marks({"delta_e": 10.4}, {"delta_e": 10.9})
    assert "no better than gray" not in marks({"delta_e": 9.4}, {"delta_e": 9.9})


def test_few_right_pixels_are_under_half():
    assert "few right pixels" not in marks({}, {})  # 61 %
    result = color_result("colorize", 0.005)
    color = result.test.color.model_copy(update={"accuracy_5": 0.4})
    few = result.model_copy(update={"test": result.test.model_copy(update={"color": color})})
    (variant,) = variants_of(
        *(("colorize", few.model_copy(update={"seed": seed}), {}) for seed in (0, 1))
    )
    assert "few right pixels" in {each.name for each in shortcomings(variant, variant)}


def test_what_is_not_told_from_the_best_is_marked():
    best, near, far = variants_of(
        *(
            (task, color_result(task, mse, seed=seed), {})
            for task, errors in (
                ("colorize-chroma", (0.0047, 0.0050)),
                ("colorize", (0.0049, 0.0051)),
                ("colorize-bins", (0.0060, 0.0061)),
            )
            for seed, mse in enumerate(errors)
        )
    )
    told = [
        "not told from the best" in {each.name for each in shortcomings(variant, best)}
        for variant in (best, near, far)
    ]
    assert told == [False, True, False]


@pytest.mark.parametrize(("share", "word"), [(0.001, "collapsed"), (None, "marked")])
def test_collapsed_seeds_are_counted(share: float | None, word: str):
    lost = {"collapsed": True, "variance_share": share}
    first, second = (color_result("colorize", 0.004, seed=seed) for seed in (0, 1))
    found = variants_of(
        ("colorize", first, {}), ("colorize", second.model_copy(update=lost), {}),
        ("colorize", first, {"loss": "l1"}),
    )  # fmt: skip
    assert [collapsed(variant) for variant in found] == [f"{word}: 1 of 2", ""]
    cells = [row.cells[-1].text for row in variant_table(found).rows[2:]]
    assert cells[0].endswith(f", {word}: 1 of 2")
    assert cells[1] == "–"


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.001, 0.05), st.floats(0.0, 2.0), st.floats(0.0, 40.0), st.floats(0.0, 0.2)
)  # fmt: skip
def test_one_seed_marks_nothing(mse: float, saturation: float, delta_e: float, clipped: float):
    has = {"saturation": saturation, "delta_e": delta_e, "clipped": clipped}
    assert marks(has, mse=mse) == set()
