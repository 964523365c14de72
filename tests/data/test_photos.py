import itertools

import numpy as np
import pytest
from PIL import Image

from archsearch.config.settings import DataSettings
from archsearch.data import load_pictures
from archsearch.data import photos as photos_module
from archsearch.data.photos import PhotosSource, region_boxes, window_boxes
from archsearch.errors import DataError


def silent(done: int, total: int) -> None:
    pass


def read(height: int, width: int):
    return PhotosSource().read(
        height, width, lambda n, c: np.empty((n, c, height, width), np.uint8), silent
    )


def test_enough_patches_near_80_10_10_of_seven_photographs(cache):
    loaded = load_pictures(DataSettings(source="photos"), height=32, width=32)
    total = len(loaded.images_NCHW)
    assert total >= 6000
    assert sum(loaded.splits.values()) == total
    assert loaded.splits["train"] / total == pytest.approx(0.8, abs=0.02)
    assert loaded.splits["val"] / total == pytest.approx(0.1, abs=0.015)
    assert loaded.splits["test"] / total == pytest.approx(0.1, abs=0.015)
    assert "7 photographs" in loaded.note


def test_the_seven_photographs_without_the_twin():
    names = [path.stem for path in PhotosSource()._paths]
    assert names == [
        "astronaut",
        "chelsea",
        "coffee",
        "rocket",
        "motorcycle_left",
        "china",
        "flower",
    ]


@pytest.mark.parametrize("limit", [1000, 8000, 1_000_000])
def test_limit_keeps_the_shares_and_no_region_is_in_two_splits(cache, limit):
    loaded = load_pictures(DataSettings(source="photos", limit=limit), height=32, width=32)
    regions = read(32, 32).regions
    homes = [
        set(regions[part.numpy()].tolist()) for part in (loaded.train, loaded.val, loaded.test)
    ]
    assert not any(a & b for a, b in itertools.combinations(homes, 2))
    assert sum(loaded.splits.values()) == min(limit, len(loaded.images_NCHW))
    if limit == 1000:
        assert loaded.splits == {"train": 800, "val": 100, "test": 100}


def test_changing_one_region_changes_no_patch_of_another(tmp_path, monkeypatch):
    """What leaks from split to split would show here: a patch that saw another's pixels."""
    monkeypatch.setattr(photos_module, "_shipped", lambda package, file: tmp_path / "photo.png")
    pixels = np.random.default_rng(0).integers(0, 256, (300, 420, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    before = read(32, 32)
    boxes = list(region_boxes(420, 300, 32, 32))
    for number, (left, top, right, bottom) in enumerate(boxes):
        changed = pixels.copy()
        changed[top:bottom, left:right] ^= 255
        Image.fromarray(changed).save(tmp_path / "photo.png")
        differs = (read(32, 32).images_NCHW != before.images_NCHW).any(axis=(1, 2, 3))
        assert set(before.regions[differs].tolist()) == set(
            range(number, 7 * len(boxes), len(boxes))
        )


def test_regions_tile_the_photograph_and_windows_stay_inside():
    seen = np.zeros((300, 451), int)
    for left, top, right, bottom in region_boxes(451, 300, 32, 32):
        seen[top:bottom, left:right] += 1
        assert min(right - left, bottom - top) >= 128
    assert (seen == 1).all()
    windows = list(window_boxes(150, 128, 32, 32))
    assert {bottom - top for _, top, _, bottom in windows} == {32, 48, 64, 96, 128}
    lefts, tops, rights, bottoms = np.array(windows).T
    assert lefts.min() == tops.min() == 0
    assert rights.max() <= 150
    assert bottoms.max() == 128


def test_oblong_patches(cache):
    loaded = load_pictures(DataSettings(source="photos"), height=24, width=48)
    assert loaded.images_NCHW.shape[1:] == (3, 24, 48)


def test_patches_larger_than_the_usual_region_get_larger_regions(cache):
    loaded = load_pictures(DataSettings(source="photos"), height=200, width=160)
    assert len(loaded.images_NCHW) >= 15
    assert min(loaded.splits.values()) >= 1


def test_patches_larger_than_the_photographs_are_refused(cache):
    with pytest.raises(DataError, match="too small for pictures of 2000×2000"):
        load_pictures(DataSettings(source="photos"), height=2000, width=2000)


def test_photos_have_no_test_part_and_no_gray(cache):
    with pytest.raises(DataError, match="official"):
        load_pictures(DataSettings(source="photos", split="official"), height=32, width=32)
    with pytest.raises(DataError, match="gray"):
        load_pictures(DataSettings(source="photos"), height=32, width=32, channels=1)
    assert not cache.exists()


def test_a_photograph_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(photos_module, "_PHOTOGRAPHS", (("skimage", "data/nothing.png"),))
    with pytest.raises(DataError, match=r"nothing\.png of scikit-image") as caught:
        PhotosSource()
    assert "folder:PATH" in caught.value.help
