"""Real pictures: all of CIFAR-10 as JPEG, read as a folder."""

import tarfile
from pathlib import Path

import pytest

from archsearch.config.settings import DataSettings
from archsearch.data import load_pictures

ARCHIVE = Path(__file__).parents[2] / "../shared/data/cifar10-jpeg.tar.gz"


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the CIFAR-10 (JPEG) archive isn't here")
def test_the_start_of_cifar10_as_a_folder(cache, tmp_path):
    taken: dict[str, int] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            part = member.name.split("/")[1] if member.isfile() else ""
            if part and taken.setdefault(part, 0) < 300:
                taken[part] += 1
                archive.extract(member, tmp_path, filter="data")
            if sum(taken.values()) == 600:
                break
    settings = DataSettings(source=f"folder:{tmp_path / 'cifar10'}", split="official")
    loaded = load_pictures(settings, height=32, width=32)
    assert loaded.splits == {"train": 270, "val": 30, "test": 300}
    assert loaded.note.startswith("JPEG: all 600 pictures, chroma at half resolution")
    assert all(0.3 < mean < 0.7 for mean in loaded.mean)
    assert all(0.15 < std < 0.35 for std in loaded.std)
