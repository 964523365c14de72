from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import pairwise

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from archsearch.spec.shape import Pair
from archsearch.tasks import channel_mean, linear_code_baselines, patch_of, pca_curve
from archsearch.tasks.baselines import pca as linear_code_module
from archsearch.tasks.baselines.by_size import AT_ONCE
from archsearch.tasks.baselines.pca import fit_code, reconstruction_errors
from tests.tasks.tiny import TinyPictures, latent, smooth_pictures, split

Array = NDArray[numpy.float64]
Coder = Callable[[Array], Array]


def rows(shown: TinyPictures, part: torch.Tensor) -> Array:
    return (shown.images_NCHW[part].double() / 255).flatten(1).numpy()


def sklearn_error(fitted: PCA, wanted: Array) -> float:
    rebuilt = fitted.inverse_transform(fitted.transform(wanted)).clip(0, 1)
    return float(numpy.mean((rebuilt - wanted) ** 2))


@pytest.mark.parametrize("train", [300, 60])  # more pictures than numbers (192), and fewer
def test_pca_is_that_of_scikit_learn(train: int) -> None:
    shown = split(smooth_pictures(train + 50), train, 20)
    ks = [1, 2, 7, 30, 59]
    curve = pca_curve(shown, ks)
    for k in ks:
        fitted = PCA(k, svd_solver="full").fit(rows(shown, shown.train))
        expected = [sklearn_error(fitted, rows(shown, part)) for part in (shown.val, shown.test)]
        assert curve[k] == pytest.approx(expected, rel=1e-9)


def test_an_error_is_the_same_whichever_others_are_asked_for() -> None:
    """To the last bit: what is kept of one call stands beside what another measures."""
    shown = split(smooth_pictures(350), 300, 20)
    whole = Pair(*shown.images_NCHW.shape[-2:])
    code = fit_code(shown, whole)
    ks = [0, 1, 7, 30, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 130, 191, 192, 500]
    together = reconstruction_errors(code, shown, shown.val, whole, ks)
    for k in ks:
        assert reconstruction_errors(code, shown, shown.val, whole, [k]) == {k: together[k]}
    assert together[0] > together[1] > together[30] > together[130]


def test_clamping_matters_to_these_pictures() -> None:
    shown = split(smooth_pictures(350), 300, 20)
    fitted = PCA(20, svd_solver="full").fit(rows(shown, shown.train))
    wanted = rows(shown, shown.val)
    unclamped = numpy.mean((fitted.inverse_transform(fitted.transform(wanted)) - wanted) ** 2)
    assert pca_curve(shown, [20])[20].val < 0.999 * unclamped


def naive_patch_error(shown: TinyPictures, part: torch.Tensor, patch: Pair, k: int) -> float:
    """One picture and one patch at a time, components from an SVD."""

    def patches(indices: torch.Tensor) -> Array:
        found = []
        for index in indices.tolist():
            picture = shown.images_NCHW[index].double().numpy() / 255
            for top in range(0, picture.shape[1], patch.height):
                for left in range(0, picture.shape[2], patch.width):
                    cut = picture[:, top : top + patch.height, left : left + patch.width]
                    found.append(cut.ravel())
        return numpy.array(found)

    train = patches(shown.train)
    mean = train.mean(axis=0)
    directions = numpy.linalg.svd(train - mean, full_matrices=False)[2][:k]
    squares = []
    for row in patches(part):
        rebuilt = mean + directions.T @ (directions @ (row - mean))
        squares.append((rebuilt.clip(0, 1) - row) ** 2)
    return float(numpy.mean(squares))


@pytest.mark.parametrize(
    ("channels", "height", "width", "patch"),
    [(5, 2, 4, Pair(4, 2)), (3, 4, 4, Pair(2, 2)), (20, 1, 2, Pair(8, 4)), (2, 8, 8, Pair(1, 1))],
)
def test_patch_pca_is_that_of_a_loop_over_patches(
    channels: int, height: int, width: int, patch: Pair
) -> None:
    shown = split(smooth_pictures(80), 50, 16)
    (record,) = linear_code_baselines(shown, [latent(channels, height, width)])
    expected = [naive_patch_error(shown, part, patch, channels) for part in (shown.val, shown.test)]
    assert record.pair("patch_pca") == pytest.approx(tuple(expected), rel=1e-9)


def test_every_latent_gets_its_own_baselines_in_order() -> None:
    shown = split(smooth_pictures(260), 220, 20)
    latents = [latent(4, 4, 4), latent(1, 2, 2), latent(7, 3, 3), latent(4, 4, 4)]
    records = linear_code_baselines(shown, latents)
    for given_latent, record in zip(latents, records, strict=True):
        curve = pca_curve(shown, [given_latent.size])[given_latent.size]
        assert record.pair("pca") == curve
        assert record.pair("channel_mean") == channel_mean(shown)
    assert records[0] == records[3]
    assert records[0] != records[1]
    assert [record.val("patch_pca") is None for record in records] == [False, False, True, False]
    assert [record.test("patch_pca") is None for record in records] == [False, False, True, False]


def test_pca_of_the_bottleneck_stands_beside_where_it_is_smaller() -> None:
    shown = split(smooth_pictures(260), 220, 20)
    same, narrow = linear_code_baselines(shown, [latent(4, 4, 4)] * 2, [64, 12])
    assert same.pair("pca_bottleneck") is None
    assert narrow.pair("pca_bottleneck") == pca_curve(shown, [12])[12]
    assert narrow.pair("pca") == same.pair("pca")
    assert (same,) == linear_code_baselines(shown, [latent(4, 4, 4)])


def test_a_latent_of_one_position_has_patches_as_large_as_the_picture() -> None:
    shown = split(smooth_pictures(260), 220, 20)
    (record,) = linear_code_baselines(shown, [latent(17, 1, 1)])
    assert record.pair("patch_pca") == (
        record.val("pca"),
        record.test("pca"),
    )


def test_more_numbers_than_a_patch_has_lose_nothing_and_nothing_is_hidden() -> None:
    shown = split(smooth_pictures(260), 220, 20)
    (record,) = linear_code_baselines(shown, [latent(300, 2, 2)])
    for error in (*record.pair("pca"), *record.pair("patch_pca")):
        assert error is not None
        assert 0 < error < 1e-25  # as it is: not a floor, not 0


def test_few_pictures_span_fewer_directions_than_asked_for() -> None:
    shown = split(smooth_pictures(40), 10, 15)
    curve = pca_curve(shown, [9, 10, 1000])
    assert curve[9] == curve[10] == curve[1000]
    code = fit_code(shown, Pair(8, 8))
    assert code is not None
    assert len(code.components) == 9


def test_pca_of_none_is_the_mean_picture() -> None:
    shown = split(smooth_pictures(60), 40, 10)
    mean = rows(shown, shown.train).mean(axis=0)
    expected = [numpy.mean((rows(shown, part) - mean) ** 2) for part in (shown.val, shown.test)]
    assert pca_curve(shown, [0])[0] == pytest.approx(expected, rel=1e-9)
    with pytest.raises(ValueError, match="-1 numbers"):
        pca_curve(shown, [-1])


def test_the_curve_runs_over_powers_of_two_to_all_dimensions() -> None:
    shown = split(smooth_pictures(260, height=8, width=6), 200, 30)
    curve = pca_curve(shown)
    assert list(curve) == [1, 2, 4, 8, 16, 32, 64, 128, 144]
    assert all(fewer.val > more.val for fewer, more in pairwise(curve.values()))


def test_channel_mean_is_that_of_the_training_split() -> None:
    shown = split(smooth_pictures(90, channels=2), 40, 20)
    train, val, test = (
        shown.images_NCHW[part].double().numpy() / 255
        for part in (shown.train, shown.val, shown.test)
    )
    mean = train.mean(axis=(0, 2, 3), keepdims=True)
    expected = [numpy.mean((part - mean) ** 2) for part in (val, test)]
    assert channel_mean(shown) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(2, 60), st.sampled_from([1, 2, 4]), st.integers(0, 2**16))
def test_a_fit_is_orthonormal_and_centred(channels: int, n: int, side: int, seed: int) -> None:
    images = smooth_pictures(n + 2, channels=channels, height=4, width=4, seed=seed)
    shown = split(images, n, 1)
    code = fit_code(shown, Pair(side, side))
    assert code is not None
    dimensions = channels * side * side
    patches = n * (4 // side) ** 2
    assert code.components.shape == (min(patches - 1, dimensions), dimensions)
    torch.testing.assert_close(
        code.components @ code.components.T, torch.eye(len(code.components)).double()
    )
    cut = images[shown.train].double().div(255).unfold(2, side, side).unfold(3, side, side)
    torch.testing.assert_close(code.mean, cut.mean(dim=(0, 2, 3)).flatten())


def test_the_fit_is_the_same_in_any_order_of_the_pictures() -> None:
    """Sums of products are exact, so no rounding depends on the order or the threads."""
    images = torch.randint(0, 256, (3000, 3, 4, 4), generator=torch.Generator().manual_seed(0))
    images[:1500] = 255 * (images[:1500] > 127)  # the largest products
    shown = split(images.to(torch.uint8), 2800, 100)
    turned = dataclasses.replace(shown, train=shown.train.flip(0))
    one, other = fit_code(shown, Pair(4, 4)), fit_code(turned, Pair(4, 4))
    assert one is not None
    assert other is not None
    assert torch.equal(one.mean, other.mean)
    assert torch.equal(one.components, other.components)


def test_few_large_pictures_need_no_square_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(linear_code_module, "_covariance")  # 27,648² numbers: 6 GB
    shown = split(smooth_pictures(12, height=96, width=96), 6, 3)
    curve = pca_curve(shown, [1, 5])
    assert 0 < curve[5].val < curve[1].val


def test_what_cannot_be_afforded_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear_code_module, "LARGEST", 100)
    shown = split(smooth_pictures(260), 220, 20)
    (record,) = linear_code_baselines(shown, [latent(4, 4, 4)])
    assert record.val("pca") is None
    assert record.test("pca") is None
    assert record.val("patch_pca") is not None
    assert pca_curve(shown, [1]) == {}


def test_equal_fingerprints_are_fitted_once_and_others_anew() -> None:
    shown = split(smooth_pictures(60), 40, 10)
    first = pca_curve(shown, [3, 5])
    black = dataclasses.replace(shown, images_NCHW=torch.zeros_like(shown.images_NCHW))
    assert pca_curve(black, [5, 3]) == first  # the same fingerprint: nothing is looked at again
    other = dataclasses.replace(black, fingerprint="black")
    assert pca_curve(other, [3])[3] == (0.0, 0.0)


def test_patches_must_tile_the_picture() -> None:
    assert patch_of(latent(16, 8, 4), 32, 32) == Pair(4, 8)
    assert patch_of(latent(16, 8, 5), 32, 32) is None
    assert patch_of(latent(16, 5, 8), 32, 32) is None
    assert patch_of(latent(3, 64, 64), 32, 32) is None
