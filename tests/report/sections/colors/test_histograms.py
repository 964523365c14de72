"""Chroma over the plane and by distance from gray."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archsearch.records import ChromaHistogram
from archsearch.report.sections.colors.histograms import chroma_of, radius_shares, saturated_share
from tests.report.colored import CHROMA, color_result, histogram, variants_of


def one(**changes: object):
    (variant,) = variants_of(("colorize", color_result("colorize", 0.005, **changes), {}))
    return variant


def test_shares_and_their_distance_from_gray_are_known():
    found = chroma_of(one())
    assert found.true[44, 32] == pytest.approx(0.1)
    assert found.predicted[32, 32] == 1
    # cell (44, 32) is Cb in .6875 to .703: about .195 from gray
    assert saturated_share(found.true) == pytest.approx(0.1)
    assert saturated_share(found.predicted) == 0
    edges, density = radius_shares(found.true)
    far = edges[:-1] >= 0.18
    assert (density * np.diff(edges))[far].sum() == pytest.approx(0.1)


def test_seeds_are_added():
    other = histogram({(32, 32): 1000}, {(40, 40): 3000})
    (variant,) = variants_of(
        ("colorize", color_result("colorize", 0.005, chroma=CHROMA), {}),
        ("colorize", color_result("colorize", 0.005, seed=1, chroma=other), {}),
    )
    found = chroma_of(variant)
    assert found.predicted[32, 32] == pytest.approx(0.25)
    assert found.true.sum() == found.predicted.sum() == pytest.approx(1)


def test_what_is_no_histogram_is_none():
    assert chroma_of(one(chroma=None)) is None
    broken = ChromaHistogram(side=64, true=(1, 2), predicted=(3,))
    assert chroma_of(one(chroma=broken)) is None
    assert chroma_of(one(chroma=histogram({}, {}))) is None


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=64, max_size=64).filter(any))
def test_every_pixel_is_in_a_ring(counts: list[int]):
    shares = np.array(counts, dtype=float).reshape(8, 8)
    edges, density = radius_shares(shares / shares.sum())
    assert (density * np.diff(edges)).sum() == pytest.approx(1)
