from __future__ import annotations

import numpy
import pytest
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression, Ridge

from archsearch.errors import InputError
from archsearch.tasks import pca_curve
from archsearch.tasks.baselines import reduced_rank as reduced_rank_module
from archsearch.tasks.baselines.color import gray_copy, mean_chroma
from archsearch.tasks.baselines.reduced_rank import fit_map, map_errors
from archsearch.tasks.color.space import luminance
from tests.tasks.tiny import TinyPictures, smooth_pictures, split

Array = NDArray[numpy.float64]


def pixels(shown: TinyPictures, part: torch.Tensor) -> Array:
    return shown.images_NCHW[part].double().numpy() / 255


def gray(images_NCHW: torch.Tensor, _: object = None) -> torch.Tensor:
    return luminance(images_NCHW)


def noisy(images_NCHW: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """Every picture has its own noise, whatever batch it is in."""
    noise = [torch.randn(3, 8, 8, generator=torch.Generator().manual_seed(int(i))) for i in indices]
    return images_NCHW + 0.1 * torch.stack(noise)


def on_test(shown: TinyPictures, feed: reduced_rank_module.Feed, ks: list[int]) -> dict[int, float]:
    """Errors on the test split of the map that is fitted to ``feed``."""
    fitted = fit_map(shown, feed)
    assert fitted is not None
    return map_errors(fitted, shown, shown.test, feed, ks)


def mean_square(predicted: Array, true: Array) -> float:
    return float(numpy.mean((predicted.clip(0, 1) - true) ** 2))


def test_gray_copy_is_that_of_numpy() -> None:
    shown = split(smooth_pictures(700), 100, 270)
    errors, colors = gray_copy(shown)
    expected = []
    for part in (shown.val, shown.test):
        true = pixels(shown, part)
        luma = numpy.tensordot([0.299, 0.587, 0.114], true, axes=(0, 1))
        expected.append(mean_square(luma[:, None], true))
    assert errors == pytest.approx(expected, rel=1e-12)
    assert (colors.desaturation, colors.clipped) == (0.0, 0.0)
    assert colors.delta_e is not None
    assert colors.delta_e > 5


def test_mean_chroma_is_that_of_numpy() -> None:
    shown = split(smooth_pictures(700), 100, 270)
    errors, colors = mean_chroma(shown)
    weights = numpy.array([0.299, 0.587, 0.114])
    mean = pixels(shown, shown.train).mean(axis=(0, 2, 3))
    luma_of_mean = weights @ mean
    expected = []
    for part in (shown.val, shown.test):
        true = pixels(shown, part)
        luma = numpy.tensordot(weights, true, axes=(0, 1))
        merged = luma[:, None] + (mean - luma_of_mean)[:, None, None]
        expected.append(mean_square(merged, true))
    assert errors == pytest.approx(expected, rel=1e-12)
    outside = (merged < -1e-5) | (merged > 1 + 1e-5)
    assert colors.clipped == pytest.approx(outside.mean(), rel=1e-12)
    assert colors.clipped is not None
    assert colors.desaturation is not None
    assert 0 < colors.clipped < 1
    assert 0 < colors.desaturation < 1


def test_pictures_without_color_have_no_color_baselines() -> None:
    shown = split(smooth_pictures(30, channels=1), 10, 10)
    for baseline in (gray_copy, mean_chroma):
        with pytest.raises(InputError, match="1 channels"):
            baseline(shown)


def rows(shown: TinyPictures, part: torch.Tensor) -> tuple[Array, Array]:
    images = shown.images_NCHW[part]
    return noisy(images.float() / 255, part).flatten(1).double().numpy(), pixels(
        shown, part
    ).reshape(len(part), -1)


def test_at_full_rank_it_is_least_squares() -> None:
    shown = split(smooth_pictures(700), 600, 50)
    fitted = fit_map(shown, noisy, ridge=0.0)
    assert fitted is not None
    oracle = LinearRegression().fit(*rows(shown, shown.train))
    for part in (shown.val, shown.test):
        fed, true = rows(shown, part)
        found = map_errors(fitted, shown, part, noisy, [192])[192]
        assert found == pytest.approx(mean_square(oracle.predict(fed), true), rel=1e-8)


@pytest.mark.parametrize("ridge", [0.0, 0.01, None])
def test_lower_ranks_are_those_of_the_fitted_values(ridge: float | None) -> None:
    """Reduced-rank regression projects the fit on the fit's own principal directions.

    A ridge is least squares on pictures with rows of √(nλ)·1 added.
    """
    shown = split(smooth_pictures(500), 400, 50)
    fitted = fit_map(shown, noisy, ridge=ridge)
    assert fitted is not None
    fed, true = rows(shown, shown.train)
    centre, mean = fed.mean(axis=0), true.mean(axis=0)
    added = numpy.sqrt(len(fed) * fitted.ridge) * numpy.eye(192)
    stacked = numpy.vstack([fed - centre, added])
    wanted = numpy.vstack([true - mean, numpy.zeros((192, 192))])
    slope = numpy.linalg.lstsq(stacked, wanted, rcond=None)[0]
    directions = numpy.linalg.svd(stacked @ slope, full_matrices=False)[2]
    fed, true = rows(shown, shown.test)
    ks = [0, 1, 5, 40, 192, 500]
    errors = map_errors(fitted, shown, shown.test, noisy, ks)
    for k in ks:
        kept = directions[:k].T @ directions[:k]
        expected = mean_square(mean + (fed - centre) @ slope @ kept, true)
        assert errors[k] == pytest.approx(expected, rel=1e-8)
    assert errors[500] == errors[192]


def test_the_ridge_is_that_of_generalized_cross_validation() -> None:
    shown = split(smooth_pictures(420), 300, 60)
    fitted = fit_map(shown, noisy)
    assert fitted is not None
    fed, true = rows(shown, shown.train)
    n = len(fed)

    def score(ridge: float) -> float:
        residual = true - Ridge(alpha=n * ridge).fit(fed, true).predict(fed)
        centred = fed - fed.mean(axis=0)
        hat = centred @ numpy.linalg.solve(
            centred.T @ centred + n * ridge * numpy.eye(192), centred.T
        )
        return float((residual**2).sum() / (1 - (1 + hat.trace()) / n) ** 2)

    chosen = score(fitted.ridge)
    assert chosen < min(score(fitted.ridge * 10**0.25), score(fitted.ridge / 10**0.25))


def test_a_ridge_keeps_few_pictures_from_being_learned_by_heart() -> None:
    shown = split(smooth_pictures(500), 200, 150)  # barely more pictures than numbers
    plain, ridged = fit_map(shown, noisy, ridge=0.0), fit_map(shown, noisy)
    assert plain is not None
    assert ridged is not None
    errors = [map_errors(m, shown, shown.test, noisy, [192])[192] for m in (plain, ridged)]
    assert errors[1] < 0.2 * errors[0]


def masked(images_NCHW: torch.Tensor) -> torch.Tensor:
    holed = images_NCHW.clone()
    holed[:, :, 2:5, 3:6] = 0
    return holed


def test_pixels_that_never_vary_do_no_harm() -> None:
    shown = split(smooth_pictures(700), 600, 50)
    fitted = fit_map(shown, lambda images, _: masked(images), ridge=0.0)
    assert fitted is not None
    assert len(fitted.decoder) == 192 - 27
    fed, true = pixels(shown, shown.train), pixels(shown, shown.train).reshape(600, -1)
    seen = masked(torch.from_numpy(fed)).numpy().reshape(600, -1)
    seen = seen[:, seen.any(axis=0)]
    oracle = LinearRegression().fit(seen, true)
    test = masked(torch.from_numpy(pixels(shown, shown.test))).numpy().reshape(50, -1)
    expected = mean_square(
        oracle.predict(test[:, test.any(axis=0)]), pixels(shown, shown.test).reshape(50, -1)
    )
    found = map_errors(fitted, shown, shown.test, lambda images, _: masked(images), [192])[192]
    assert found == pytest.approx(expected, rel=1e-6)


def test_an_input_that_never_varies_gives_the_mean_picture() -> None:
    shown = split(smooth_pictures(60), 40, 10)
    found = on_test(shown, lambda images, _: torch.zeros_like(images), [5])
    assert found[5] == pytest.approx(pca_curve(shown, [0])[0].test, rel=1e-9)


def test_fed_with_the_picture_itself_it_is_as_good_as_pca() -> None:
    shown = split(smooth_pictures(700), 600, 50)
    fitted = fit_map(shown, lambda images, _: images, ridge=0.0)
    assert fitted is not None
    for k in (1, 10, 100):
        found = map_errors(fitted, shown, shown.test, lambda images, _: images, [k])[k]
        assert found == pytest.approx(pca_curve(shown, [k])[k].test, rel=1e-6)


def test_luminance_has_fewer_directions_than_the_picture() -> None:
    shown = split(smooth_pictures(700), 600, 50)
    fitted = fit_map(shown, gray)
    assert fitted is not None
    assert (fitted.encoder.shape, fitted.decoder.shape) == ((64, 64), (64, 192))
    found = on_test(shown, gray, [64, 5, 64, 1000, 0])
    assert list(found) == [0, 5, 64, 1000]
    assert found[64] == found[1000]
    with pytest.raises(ValueError, match="-2 numbers"):
        on_test(shown, gray, [-2])


def test_pictures_are_fed_by_their_indices() -> None:
    shown = split(smooth_pictures(300), 200, 50)
    fitted = fit_map(shown, gray)
    assert fitted is not None
    seen: list[int] = []

    def held(images: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
        assert torch.equal(images, shown.images_NCHW[indices].float() / 255)
        seen.extend(indices.tolist())
        return luminance(images).roll(1, dims=-1)

    found = map_errors(fitted, shown, shown.val, held, [8])[8]
    assert seen == shown.val.tolist()
    assert found > map_errors(fitted, shown, shown.val, gray, [8])[8]


def test_too_large_a_picture_has_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = split(smooth_pictures(40), 20, 10)
    monkeypatch.setattr(reduced_rank_module, "LARGEST", 191)
    assert fit_map(shown, gray) is None
    monkeypatch.setattr(reduced_rank_module, "LARGEST", 192)
    assert fit_map(shown, gray) is not None
    assert fit_map(shown, lambda images, _: torch.cat([images, images], dim=1)) is None
