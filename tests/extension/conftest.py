"""The example package, installed by pip into a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip put the package."""
    place = tmp_path_factory.mktemp("extension")
    source = place / "source"
    source.mkdir()
    shutil.copy(HERE / "pyproject.toml", source)
    shutil.copytree(HERE / "archsearch_example", source / "archsearch_example")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, *offline, "--target", place / "site", source], check=True)
    return place / "site"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of pictures for all tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def archsearch(site: Path, cache: Path, tmp_path: Path) -> Run:
    """Run the command line where the package is installed, or isn't."""

    def run(*arguments: str, installed: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ARCHSEARCH_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = str(site) if installed else ""
        return subprocess.run(
            [sys.executable, "-m", "archsearch", *arguments],
            capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
        )  # fmt: skip

    return run
