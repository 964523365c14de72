"""What people install: the wheel brings the gallery, and the source distribution everything."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
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
            for file in (each for each in (project / folder).rglob("*") if each.is_file()):
                packed = f"archsearch/gallery/{file.relative_to(project).as_posix()}"
                assert content.read(packed) == file.read_bytes()
                names.discard(packed)
    assert not [name for name in names if "/gallery/" in name]
    assert {name.split("/")[0].split("-")[0] for name in names} == {"archsearch"}


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the wheel's content, as pip puts it there."""
    (wheel,) = built.glob("*.whl")
    folder = tmp_path_factory.mktemp("installed") / "site"
    with zipfile.ZipFile(wheel) as content:
        content.extractall(folder)  # noqa: S202 - our own
    return folder


def run(code: str, *words: str, folder: Path, site: Path) -> str:
    """What Python prints that finds the wheel's content before all else, in an empty home."""
    home = {"HOME": str(folder.parent), "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}
    gone = ("ARCHSEARCH_", "XDG_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(gone)} | home
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


PROGRAM = "import runpy; runpy.run_module('archsearch', run_name='__main__', alter_sys=True)"
STUDY = ("--trials", "2", "--seeds", "1", "--epochs", "1", "--limit", "200")
WITHOUT_ARCHSEARCH = """
import sys
sys.modules["archsearch"] = None
sys.path.insert(0, "runs/unet/export")
import torch
from model import load
print(tuple(load()(torch.rand(2, 3, 32, 32)).shape))
"""


def test_what_is_installed_starts_a_project_in_an_empty_folder(site: Path, tmp_path: Path) -> None:
    (empty := tmp_path / "empty").mkdir()
    told = run("import archsearch; print(archsearch.__file__)", folder=empty, site=site)
    assert told.startswith(str(site))
    run(PROGRAM, "init", "nets", "--template", "unet", folder=empty, site=site)
    assert (empty / "nets/specs/unet.yaml").read_bytes() == (ROOT / "specs/unet.yaml").read_bytes()


@pytest.mark.full
def test_a_new_user_gets_from_an_empty_folder_to_plain_torch(site: Path, tmp_path: Path) -> None:
    """Command by command, in the order of a first day."""
    pytest.importorskip("onnxscript")

    def archsearch(line: str) -> str:
        return run(PROGRAM, *line.split(), folder=project, site=site)

    project = tmp_path / "nets"
    project.mkdir()
    archsearch("init . --template unet")
    archsearch("init .")
    assert "ready to train" in archsearch("doctor")
    archsearch("check specs studies --strict")
    assert "latent" in archsearch("show specs/unet.yaml")
    archsearch("train specs/unet.yaml --data photos --epochs 1 --limit 200")
    archsearch(f"study run studies/quickstart.yaml {' '.join(STUDY)}")
    archsearch("report studies/quickstart.yaml")
    assert (project / "reports/quickstart/index.html").stat().st_size > 10_000
    for format in ("onnx", "torch", "python", "spec"):
        for path in archsearch(f"export runs/unet --to {format}").split():
            assert (project / path).is_file()
    assert run(WITHOUT_ARCHSEARCH, folder=project, site=site).strip() == "(2, 3, 32, 32)"
    archsearch("encode runs/unet runs/unet/pictures.png --out codes.csv")
    archsearch("apply runs/unet runs/unet/pictures.png")
    assert "runs/studies.db" in archsearch("config")


def test_links_of_the_page_on_pypi_lead_to_files_of_the_repository(site: Path) -> None:
    (file,) = site.glob("*.dist-info/METADATA")
    told = message_from_string(file.read_text(encoding="utf-8"))
    address = told["Project-URL"].partition(", ")[2]
    links = re.findall(r"\]\(([^)\s]+)\)", told.get_payload())
    assert len(links) > 20
    for link in links:
        place = "raw" if link.endswith(".png") else "blob"
        path, _, rest = link.removeprefix(f"{address}/{place}/main/").partition("#")
        assert (ROOT / path).is_file(), link
        assert "://" not in path + rest
    assert f"repo: {address}\n" in (ROOT / "docs/pipelines.md").read_text(encoding="utf-8")


def test_pypi_shows_the_readme_with_its_picture(site: Path) -> None:
    markdown = pytest.importorskip("readme_renderer.markdown")
    (file,) = site.glob("*.dist-info/METADATA")
    told = message_from_string(file.read_text(encoding="utf-8"))
    assert told["Description-Content-Type"] == "text/markdown"
    page = markdown.render(str(told.get_payload()))
    assert page is not None
    assert re.search(r'<img [^>]*src="https://[^"]+/raw/main/docs/figures/report\.png"', page)
    assert page.count("<table>") >= 1
    assert page.count("<pre") == (ROOT / "README.md").read_text("utf-8").count("\n```") / 2


def test_the_source_distribution_has_every_file(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        packed = {m.name.partition("/")[2] for m in content.getmembers() if m.isfile()}
    known = set(json.loads((built.parent / "files.json").read_text()))
    assert {name for name in packed if "egg-info/" not in name} - OF_SETUPTOOLS == known
