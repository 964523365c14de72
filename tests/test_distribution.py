"""What people install: the wheel brings the gallery, and the source distribution everything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GENERATED = (".git", ".venv*", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis")
GENERATED += ("build", "dist", "runs", "shared", "reports")
OF_SETUPTOOLS = {"PKG-INFO", "setup.cfg"}


def files_below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("built") / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*GENERATED))
    return copy


@pytest.fixture(scope="module")
def built(project: Path) -> Path:
    """A folder with the wheel and the source distribution, made without a network."""
    before, out = files_below(project), project.parent / "dist"
    (project.parent / "files.json").write_text(json.dumps(sorted(before)))
    for what in ("wheel", "sdist"):
        code = f"from setuptools import build_meta; build_meta.build_{what}({str(out)!r})"
        subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, check=True)
    return out


def test_the_wheel_brings_specs_studies_and_schemas(project: Path, built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        names = set(content.namelist())
        for folder in ("specs", "studies", "schemas"):
            for file in (project / folder).iterdir():
                packed = f"archsearch/gallery/{folder}/{file.name}"
                assert content.read(packed) == file.read_bytes()
                names.discard(packed)
    assert not [name for name in names if "/gallery/" in name]
    assert {name.split("/")[0].split("-")[0] for name in names} == {"archsearch"}


def test_what_is_installed_starts_a_project_in_an_empty_folder(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as content:
        content.extractall(tmp_path / "site")  # noqa: S202 - our own
    (empty := tmp_path / "empty").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = "import archsearch, runpy, sys; print(archsearch.__file__, file=sys.stderr)\n"
    code += "sys.argv = ['archsearch', 'init', 'nets', '--template', 'unet']\n"
    code += "runpy.run_module('archsearch', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(tmp_path / "site") in done.stderr
    assert (empty / "nets/specs/unet.yaml").read_bytes() == (ROOT / "specs/unet.yaml").read_bytes()


def test_the_source_distribution_has_every_file(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        packed = {m.name.partition("/")[2] for m in content.getmembers() if m.isfile()}
    known = set(json.loads((built.parent / "files.json").read_text()))
    assert {name for name in packed if "egg-info/" not in name} - OF_SETUPTOOLS == known
