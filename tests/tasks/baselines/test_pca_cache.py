from __future__ import annotations

import os
from pathlib import Path

import numpy
import pytest
import torch

from archsearch.spec.shape import Pair
from archsearch.tasks.baselines.pca import LinearCode, fit_code
from archsearch.tasks.baselines.pca_cache import fit_or_load
from tests.tasks.tiny import TinyPictures, smooth_pictures, split

PATCH = Pair(4, 4)


@pytest.fixture
def shown() -> TinyPictures:
    return split(smooth_pictures(60), 40, 10, fingerprint="abc")


def equal(one: LinearCode | None, other: LinearCode | None) -> bool:
    assert one is not None
    assert other is not None
    return torch.equal(one.mean, other.mean) and torch.equal(one.components, other.components)


def test_a_stored_fit_is_bit_for_bit_the_fit(shown: TinyPictures, tmp_path: Path) -> None:
    stored = fit_or_load(shown, PATCH, tmp_path)
    loaded = fit_or_load(shown, PATCH, tmp_path)
    assert equal(stored, fit_code(shown, PATCH))
    assert equal(loaded, stored)


def test_a_stored_fit_is_used(shown: TinyPictures, tmp_path: Path) -> None:
    path = tmp_path / "pca-v1-abc-4x4.npz"
    numpy.savez(path, mean=numpy.zeros(48), components=numpy.eye(48))
    code = fit_or_load(shown, PATCH, tmp_path)
    assert equal(code, LinearCode(torch.zeros(48).double(), torch.eye(48).double()))


def truncated(path: Path) -> None:
    numpy.savez(path, mean=numpy.zeros(48), components=numpy.eye(48))
    os.truncate(path, path.stat().st_size // 2)


def without_components(path: Path) -> None:
    numpy.savez(path, mean=numpy.zeros(48))


def of_another_shape(path: Path) -> None:
    numpy.savez(path, mean=numpy.zeros(5), components=numpy.eye(5))


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [truncated, without_components, of_another_shape, empty])
def test_a_spoiled_file_is_fitted_again_and_replaced(
    spoil: object, shown: TinyPictures, tmp_path: Path
) -> None:
    path = tmp_path / "pca-v1-abc-4x4.npz"
    assert callable(spoil)
    spoil(path)
    expected = fit_code(shown, PATCH)
    assert equal(fit_or_load(shown, PATCH, tmp_path), expected)
    with numpy.load(path, allow_pickle=False) as arrays:
        assert arrays["mean"].shape == (48,)


class TouchesAFile:
    """What a pickle can do to whoever loads it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_a_pickle_in_the_folder_is_never_run(shown: TinyPictures, tmp_path: Path) -> None:
    trap = numpy.array([TouchesAFile(tmp_path / "trace")])
    numpy.savez(tmp_path / "pca-v1-abc-4x4.npz", mean=trap, components=trap)
    assert equal(fit_or_load(shown, PATCH, tmp_path), fit_code(shown, PATCH))
    assert not (tmp_path / "trace").exists()


def test_a_folder_that_cannot_be_written_costs_only_time(
    shown: TinyPictures, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert equal(fit_or_load(shown, PATCH, blocked), fit_code(shown, PATCH))


def test_without_a_folder_nothing_is_written(
    shown: TinyPictures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert fit_or_load(shown, PATCH, None) is not None
    assert list(tmp_path.iterdir()) == []
