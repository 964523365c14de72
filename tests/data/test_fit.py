"""Pictures of any size and shape to one size, in bounded memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from archsearch.data.decode import fit


def resized_whole(picture: Image.Image, height: int, width: int) -> Image.Image:
    """Cover height × width, then cut out the center: what ``fit`` promises."""
    scale = max(height / picture.height, width / picture.width)
    tall = max(height, round(picture.height * scale))
    wide = max(width, round(picture.width * scale))
    left, top = (wide - width) // 2, (tall - height) // 2
    covering = picture.resize((wide, tall), Image.Resampling.BICUBIC)
    return covering.crop((left, top, left + width, top + height))


def noise(height: int, width: int) -> Image.Image:
    random = np.random.default_rng(height * 10_000 + width)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8))


side = st.integers(1, 90)


@given(side, side, st.integers(1, 40), st.integers(1, 40))
@settings(deadline=None)
def test_ordinary_pictures_are_resized_whole_to_the_last_bit(tall, wide, height, width):
    picture = noise(tall, wide)
    times = tall * width / (wide * height)
    if max(times, 1 / times) > 16:
        return
    expected = resized_whole(picture, height, width)
    assert np.array_equal(np.asarray(fit(picture, height, width)), np.asarray(expected))


@pytest.mark.parametrize(("tall", "wide"), [(4, 999), (3, 400), (1000, 5), (1, 333), (64, 3000)])
def test_of_a_very_long_picture_the_same_center_is_kept(tall, wide):
    waves = 127 * (1 + np.sin(np.indices((tall, wide)).sum(0) * 8 / min(tall, wide) / 16))
    picture = Image.fromarray(waves.astype(np.uint8))
    fitted = np.asarray(fit(picture, 16, 16)).astype(int)
    assert np.abs(fitted - np.asarray(resized_whole(picture, 16, 16)).astype(int)).max() <= 6
    assert np.ptp(fitted) > 10


MEASURE = """
import resource, sys
from pathlib import Path
from archsearch.data import prepare_source

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

prepare_source("folder:plain", height=32, width=32, cache=Path("cache"))
before = peak()
prepare_source("folder:long", height=32, width=32, cache=Path("cache"))
print((peak() - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is of Unix")
@pytest.mark.parametrize("shape", [(200_000, 1), (1, 200_000)])
def test_a_very_long_picture_takes_little_memory(tmp_path: Path, shape) -> None:
    """855 bytes on disk once took 1.7 GB."""
    for name, size in (("plain", (32, 32)), ("long", shape[::-1])):
        (tmp_path / name).mkdir()
        Image.new("RGB", size, "teal").save(tmp_path / name / "x.png")
    command = [sys.executable, "-c", MEASURE]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(told.stdout) < 60  # megabytes
