import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from archsearch.cli.data import app, parse_size
from archsearch.errors import DataError, InputError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for index in range(12):
        path = tmp_path / "pets" / ("cat" if index % 2 else "dog") / f"{index}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (40, 32, 3), dtype=np.uint8)).save(path)
    return tmp_path / "pets"


def run(*arguments: str):
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_list_names_every_source():
    result = run("list")
    assert result.exit_code == 0
    for name in ("photos", "folder:PATH", "cifar10", "cifar100", "svhn", "stl10", "mnist"):
        assert name in result.stdout
    assert result.stderr == ""


def test_list_as_json_shows_what_is_cached(folder):
    before = json.loads(run("list", "--json").stdout)
    assert next(iter(before)) == "version"
    assert before["version"] == 1
    assert before["sources"][0] == {
        "name": "photos",
        "what": "patches of color photographs, built in, no network",
        "pictures": None,
        "cached": [],
    }
    run("prepare", f"folder:{folder}", "--size", "16")
    after = json.loads(run("list", "--json").stdout)["sources"]
    assert after[-1]["name"] == f"folder:{folder.resolve()}"
    assert after[-1]["pictures"] == 12
    assert after[-1]["cached"] == [[16, 16]]


def test_prepare_says_what_it_made(folder, cache):
    result = run("prepare", f"folder:{folder}")
    assert "12 pictures of 3×32×32" in result.stdout
    assert "classes: cat, dog" in result.stdout
    assert "note: resized from 40×32 to 32×32" in result.stdout
    assert str(cache) in result.stdout
    assert result.stderr == ""


def test_prepare_as_json(folder):
    found = json.loads(run("prepare", f"folder:{folder}", "--size", "16x24", "--json").stdout)
    assert next(iter(found)) == "version"
    assert (found["pictures"], found["channels"]) == (12, 3)
    assert (found["height"], found["width"]) == (16, 24)
    assert found["classes"] == ["cat", "dog"]
    assert Path(found["path"], "images.npy").is_file()


def test_prepare_passes_errors_on(tmp_path):
    with pytest.raises(DataError, match="doesn't exist"):
        run("prepare", f"folder:{tmp_path / 'nowhere'}")


@pytest.mark.parametrize("text", ["", "0x5", "5x", "x", "32x32x3", "-1", "9999", "32.5", "٣٢"])
def test_a_wrong_size_is_refused(text):
    with pytest.raises(InputError, match="is not a size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "size"), [("32x48", (32, 48)), ("28", (28, 28)), (" 4096×1 ", (4096, 1))]
)
def test_sizes(text, size):
    assert parse_size(text) == size


def test_listing_and_preparing_load_no_torch(folder):
    program = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from archsearch.cli.data import app\n"
        f"result = CliRunner().invoke(app, ['prepare', 'folder:{folder}'])\n"
        "assert result.exit_code == 0, result.output\n"
        "assert CliRunner().invoke(app, ['list']).exit_code == 0\n"
        "print('torch' in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout == "False\n"
