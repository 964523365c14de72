"""A finished run for the tests of this folder."""

import shutil
from pathlib import Path

import pytest

from .finished_runs import drawn_quickly, train


@pytest.fixture
def quickly_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are placeholders."""
    drawn_quickly(monkeypatch)


@pytest.fixture(scope="module")
def first(made, tmp_path_factory) -> Path:
    """A finished run, and the spec it is of beside it; never changed."""
    place = tmp_path_factory.mktemp("finished")
    (place / "model.yaml").write_text(made.NORMED)
    with pytest.MonkeyPatch.context() as patch:
        drawn_quickly(patch)
        train(made, place / "model.yaml", place / "run")
    return place / "run"


@pytest.fixture
def run(first: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copyfile(first.parent / "model.yaml", tmp_path / "model.yaml")
    return Path(shutil.copytree(first, tmp_path / "run"))
