"""Sources as descriptors: listed, prepared and opened alike, whoever declares them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from archsearch import extended
from archsearch.cli.app import app
from archsearch.config import SOURCES, DataSettings, SourceKind, SourceRequest, absolute_source
from archsearch.config.sources import split_source
from archsearch.data import is_gray, list_sources, load_pictures, native_size, prepare_source
from archsearch.data.source import Allocate, Content, OnProgress
from archsearch.data.sources import open_source
from archsearch.errors import DataError, ExtensionError
from archsearch.extensions import forget_installed
from tests.extension_packages import install

reads: list[str] = []
salt = "first"


class Stripes:
    """Gray pictures, half of them a test part; what they show depends on ``salt``."""

    channels = None
    has_parts = True

    def __init__(self, request: SourceRequest) -> None:
        self.count = int(request.argument)
        self.name = f"{request.kind.name}:{self.count}"

    def signature(self) -> str:
        return hashlib.sha256(salt.encode()).hexdigest()

    def is_gray(self) -> bool:
        return True

    def read(self, height: int, width: int, allocate: Allocate, progress: OnProgress) -> Content:
        reads.append(self.name)
        images_NCHW = allocate(self.count, 1)
        images_NCHW[:] = np.arange(width, dtype=np.uint8) + len(salt)
        return Content(images_NCHW, test_part=np.arange(self.count) % 2 == 0, note="striped")


STRIPES = SourceKind(
    "stripes", "gray stripes", Stripes, argument="COUNT", height=8, width=6, channels=None
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    reads.clear()
    with extended(STRIPES):
        yield tmp_path / "cache"


def test_an_outside_source_is_listed_and_prepared(cache: Path) -> None:
    runner = CliRunner()
    done = runner.invoke(app, ["data", "prepare", "stripes:20", "--json"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["source"], made["pictures"], made["channels"]) == ("stripes:20", 20, 1)
    assert (made["height"], made["width"]) == native_size("stripes:20") == (8, 6)
    listed = {each.name: each for each in list_sources()}
    assert listed["stripes:COUNT"].what == "gray stripes"
    assert listed["stripes:20"].what == "a stripes read before, with a test part"
    assert listed["stripes:20"].cached == ((8, 6),)


def test_it_is_cached_until_its_content_changes(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = DataSettings(source="stripes:20", split="official")
    first = load_pictures(settings, height=8, width=6, channels=1)
    again = load_pictures(settings, height=8, width=6, channels=1)
    assert reads == ["stripes:20"]
    assert first.fingerprint == again.fingerprint
    assert first.splits["test"] == 10
    monkeypatch.setattr("tests.data.test_sources.salt", "a longer one")
    changed = load_pictures(settings, height=8, width=6, channels=1)
    assert reads == ["stripes:20"] * 2
    assert changed.fingerprint != first.fingerprint


def test_it_tells_gray_itself(cache: Path) -> None:
    assert is_gray(DataSettings(source="stripes:20"))
    assert reads == []


@pytest.mark.parametrize("name", ["stripes", "stripes:", "photos:", "photos:x", "folder", "strip"])
def test_an_argument_that_is_missing_or_too_many_is_no_source(cache: Path, name: str) -> None:
    assert split_source(name) is None
    with pytest.raises(DataError, match="there is no source of pictures named") as error:
        open_source(name, Path(), cache)
    assert error.value.help.startswith("use photos, folder:PATH, cifar10, ")
    assert error.value.help.endswith("stripes.")


def test_only_paths_are_made_absolute(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(cache))
    assert absolute_source("folder:~/pictures", Path("/elsewhere")) == f"folder:{cache}/pictures"
    assert absolute_source("folder:../x", Path("/a/b")) == "folder:/a/x"
    for name in ("stripes:20", "photos", "nothing:../x"):
        assert absolute_source(name, Path("/a")) == name


def test_every_source_says_beforehand_what_opening_it_tells(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "one.png").touch()
    for kind in SOURCES.builtin.values():
        name = f"{kind.name}:{tmp_path}" if kind.argument else kind.name
        assert open_source(name, tmp_path, cache).channels == kind.channels


class Layered(Stripes):
    """Pictures of four channels, which are neither gray nor RGB."""

    def __init__(self, request: SourceRequest) -> None:
        self.name = "layered"

    def read(self, height: int, width: int, allocate: Allocate, progress: OnProgress) -> Content:
        images_NCHW = allocate(20, 4)
        images_NCHW[:] = 0
        return Content(images_NCHW)


def test_pictures_that_are_neither_gray_nor_color_are_told_by_their_channels(cache: Path) -> None:
    layered = SourceKind("layered", "", Layered, channels=None)
    with (
        extended(layered),
        pytest.raises(DataError, match=r"needs pictures of RGB .*, but `layered` has 4 channels"),
    ):
        load_pictures(DataSettings(source="layered"), height=8, width=6)


def test_an_opener_that_gives_no_source_is_told(cache: Path) -> None:
    broken = SourceKind("broken", "", lambda request: request)
    with (
        extended(broken),
        pytest.raises(
            ExtensionError, match="`broken` gave a SourceRequest, not a source of pictures"
        ),
    ):
        is_gray(DataSettings(source="broken"))


def test_a_package_that_cannot_be_loaded_is_no_matter_of_a_gray_source(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    install(site, "gone", {"archsearch.tasks": {"gone": "gone:TASK"}}, "raise RuntimeError")
    monkeypatch.syspath_prepend(site)
    forget_installed()
    try:
        with pytest.raises(DataError, match="colorize learns from color pictures, but `mnist` is"):
            load_pictures(DataSettings(source="mnist"), height=28, width=28, color_task="colorize")
    finally:
        monkeypatch.undo()
        forget_installed()


def test_prepare_needs_a_source(cache: Path) -> None:
    with pytest.raises(DataError, match="'nothing'"):
        prepare_source("nothing", height=8, width=8)
