"""Gray sources are told by headers, or by the cache, before anything is decoded."""

import numpy as np
import pytest
from PIL import Image

from archsearch.config.settings import DataSettings
from archsearch.data import prepare_source
from archsearch.data.gray import is_gray


def gray(folder) -> bool:
    return is_gray(DataSettings(source=f"folder:{folder}"))


@pytest.fixture
def grays(tmp_path, write):
    """Gray pictures of several kinds."""
    folder = tmp_path / "gray"
    write(folder / "a.png", channels=1)
    write(folder / "b.jpg", channels=1)
    Image.fromarray(np.full((32, 32), 300, np.uint16)).save(folder / "c.png")
    Image.new("LA", (32, 32)).save(folder / "d.png")
    return folder


def test_all_gray_is_gray_and_one_in_color_is_not(cache, grays, write):
    assert gray(grays)
    assert prepare_source(f"folder:{grays}", height=8, width=8).record.channels == 1
    write(grays / "sub" / "color.png")
    assert not gray(grays)
    assert prepare_source(f"folder:{grays}", height=8, width=8).record.channels == 3


def test_what_was_read_before_is_not_looked_at_again(cache, grays, monkeypatch):
    prepare_source(f"folder:{grays}", height=8, width=8)
    monkeypatch.setattr("PIL.Image.open", lambda path: pytest.fail("opened again"))
    assert gray(grays)


def test_a_record_of_the_cache_that_was_changed_is_not_believed(cache, grays):
    record = prepare_source(f"folder:{grays}", height=8, width=8).folder / "entry.json"
    record.write_text(record.read_text().replace('"channels": 1', '"channels": 3'))
    assert '"channels": 3' in record.read_text()
    assert gray(grays)


def test_a_broken_file_leaves_it_to_the_others(cache, grays, write):
    (grays / "broken.png").write_bytes(b"nothing")
    assert gray(grays)


def test_what_can_t_be_looked_at_passes_for_color(cache, tmp_path):
    assert not gray(tmp_path / "nowhere")
    assert not is_gray(DataSettings(source="no-such-set"))
    assert is_gray(DataSettings(source="fashion-mnist"))
    assert not is_gray(DataSettings(source="cifar10"))
