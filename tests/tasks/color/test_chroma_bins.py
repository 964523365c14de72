from __future__ import annotations

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from archsearch.config.tasks.chroma_bins import bin_centers
from archsearch.errors import InputError
from archsearch.tasks.color.chroma_bins import (
    Centers,
    ChromaClasses,
    annealed_mean,
    bins_loss,
    chroma_counts,
    class_weights,
    encode_hard,
    encode_soft,
    spacing,
)
from archsearch.tasks.color.space import chroma
from tests.tasks.tiny import TinyPictures, smooth_pictures, split

CENTERS = bin_centers(10)
CLASSES = ChromaClasses.of(CENTERS)
SCATTERED: Centers = ((0.11, 0.9), (0.5, 0.5), (0.52, 0.47), (0.93, 0.2), (0.3, 0.35))


def some_chroma(n: int = 2, *, seed: int = 0) -> torch.Tensor:
    colors = torch.rand(n, 3, 16, 12, generator=torch.Generator().manual_seed(seed))
    return chroma(colors.double())


def distances(chroma_N2HW: torch.Tensor, centers: Centers) -> torch.Tensor:
    """From each pixel to every class, N×H×W×K, one by one."""
    points = chroma_N2HW.permute(0, 2, 3, 1).unsqueeze(-2)
    return (points - torch.tensor(centers, dtype=points.dtype)).square().sum(-1).sqrt()


@pytest.mark.parametrize("centers", [CENTERS, bin_centers(64), SCATTERED, CENTERS[:2]])
@pytest.mark.parametrize("seed", [0, 1])
def test_hard_encoding_gives_the_nearest_class(centers: Centers, seed: int) -> None:
    pixels = some_chroma(seed=seed)
    assert torch.equal(
        encode_hard(pixels, ChromaClasses.of(centers, 4)), distances(pixels, centers).argmin(-1)
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_even_impossible_chroma_has_a_nearest_class(cb: float, cr: float) -> None:
    pixel = torch.tensor([cb, cr], dtype=torch.float64).reshape(1, 2, 1, 1)
    away = distances(pixel, CENTERS).flatten()
    assert away[encode_hard(pixel, CLASSES).item()].item() == pytest.approx(away.min().item())


def test_centers_are_their_own_classes() -> None:
    pixels = torch.tensor(CENTERS, dtype=torch.float64).T.reshape(1, 2, 1, -1)
    assert encode_hard(pixels, CLASSES).flatten().tolist() == list(range(len(CENTERS)))


@pytest.mark.parametrize("sigma", [None, 0.02, 0.2])
def test_soft_encoding_weights_the_nearest_by_a_gaussian(sigma: float | None) -> None:
    pixels = some_chroma()
    indices, weights = encode_soft(pixels, CLASSES, sigma=sigma)
    assert indices.shape == weights.shape == (2, 5, 16, 12)
    away = distances(pixels, CENTERS)
    nearest = away.sort(-1).values[..., :5]
    told = away.gather(-1, indices.permute(0, 2, 3, 1))
    assert (told.sort(-1).values - nearest).abs().max() < 2**0.5 / 256  # twice the table's 1/512
    gauss = torch.exp(-told.square() / (2 * (sigma or 0.05) ** 2))
    expected = gauss / gauss.sum(-1, keepdim=True)
    assert (weights.permute(0, 2, 3, 1) - expected).abs().max() < 1e-12
    assert torch.equal(
        indices.gather(1, weights.argmax(1, keepdim=True)).squeeze(1), encode_hard(pixels, CLASSES)
    )


def test_a_tiny_sigma_is_hard_and_never_nan() -> None:
    _, weights = encode_soft(some_chroma().float(), CLASSES, sigma=1e-4)
    assert weights.isfinite().all()
    assert torch.allclose(weights.sum(1), torch.ones(()))
    assert weights.amax(1).mean() > 0.98


def test_fewer_classes_than_neighbours_are_all_taken() -> None:
    indices, weights = encode_soft(some_chroma(), ChromaClasses.of(SCATTERED[:3], 5), sigma=0.1)
    assert indices.shape[1] == 3
    assert torch.allclose(weights.sum(1), torch.ones((), dtype=torch.float64))
    with pytest.raises(ValueError, match="without those near each place"):
        encode_soft(some_chroma(), ChromaClasses.of(CENTERS, near=0))
    with pytest.raises(ValueError, match=r"sigma -0.1"):
        encode_soft(some_chroma(), CLASSES, sigma=-0.1)


def test_spacing_is_that_of_the_grid() -> None:
    assert spacing(CENTERS) == pytest.approx(0.1)
    assert spacing(bin_centers(16)) == pytest.approx(1 / 16)


def test_counts_are_those_of_the_training_split_alone() -> None:
    shown = split(smooth_pictures(1300), 1100, 100)
    counts = chroma_counts(shown, CENTERS)
    assert counts.dtype == torch.int64
    classes = encode_hard(chroma(shown.images_NCHW[shown.train].double() / 255), CLASSES)
    expected = numpy.bincount(classes.flatten().numpy(), minlength=len(CENTERS))
    assert counts.sum() == 1100 * 64
    assert numpy.abs(counts.numpy() - expected).max() <= 2  # float32 may tip a pixel on a border


def gray_set(channels: int) -> TinyPictures:
    return split(smooth_pictures(40, channels=1).expand(-1, channels, -1, -1), 20, 10)


def test_gray_pictures_have_nothing_to_rebalance() -> None:
    with pytest.raises(InputError, match=r"bins without rebalancing data.*20 pictures") as caught:
        chroma_counts(gray_set(3), CENTERS)
    assert "color pictures" in caught.value.help
    with pytest.raises(InputError, match="have 1 channels"):
        chroma_counts(gray_set(1), CENTERS)


counts_of_classes = st.lists(
    st.integers(0, 10**6), min_size=len(CENTERS), max_size=len(CENTERS)
).filter(any)


@settings(max_examples=40)
@given(counts_of_classes, st.floats(0.01, 1), st.sampled_from([None, 0.0, 0.02, 0.15]))
def test_the_weights_mean_is_one(counts: list[int], lam: float, sigma: float | None) -> None:
    weights = class_weights(torch.tensor(counts), CENTERS, lam, sigma)
    shares = smoothed(numpy.array(counts), 0.05 if sigma is None else sigma)
    assert (weights > 0).all()
    assert float(weights.numpy() @ shares) == pytest.approx(1, rel=1e-9)
    mixed = weights.numpy() * ((1 - lam) * shares + lam / len(CENTERS))
    assert mixed == pytest.approx(mixed[0], rel=1e-9)  # inverse to the mixture


def smoothed(
    counts: numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.int64]], sigma: float
) -> numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.float64]]:
    shares = counts / counts.sum()
    if not sigma:
        return shares
    spread = numpy.zeros(len(CENTERS))
    for share, (cb, cr) in zip(shares, CENTERS, strict=True):
        gauss = numpy.array(
            [numpy.exp(-((x - cb) ** 2 + (y - cr) ** 2) / (2 * sigma**2)) for x, y in CENTERS]
        )
        spread += share * gauss / gauss.sum()
    return spread


def test_rare_colors_weigh_more_and_lambda_one_evens_the_weights() -> None:
    counts = torch.ones(len(CENTERS), dtype=torch.int64)
    counts[46] = 10_000
    weights = class_weights(counts, CENTERS)
    assert weights.argmin() == 46
    assert weights[0] > 20 * weights[46]
    assert class_weights(counts, CENTERS, lam=1).tolist() == pytest.approx([1.0] * len(CENTERS))


def test_weights_without_a_meaning_are_refused() -> None:
    counts = torch.zeros(len(CENTERS))
    with pytest.raises(ValueError, match=r"0\.0 pixels counted"):
        class_weights(counts, CENTERS)
    counts[3] = 5
    with pytest.raises(ValueError, match=r"λ 1.5"):
        class_weights(counts, CENTERS, lam=1.5)
    with pytest.raises(ValueError, match="infinite"):
        class_weights(counts, CENTERS, lam=0, sigma=0)


@pytest.mark.parametrize("memory", [torch.contiguous_format, torch.channels_last])
def test_the_loss_is_torchs_cross_entropy_to_soft_classes(memory: torch.memory_format) -> None:
    pixels, importance = some_chroma(), torch.rand(len(CENTERS), dtype=torch.float64) + 0.5
    indices, weights = encode_soft(pixels, CLASSES)
    logits = torch.randn(2, len(CENTERS), 16, 12, dtype=torch.float64).to(memory_format=memory)
    whole = torch.zeros_like(logits).scatter_(1, indices, weights)
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    loss = bins_loss(ours, indices, weights, importance)
    each = functional.cross_entropy(theirs, whole, reduction="none")
    expected = (each * importance[encode_hard(pixels, CLASSES)]).mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-12)
    loss.backward()
    expected.backward()
    assert ours.grad is not None
    assert theirs.grad is not None
    assert torch.allclose(ours.grad, theirs.grad, atol=1e-15)


def test_the_loss_is_least_at_the_encoding_itself() -> None:
    indices, weights = encode_soft(some_chroma(1), CLASSES)
    even = torch.ones(len(CENTERS))
    logs = torch.full((1, len(CENTERS), 16, 12), -40.0, dtype=torch.float64)
    logs = logs.scatter(1, indices, weights.log())
    entropy = -(weights * weights.log()).sum(1).mean().item()
    assert bins_loss(logs, indices, weights, even).item() == pytest.approx(entropy, rel=1e-9)
    assert bins_loss(0.9 * logs, indices, weights, even).item() > entropy


def test_the_annealed_mean_runs_from_the_mode_to_the_mean() -> None:
    logits = torch.randn(2, len(CENTERS), 3, 5, dtype=torch.float64)
    places = torch.tensor(CENTERS, dtype=torch.float64)
    mode = places[logits.argmax(1)].permute(0, 3, 1, 2)
    mean = torch.einsum("nkhw,kc->nchw", logits.softmax(1), places)
    assert torch.allclose(annealed_mean(logits, CLASSES, 1e-5), mode)
    assert torch.allclose(annealed_mean(logits, CLASSES, 1.0), mean)
    between = annealed_mean(logits, CLASSES)
    assert between.shape == (2, 2, 3, 5)
    gray = torch.tensor(0.5, dtype=torch.float64)
    away = [(found - gray).square().mean().item() for found in (mode, between, mean)]
    assert away[0] > away[1] > away[2]
    with pytest.raises(ValueError, match="temperature of 0"):
        annealed_mean(logits, CLASSES, 0)


def test_the_annealed_mean_of_a_soft_encoding_is_near_the_chroma() -> None:
    pixels = some_chroma()
    indices, weights = encode_soft(pixels, CLASSES)
    shares = torch.zeros(2, len(CENTERS), 16, 12, dtype=torch.float64).scatter(1, indices, weights)
    logits = shares.clamp_min(1e-12).log()
    soft = (annealed_mean(logits, CLASSES, 1.0) - pixels).square().mean()
    hard = (annealed_mean(logits, CLASSES, 1e-3) - pixels).square().mean()
    assert soft < 0.2 * hard
    assert hard < 1.5 * 0.1**2 / 12  # a uniform square of side .1; cells on the rim are larger
