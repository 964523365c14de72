"""``archsearch doctor``: what is broken is found by using it, and told with a remedy."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from archsearch.cli import main
from archsearch.cli.machine import _folder, check_machine
from archsearch.cli.packages import declared_extras, declared_packages
from archsearch.extensions import forget_installed
from tests.extension_packages import install

ROOT = Path(__file__).parents[2]
NEEDED = ["python", "archsearch", "packages", "config", "torch", "device", "cores", "engine"]
NEEDED += ["cache", "storage", "pictures"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an empty cache in it."""
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """What doctor ends with and prints, one blank between the words of a line.

    The names' column is as wide as the longest extra that is installed.
    """
    with pytest.raises(SystemExit) as ended:
        main(["doctor", *words])
    return int(ended.value.code or 0), re.sub(" +", " ", capsys.readouterr().out)


def broken() -> dict[str, tuple[str, str]]:
    return {
        each.name: (each.found, each.help) for each in check_machine() if each.state == "broken"
    }


def test_a_machine_that_can_train_is_told_so(place, capsys) -> None:
    code, out = run(capsys)
    assert code == 0
    assert out.endswith("\nready to train\n")
    code, out = run(capsys, "--json")
    told = json.loads(out)
    assert (code, told["ok"]) == (0, True)
    assert [each["name"] for each in told["checks"]][: len(NEEDED)] == NEEDED
    assert not list(place.iterdir()), "looking leaves nothing behind"


def test_one_broken_part_keeps_no_other_from_being_looked_at(place, monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    code, out = run(capsys)
    assert code == 1
    assert "broken torch ModuleNotFoundError: " in out
    assert out.endswith("\nbroken: torch, pictures\n")
    assert [line.split()[1] for line in out.splitlines()[:-2] if line[0] != " "][
        : len(NEEDED)
    ] == NEEDED


def test_a_cache_that_takes_no_files(place, monkeypatch) -> None:
    (place / "file").write_text("")
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(place / "file/cache"))
    assert broken()["cache"][1] == "name another folder in ARCHSEARCH_CACHE"


@pytest.mark.parametrize(
    ("line", "name", "found"),
    [
        ('device = "mars"', "device", "there is no device 'mars'"),
        ('data = "folder:nowhere"', "pictures", "nowhere"),
        ('data = "nothing"', "pictures", "there is no source of pictures named 'nothing'"),
        ('storage = "sqlite:///damaged.db"', "storage", "damaged.db"),
        ('storage = "nothing"', "storage", "nothing"),
    ],
)
def test_a_default_that_cannot_be_used(place, line: str, name: str, found: str) -> None:
    (place / "damaged.db").write_bytes(b"no database" * 100)
    (place / "archsearch.toml").write_text(line)
    told = broken()
    assert list(told) == [name]
    assert found in told[name][0]
    assert told[name][1]


def test_a_file_of_defaults_that_cannot_be_read(place) -> None:
    (place / "archsearch.toml").write_text("epochs = ")
    assert "can't be read" in broken()["config"][0]


def test_an_extension_that_cannot_be_loaded(place, monkeypatch) -> None:
    points = {"archsearch.kinds": {"odd": "odd_kinds:ODD"}}
    install(place / "site", "odd-kinds", points, "raise ImportError('no')\n")
    monkeypatch.syspath_prepend(str(place / "site"))
    forget_installed()
    try:
        assert "odd" in broken()["archsearch"][0]
    finally:
        monkeypatch.undo()
        forget_installed()


def test_little_space_and_missing_extras_are_no_failure(place, monkeypatch, capsys) -> None:
    monkeypatch.setattr("archsearch.cli.machine.LITTLE_SPACE", float("inf"))
    declare(place, monkeypatch, "no-such-package>=1; extra == 'onnx'")
    code, out = run(capsys)
    assert code == 0
    assert "note cache" in out
    assert "note onnx no no-such-package\n" in out
    assert "help: pip install -U 'archsearch[onnx]'" in out


def declare(place: Path, monkeypatch: pytest.MonkeyPatch, *requirements: str) -> None:
    """Let the installed archsearch's metadata ask for these, its extra being ``onnx``."""
    folder = place / "metadata" / "archsearch-0.1.0.dist-info"
    folder.mkdir(parents=True)
    lines = ["Metadata-Version: 2.4", "Name: archsearch", "Version: 0.1.0", "Provides-Extra: onnx"]
    lines += ["Provides-Extra: dev", "Provides-Extra: docs"]
    lines += [f"Requires-Dist: {each}" for each in requirements]
    (folder / "METADATA").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(folder.parent))


def test_versions_are_compared_with_those_that_are_declared(place, monkeypatch, capsys) -> None:
    here = version("torch")
    declare(
        place, monkeypatch, f"torch>={here}", "pillow>=1000", "no-such-package; extra == 'dev'",
        "pandas>=1; sys_platform == 'cp/m'", "numpy>=1000; extra == 'onnx'",
    )  # fmt: skip
    code, out = run(capsys)
    assert code == 1
    assert f"broken packages pillow {version('pillow')}, not >=1000\n" in out
    assert f"note onnx numpy {version('numpy')}, not >=1000\n" in out
    assert "no-such-package" not in out


def test_the_extras_are_those_of_the_project(place, monkeypatch) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"]
    lines = [
        f'{each}; extra == "{name}"' for name in wanted for each in wanted[name] if "; " not in each
    ]
    declare(place, monkeypatch, *project["dependencies"], *lines)
    assert {each.name for each in declared_packages("onnx")} == {
        "onnx",
        "onnxscript",
        "onnxruntime",
    }
    assert declared_extras() == ("onnx",), "developers' isn't told"
    assert {"torch", "optuna"} <= {each.name for each in declared_packages()}


def test_no_password_is_shown(place, monkeypatch, capsys) -> None:
    monkeypatch.setenv("ARCHSEARCH_STORAGE", "postgresql://ann:s3cret@nowhere.invalid/nets")
    code, out = run(capsys)
    assert code == 1
    assert "s3cret" not in out


def test_pictures_in_the_cache_are_found(place, capsys) -> None:
    (place / "archsearch.toml").write_text('data = "photos"\n')
    assert "help: archsearch data prepare photos\n" in run(capsys)[1]
    with pytest.raises(SystemExit):
        main(["data", "prepare", "photos", "--size", "32x32"])
    assert "ok pictures photos, in the cache at 32x32" in run(capsys)[1]


def test_a_cache_that_may_not_be_looked_at(place, monkeypatch) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("archsearch.cli.machine.Path.exists", closed)
    told = _folder("cache", place / "cache", "name another")
    assert (told.state, told.help) == ("broken", "name another")
    assert told.found.endswith("can't be written to: Permission denied")
