from __future__ import annotations

import math

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from archsearch.config import METRICS
from archsearch.errors import RunFailedError
from archsearch.records.scores import Scores
from archsearch.tasks import Scorer, psnr, ssim
from archsearch.tasks.metrics import _Mean

from .tiny import smooth_pictures


def pictures_and_guesses(
    n: int, *, channels: int = 3, height: int = 16, width: int = 16, seed: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    truth = smooth_pictures(n, channels=channels, height=height, width=width, seed=seed) / 255
    noise = torch.randn(truth.shape, generator=torch.Generator().manual_seed(seed))
    return truth + 0.1 * noise, truth


def score(prediction: torch.Tensor, truth: torch.Tensor, sizes: list[int]) -> Scores:
    scorer = Scorer()
    for part, true in zip(prediction.split(sizes), truth.split(sizes), strict=True):
        scorer.add(part, true)
    return scorer.scores()


def skimage_ssim(prediction: torch.Tensor, truth: torch.Tensor) -> float:
    return structural_similarity(
        truth.double().numpy(),
        prediction.double().numpy(),
        win_size=11,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=1.0,
        channel_axis=0,
    )


@pytest.mark.parametrize("size", [(11, 11), (11, 23), (32, 32), (40, 17)])
@pytest.mark.parametrize("channels", [1, 3])
def test_ssim_is_that_of_scikit_image(size: tuple[int, int], channels: int) -> None:
    prediction, truth = pictures_and_guesses(3, channels=channels, height=size[0], width=size[1])
    expected = [skimage_ssim(*pair) for pair in zip(prediction, truth, strict=True)]
    assert ssim(prediction, truth).tolist() == pytest.approx(expected, abs=1e-9)
    assert 0.1 < min(expected) < max(expected) < 0.99


def test_ssim_keeps_its_precision_in_flat_pictures() -> None:
    truth = torch.full((1, 1, 16, 16), 0.9)
    prediction = truth + 1e-3 * torch.eye(16)
    expected = skimage_ssim(prediction[0], truth[0])
    assert ssim(prediction, truth).item() == pytest.approx(expected, abs=1e-9)


def test_ssim_refuses_pictures_smaller_than_its_window() -> None:
    with pytest.raises(ValueError, match=r"11×11 pixels, the pictures have 16×10"):
        ssim(torch.zeros(1, 3, 16, 10), torch.zeros(1, 3, 16, 10))


def test_ssim_can_be_a_loss_after_it_was_a_metric() -> None:
    with torch.inference_mode():
        ssim(torch.rand(1, 3, 13, 13), torch.rand(1, 3, 13, 13))
    prediction = torch.rand(1, 3, 13, 13, requires_grad=True)
    ssim(prediction, torch.rand(1, 3, 13, 13)).sum().backward()
    assert prediction.grad is not None
    assert prediction.grad.abs().sum() > 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.integers(0, 2**16))
def test_scores_do_not_depend_on_the_batches(sizes: list[int], seed: int) -> None:
    prediction, truth = pictures_and_guesses(sum(sizes), seed=seed)
    whole = score(prediction, truth, [sum(sizes)])
    parts = score(prediction, truth, sizes)
    assert parts.mse == pytest.approx(whole.mse, rel=1e-13)
    assert parts.psnr == pytest.approx(whole.psnr, rel=1e-13)
    assert parts.ssim == pytest.approx(whole.ssim, rel=1e-12)


def test_scores_are_means_over_all_pictures() -> None:
    prediction, truth = pictures_and_guesses(7)
    scores = score(prediction, truth, [2, 5])
    clamped = prediction.double().numpy().clip(0, 1)
    true = truth.double().numpy()
    assert (prediction > 1).any()
    assert (prediction < 0).any()
    assert scores.mse == pytest.approx(numpy.mean((clamped - true) ** 2), rel=1e-12)
    assert scores.psnr == pytest.approx(peak_signal_noise_ratio(true, clamped, data_range=1))
    expected = [skimage_ssim(torch.from_numpy(p), t) for p, t in zip(clamped, truth, strict=True)]
    assert scores.ssim == pytest.approx(numpy.mean(expected), abs=1e-9)


def test_small_errors_are_not_lost_beside_large_ones() -> None:
    scorer = Scorer(ssim=False)
    scorer.add(torch.zeros(1, 3, 512, 512), torch.ones(1, 3, 512, 512))
    for _ in range(20):
        scorer.add(torch.full((1, 1, 1, 1), 1e-2), torch.zeros(1, 1, 1, 1))
    total = scorer.scores().mse * (3 * 512 * 512 + 20)
    assert total - 3 * 512 * 512 == pytest.approx(20 * 1e-4, rel=1e-5)  # 0 in float32


def test_there_is_no_ssim_under_11_pixels_or_when_not_asked_for() -> None:
    small = pictures_and_guesses(2, height=16, width=10)
    assert score(*small, [2]).ssim is None
    assert score(*small, [2]).mse > 0
    scorer = Scorer(ssim=False)
    scorer.add(*pictures_and_guesses(2))
    assert scorer.scores().ssim is None


def test_a_perfect_prediction_has_no_finite_psnr() -> None:
    _, truth = pictures_and_guesses(2)
    scores = score(truth, truth, [2])
    assert (scores.mse, scores.psnr) == (0.0, None)
    assert scores.ssim == pytest.approx(1.0, abs=1e-12)


def test_nan_predictions_are_no_score() -> None:
    prediction, truth = pictures_and_guesses(2)
    prediction[1, 2, 3, 4] = math.nan
    with pytest.raises(RunFailedError, match="not numbers"):
        score(prediction, truth, [2])


def test_differing_shapes_are_refused_not_broadcast() -> None:
    with pytest.raises(ValueError, match=r"\(2, 1, 8, 8\), the truth \(2, 3, 8, 8\)"):
        Scorer().add(torch.zeros(2, 1, 8, 8), torch.zeros(2, 3, 8, 8))


def test_an_empty_scorer_has_no_scores() -> None:
    with pytest.raises(ValueError, match="no pictures"):
        Scorer().scores()


@given(st.floats(1e-12, 10))
def test_psnr_and_mse_say_the_same(mse: float) -> None:
    assert 10 ** (-psnr(mse) / 10) == pytest.approx(mse)


@pytest.mark.parametrize("size", [8, 16])
def test_the_declared_functions_give_what_is_measured(size: int) -> None:
    """MSE, PSNR and SSIM by their descriptors, over two batches, are those of the scorer."""
    generator = torch.Generator().manual_seed(3)
    truth, predicted = torch.rand(2, 12, 3, size, size, generator=generator)
    scorer, own = Scorer(), [_Mean(kind) for kind in METRICS.builtin.values()]
    for part in (slice(0, 5), slice(5, 12)):
        for one in (scorer, *own):
            one.add(predicted[part], truth[part])
    scores = scorer.scores()
    assert (scores.ssim is None) == (size < 11)
    for one in own:
        expected = scores.value(one.kind.name)
        assert one.value() == (expected and pytest.approx(expected, rel=1e-12))


def test_metrics_that_are_measured_anyway_are_not_measured_twice() -> None:
    scorer = Scorer(metrics=("ssim", "mse"))
    scorer.add(torch.full((2, 3, 8, 8), 0.6), torch.full((2, 3, 8, 8), 0.5))
    assert scorer.scores().metrics is None
    assert "metrics" not in scorer.scores().model_dump()
