"""Known results on 12,000 CIFAR-10 pictures (JPEG, chroma at half resolution)."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy
import pytest
import torch
from PIL import Image

from archsearch.spec.plan.model import Latent
from archsearch.tasks import channel_mean, linear_code_baselines, pca_curve

from .tiny import TinyPictures, latent, split

ARCHIVE = Path(__file__).parents[2] / "../shared/data/cifar10-jpeg.tar.gz"
EVERY = 5

pytestmark = pytest.mark.skipif(
    not ARCHIVE.exists(), reason=f"needs the CIFAR-10 pictures in {ARCHIVE.name}"
)


@pytest.fixture(scope="module")
def shown() -> TinyPictures:
    """Every fifth picture, straight from the archive, 80/10/10."""
    pictures, seen = [], 0
    with tarfile.open(ARCHIVE, "r|gz") as archive:
        for member in archive:
            if not member.name.endswith(".jpg"):
                continue
            if seen % EVERY == 0:
                file = archive.extractfile(member)
                assert file is not None
                pictures.append(numpy.asarray(Image.open(file)))
            seen += 1
    images_NCHW = torch.from_numpy(numpy.stack(pictures).transpose(0, 3, 1, 2).copy())
    assert images_NCHW.shape == (12_000, 3, 32, 32)
    return split(images_NCHW, 9600, 1200)


@pytest.mark.parametrize(
    ("k", "expected", "tolerance"), [(64, 0.0080, 0.05), (256, 0.0022, 0.08), (1024, 3e-5, 0.5)]
)
def test_pca(shown: TinyPictures, k: int, expected: float, tolerance: float) -> None:
    errors = pca_curve(shown, [64, 256, 1024])[k]
    assert errors == pytest.approx((expected, expected), rel=tolerance)


@pytest.mark.parametrize(
    ("code", "expected"),
    [(latent(16, 8, 8), 0.00019), (latent(4, 8, 8), 0.0049), (latent(16, 4, 4), 0.0033)],
    ids=["4x4-to-16", "4x4-to-4", "8x8-to-16"],
)
def test_patch_pca(shown: TinyPictures, code: Latent, expected: float) -> None:
    (record,) = linear_code_baselines(shown, [code])
    assert record.pair("patch_pca") == pytest.approx((expected,) * 2, rel=0.06)


def test_mean(shown: TinyPictures) -> None:
    assert channel_mean(shown) == pytest.approx((0.062, 0.062), rel=0.04)
