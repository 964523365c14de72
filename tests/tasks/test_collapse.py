"""The variance between predictions, as a share of that between the pictures themselves."""

import pytest
import torch

from archsearch.tasks import VarianceShare, collapsed
from archsearch.tasks.color.space import chroma, luminance, merge

PICTURES = torch.rand(40, 3, 6, 5, generator=torch.Generator().manual_seed(0))


def share(prediction: torch.Tensor, *, merged: bool = False, batch: int = 7) -> float:
    measured = VarianceShare(merged=merged)
    for part in torch.arange(len(PICTURES)).split(batch):
        measured.add(prediction[part], PICTURES[part])
    return measured.value()


@pytest.mark.parametrize("batch", [1, 7, 40])
def test_it_is_numpys_variance_over_pictures_averaged_over_pixels(batch: int) -> None:
    prediction = 0.3 * PICTURES + 0.1 * PICTURES.flip(0) + 0.2
    expected = prediction.numpy().astype("float64").var(axis=0).mean()
    expected /= PICTURES.numpy().astype("float64").var(axis=0).mean()
    assert share(prediction, batch=batch) == pytest.approx(expected, rel=1e-9)


def test_a_picture_that_is_the_same_for_all_varies_nowhere_though_its_pixels_differ() -> None:
    mean_NCHW = PICTURES.mean(dim=0, keepdim=True).expand_as(PICTURES)
    assert share(mean_NCHW) == pytest.approx(0, abs=1e-12)
    assert collapsed(share(mean_NCHW))


@pytest.mark.parametrize(("kept", "expected"), [(0.09, True), (0.11, False), (1.0, False)])
def test_it_has_collapsed_under_one_percent(kept: float, expected: bool) -> None:
    """Deviations times ``kept`` are variance times its square, whatever the error."""
    mean_CHW = PICTURES.mean(dim=0)
    assert collapsed(share(mean_CHW + kept * (PICTURES - mean_CHW))) is expected


def test_where_the_luminance_is_merged_in_only_chroma_counts() -> None:
    """One chroma for all pictures under their own luminance varies, but tells nothing."""
    mean_chroma = chroma(PICTURES).mean(dim=0, keepdim=True).expand(len(PICTURES), -1, -1, -1)
    guessed = merge(luminance(PICTURES), mean_chroma)
    assert share(guessed) > 0.3
    assert share(guessed, merged=True) == pytest.approx(0, abs=1e-9)
    assert share(PICTURES, merged=True) == pytest.approx(1)


def test_pictures_that_are_all_the_same_say_nothing() -> None:
    measured = VarianceShare()
    measured.add(torch.rand(5, 3, 4, 4), torch.full((5, 3, 4, 4), 0.3))
    assert measured.value() is None
    assert not collapsed(None)


def test_nothing_added_is_an_error() -> None:
    with pytest.raises(ValueError, match="never called"):
        VarianceShare().value()
