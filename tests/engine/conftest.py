"""Kernels for every width of vectors, whatever this machine has."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from archsearch.engine import library as libraries
from archsearch.engine.code_cache import CodeCache


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Machine code of tests isn't left in the user's folder."""
    folder: Path = tmp_path_factory.mktemp("kernels")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libraries, "user_cache", lambda: CodeCache(folder))
        yield
