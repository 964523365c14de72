"""Machine code is read only where nobody but the user can have written it."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from archsearch.engine import library as libraries
from archsearch.engine.code_cache import CodeCache, user_cache
from archsearch.engine.library import Library
from archsearch.engine.machine import host
from archsearch.engine.translate import translated

from .nets import plan_of

CODE = b"\x7fELF"


@pytest.fixture
def cache(tmp_path: Path) -> CodeCache:
    return CodeCache(tmp_path / "kernels")


def test_code_is_found_again(cache: CodeCache) -> None:
    assert cache.get("a") is None
    cache.put("a", CODE)
    assert cache.get("a") == CODE
    assert cache.get("b") is None
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert (cache.folder / "a.o").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_is_not_used(cache: CodeCache, mode: int) -> None:
    cache.put("a", CODE)
    cache.folder.chmod(mode)
    assert cache.get("a") is None
    cache.put("b", CODE)
    assert not (cache.folder / "b.o").exists()


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_is_not_used(cache: CodeCache, mode: int) -> None:
    cache.put("a", CODE)
    (cache.folder / "a.o").chmod(mode)
    assert cache.get("a") is None


def test_links_are_not_followed(cache: CodeCache, tmp_path: Path) -> None:
    cache.put("a", CODE)
    (cache.folder / "b.o").symlink_to(cache.folder / "a.o")
    assert cache.get("b") is None
    (tmp_path / "link").symlink_to(cache.folder)
    assert CodeCache(tmp_path / "link").get("a") is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
@pytest.mark.parametrize("which", ["folder", "file"])
def test_what_another_user_owns_is_not_used(cache: CodeCache, which: str) -> None:
    cache.put("a", CODE)
    os.chown(cache.folder if which == "folder" else cache.folder / "a.o", 12345, 12345)
    assert cache.get("a") is None


def test_a_damaged_file_is_not_used(cache: CodeCache) -> None:
    cache.put("a", CODE)
    path = cache.folder / "a.o"
    for content in (path.read_bytes()[:-1], b"", CODE):
        path.write_bytes(content)
        assert cache.get("a") is None


def test_a_folder_that_cannot_be_made_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = CodeCache(tmp_path / "file" / "kernels")
    cache.put("a", CODE)
    assert cache.get("a") is None


def test_it_is_the_users_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path))
    own = user_cache()
    assert own is not None
    assert tmp_path not in own.folder.parents


def compiled(cache: CodeCache | None, lanes: int = 4, dtype: str = "float32") -> Library:
    here = host()
    assert here is not None
    library = Library(here, lanes, np.dtype(dtype), cache)
    assert library.address("combine", 1)
    return library


def test_a_kernel_is_compiled_once_a_machine(cache: CodeCache) -> None:
    assert [compiled(cache).compiled for _ in range(3)] == [1, 0, 0]
    assert compiled(cache, lanes=8).compiled == compiled(cache, dtype="float64").compiled == 1
    assert compiled(None).compiled == 1


def test_other_versions_compile_anew(cache: CodeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled(cache)
    monkeypatch.setattr(libraries, "_versions", lambda: ("another",))
    assert compiled(cache).compiled == 1


def test_all_that_kernels_import_is_in_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    read, plain = set(), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.add(path) or plain(path))
    libraries._versions.__wrapped__()
    engine = Path(libraries.__file__).parent
    imported = re.compile(r"^from archsearch[.](\S+) import", re.MULTILINE)
    for path in (engine / "kernels").glob("*.py"):
        for module in {*imported.findall(path.read_text("utf-8"))} - {"engine.kernels"}:
            file = engine.parent / f"{module.replace('.', '/')}.py"
            assert file in read, f"{path.name} imports {module}"


def test_the_name_of_an_activation_holds_its_number() -> None:
    """Else code that is cached would outlive another default."""
    plan = plan_of(["conv: {channels: 2, activation: leaky_relu}"], [])
    nodes = translated(plan, plan.layers, None, training=True).graph.nodes
    assert "leaky_relu(0.01)" in {node.activation for node in nodes}


def test_a_distrusted_cache_compiles_anew(cache: CodeCache) -> None:
    compiled(cache)
    cache.folder.chmod(0o777)
    assert compiled(cache).compiled == 1
