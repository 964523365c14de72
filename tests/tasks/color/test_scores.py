from __future__ import annotations

import math

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.color import deltaE_ciede2000, rgb2lab

from archsearch.errors import RunFailedError
from archsearch.records.scores import ColorScores
from archsearch.tasks.color.scores import ColorScorer
from archsearch.tasks.color.space import luminance, merge, to_ycbcr
from tests.tasks.tiny import smooth_pictures


def merged_guesses(n: int, *, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Merges with noisy chroma, unclipped, and the originals."""
    truth = smooth_pictures(n, seed=seed).float() / 255
    noise = torch.randn(n, 2, 8, 8, generator=torch.Generator().manual_seed(seed))
    return merge(luminance(truth), to_ycbcr(truth)[:, 1:] + 0.1 * noise), truth


def scored(
    unclipped: torch.Tensor, truth: torch.Tensor, sizes: list[int], labels: torch.Tensor
) -> ColorScorer:
    scorer = ColorScorer(lab=True)
    parts = (unclipped.split(sizes), truth.split(sizes), labels.split(sizes))
    for part, true, label in zip(*parts, strict=True):
        scorer.add(part.clamp(0, 1), true, unclipped_N3HW=part, labels_N=label)
    return scorer


def test_a_perfect_prediction() -> None:
    truth = smooth_pictures(3) / 255
    scorer = ColorScorer(lab=True)
    unclipped = merge(luminance(truth), to_ycbcr(truth)[:, 1:])
    scorer.add(truth, truth, unclipped_N3HW=unclipped)
    assert unclipped.max() > 1  # by rounding, which isn't clipping
    assert scorer.scores(test=True) == ColorScores(
        chroma_mse=0, desaturation=1, clipped=0, delta_e=0, accuracy_2=1, accuracy_5=1
    )
    assert scorer.delta_e_per_picture().tolist() == [0, 0, 0]
    histogram = scorer.histogram()
    assert histogram.true == histogram.predicted


def test_a_gray_prediction_has_no_saturation_at_all() -> None:
    truth = smooth_pictures(3) / 255
    scorer = ColorScorer(lab=True)
    scorer.add(luminance(truth).expand(-1, 3, -1, -1), truth)
    scores = scorer.scores(test=True)
    assert (scores.desaturation, scores.clipped) == (0.0, None)
    offsets = to_ycbcr(truth.double())[:, 1:] - 0.5
    assert scores.chroma_mse == pytest.approx(offsets.square().mean().item(), rel=1e-5)


def test_scores_are_what_they_say() -> None:
    unclipped, truth = merged_guesses(7)
    scores = scored(unclipped, truth, [2, 5], torch.zeros(7, dtype=torch.int64)).scores(test=True)
    guess, true = unclipped.double().numpy().clip(0, 1), truth.double().numpy()

    def away(rgb: numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.float64]]) -> torch.Tensor:
        luma = 0.299 * rgb[:, 0] + 0.587 * rgb[:, 1] + 0.114 * rgb[:, 2]
        both = [(rgb[:, 2] - luma) / 1.772, (rgb[:, 0] - luma) / 1.402]
        return torch.from_numpy(numpy.stack(both, axis=1))

    predicted_away, true_away = away(guess), away(true)
    assert scores.chroma_mse == pytest.approx((predicted_away - true_away).square().mean().item())
    lengths = [torch.hypot(part[:, 0], part[:, 1]).mean() for part in (predicted_away, true_away)]
    assert scores.desaturation == pytest.approx((lengths[0] / lengths[1]).item(), rel=1e-5)
    beyond = (unclipped < -1e-5) | (unclipped > 1 + 1e-5)
    assert scores.clipped == beyond.double().mean().item() > 0
    labs = [rgb2lab(part, channel_axis=1) for part in (guess, true)]
    apart = deltaE_ciede2000(*labs, channel_axis=1)
    assert scores.delta_e == pytest.approx(apart.mean(), rel=1e-6)
    steps = numpy.abs(labs[0].round() - labs[1].round())
    for tolerance, found in ((2, scores.accuracy_2), (5, scores.accuracy_5)):
        right = steps <= numpy.array([tolerance, 2.2 * tolerance, 2.2 * tolerance])[:, None, None]
        assert found == pytest.approx(right.all(axis=1).mean(), abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=6), st.integers(0, 2**16))
def test_scores_do_not_depend_on_the_batches(sizes: list[int], seed: int) -> None:
    unclipped, truth = merged_guesses(sum(sizes), seed=seed)
    labels = torch.arange(sum(sizes)) % 3
    whole = scored(unclipped, truth, [sum(sizes)], labels)
    parts = scored(unclipped, truth, sizes, labels)
    close = pytest.approx(whole.scores(test=True).model_dump(), rel=1e-6)  # vector against scalar
    assert parts.scores(test=True).model_dump() == close
    assert parts.histogram() == whole.histogram()
    assert torch.allclose(parts.delta_e_per_picture(), whole.delta_e_per_picture())


def test_classes_are_scored_by_themselves_and_empty_ones_left_out() -> None:
    unclipped, truth = merged_guesses(6)
    labels = torch.tensor([2, 0, 2, 2, 0, 0])
    found = scored(unclipped, truth, [4, 2], labels).classes(("cat", "dog", "frog"))
    assert [(row.name, row.pictures) for row in found] == [("cat", 3), ("frog", 3)]
    for row, label in zip(found, (0, 2), strict=True):
        only = labels == label
        alone = scored(unclipped[only], truth[only], [3], labels[only])
        expected = alone.scores(test=True)
        squares = (unclipped[only].clamp(0, 1).double() - truth[only]).square()
        assert row.mse == pytest.approx(squares.mean().item(), rel=1e-6)
        assert row.desaturation == pytest.approx(expected.desaturation)
        assert row.delta_e == pytest.approx(expected.delta_e)


def test_without_labels_there_are_no_classes() -> None:
    scorer = ColorScorer()
    scorer.add(*[torch.rand(1, 3, 4, 4)] * 2)
    assert scorer.classes(("cat",)) == ()


def test_the_histogram_counts_pixels_by_cb_and_cr() -> None:
    colors = torch.tensor([[0.0, 0, 1], [1.0, 0, 0], [0.5, 0.5, 0.5], [0.2, 0.2, 0.2]])
    truth = colors.T.reshape(1, 3, 2, 2)
    scorer = ColorScorer(lab=True)
    scorer.add(torch.zeros(1, 3, 2, 2), truth)
    histogram = scorer.histogram()
    assert histogram.side == 64
    expected = {63 * 64 + 26: 1, 21 * 64 + 63: 1, 32 * 64 + 32: 2}
    assert {cell: n for cell, n in enumerate(histogram.true) if n} == expected
    assert {cell: n for cell, n in enumerate(histogram.predicted) if n} == {32 * 64 + 32: 4}
    assert len(histogram.true) == len(histogram.predicted) == 64 * 64


def test_gray_originals_have_no_ratio() -> None:
    gray = torch.rand(2, 1, 4, 4).expand(-1, 3, -1, -1)
    scorer = ColorScorer()
    scorer.add(torch.rand(2, 3, 4, 4), gray)
    assert scorer.scores(test=False).desaturation is None


def test_validation_has_no_lab_numbers_and_test_must_have_them() -> None:
    unclipped, truth = merged_guesses(2)
    both = scored(unclipped, truth, [2], torch.zeros(2, dtype=torch.int64))
    scores = both.scores(test=False)
    assert (scores.delta_e, scores.accuracy_2, scores.accuracy_5) == (None, None, None)
    light = ColorScorer()
    light.add(truth, truth)
    with pytest.raises(ValueError, match="lab=True"):
        light.scores(test=True)
    with pytest.raises(ValueError, match="lab=True"):
        light.histogram()
    with pytest.raises(ValueError, match="lab=True"):
        light.delta_e_per_picture()


def test_what_cannot_be_scored_is_refused() -> None:
    scorer = ColorScorer()
    with pytest.raises(ValueError, match="no pictures"):
        scorer.scores(test=False)
    with pytest.raises(ValueError, match=r"\(2, 3, 4, 4\), the truth \(1, 3, 4, 4\)"):
        scorer.add(torch.zeros(2, 3, 4, 4), torch.zeros(1, 3, 4, 4))
    with pytest.raises(ValueError, match="N×3×H×W"):
        scorer.add(torch.zeros(2, 1, 4, 4), torch.zeros(2, 1, 4, 4))
    scorer.add(torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4))
    with pytest.raises(ValueError, match="64 pixels after some of 16"):
        scorer.add(torch.zeros(2, 3, 8, 8), torch.zeros(2, 3, 8, 8))
    bad = torch.full((1, 3, 4, 4), math.nan)
    scorer.add(bad, torch.zeros(1, 3, 4, 4))
    with pytest.raises(RunFailedError, match="not numbers"):
        scorer.scores(test=False)
