"""An imported net as a run: what takes it, and what it says of itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from archsearch.cli import main
from archsearch.records import load_run
from archsearch.train import load_model

NET = """
from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import Conv2d
from blocks import down

@dataclass
class Config:
    width: int = 8

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(down(3, Config().width), down(8, 8))
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(8, 8, 4, 2, 1), nn.ReLU(),
            nn.ConvTranspose2d(8, 3, 4, 2, 1), nn.Sigmoid(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))

net = Net()
number = 3

def needs(size):
    return net

def broken():
    return net.nothing

def signed():
    return nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ConvTranspose2d(8, 3, 4, 2, 1), nn.Tanh())

def bad():
    return nn.Sequential(nn.Conv2d(3, 3, 3), nn.ReLU6(), nn.Conv2d(3, 3, 3))
"""
BLOCKS = """
from torch import nn

def down(before, after):
    return nn.Sequential(nn.Conv2d(before, after, 3, 2, 1), nn.BatchNorm2d(after), nn.ReLU())
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a net, which is the working directory."""
    folder = tmp_path_factory.mktemp("theirs")
    (folder / "net.py").write_text(NET)
    (folder / "blocks.py").write_text(BLOCKS)
    ended = "import sys\nsys.exit(f'the number of arguments is {len(sys.argv) - 1}')\n"
    (folder / "arguments.py").write_text(ended)
    before = [*sys.path]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ARCHSEARCH_CACHE", str(folder / "cache"))
        yield folder
    assert sys.path == before
    sys.modules.pop("blocks", None)


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*words])
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def imported(place: Path) -> Path:
    folder = place / "runs/theirs"
    words = ("--input", "3x16x16", "--limit", "60", "--data", "photos", "--out", "runs/theirs")
    assert run("import", "net.py:Net", *words) == 0
    return folder


def test_the_run_tells_where_it_comes_from(imported: Path) -> None:
    found = load_run(imported)
    assert found.result.origin == "net.py:Net"
    assert (found.result.epochs, found.result.history) == (0, ())
    assert found.result.test.mse == pytest.approx(found.result.train_mse, rel=1)
    assert found.name == "theirs"


def test_a_net_without_training_comes_out_the_same_again(imported: Path) -> None:
    weights = load_model(imported).state_dict()
    words = ("--input", "3x16x16", "--limit", "60", "--data", "photos")
    assert run("import", "net.py:Net", *words, "--out", "runs/theirs") == 0
    again = load_model(imported).state_dict()
    assert all(torch.equal(weights[name], again[name]) for name in weights)


def test_commands_take_the_run(imported: Path, place: Path) -> None:
    picture = numpy.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=numpy.uint8)
    Image.fromarray(picture).save(place / "one.png")
    assert run("apply", str(imported), "one.png", "--out", "applied") == 0
    assert (place / "applied/one.png").exists()
    assert run("encode", str(imported), "one.png", "--out", "codes.npy") == 0
    assert run("export", str(imported), "--to", "python") == 0
    told = (imported / "export/model.py").read_text()
    assert "Imported from net.py:Net, and measured on photos; test MSE" in told
    assert run("report", str(imported), "--out", "report.html") == 0
    page = (place / "report.html/index.html").read_text(encoding="utf-8")
    assert "imported from net.py:Net" in page


def test_it_is_not_trained_on(imported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--data", "photos", "--limit", "60", "--out", str(imported))
    assert run("train", str(imported / "spec.yaml"), *words) == 2
    assert "it was imported from net.py:Net" in capsys.readouterr().err


def test_a_trained_run_is_not_replaced(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "trained").mkdir()
    (place / "trained/spec.yaml").write_text("name: mine\n")
    words = ("--input", "3x16x16", "--limit", "60", "--data", "photos", "--out", "trained")
    assert run("import", "net.py:Net", *words) == 2
    assert "it was trained here, or begun" in capsys.readouterr().err
    assert (place / "trained/spec.yaml").read_text() == "name: mine\n"


def test_a_lost_file_is_imported_again(
    imported: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = (imported / "model.safetensors").read_bytes()
    (imported / "model.safetensors").unlink()
    assert run("apply", str(imported), "one.png") == 2
    assert "import it again from net.py:Net" in capsys.readouterr().err
    (imported / "model.safetensors").write_bytes(kept)


def test_the_spec_alone(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("import", "net.py:net", "--input", "3,16,16", "--spec", "their.yaml", "--json")
    assert run(*words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["path"], told["test_mse"], told["origin"]) == ("their.yaml", None, "net.py:net")
    assert run("check", "--strict", "their.yaml") == 0
    text = (place / "their.yaml").read_text()
    assert "conv: {channels: 8, stride: 2, norm: batch, activation: relu, padding: 1}" in text
    (place / "their.yaml").write_text("mine")
    assert run(*words) == 2


def test_pictures_in_minus_one_to_one_are_thought_of(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("import", "net.py:signed", "--input", "3x16x16", "--spec", "signed.yaml")
    assert run(*words, "--json") == 0
    told, errors = capsys.readouterr()
    assert any("add --scale signed" in note for note in json.loads(told)["notes"])
    assert "add --scale signed" in errors
    assert run(*words, "--scale", "signed") == 0
    assert "add --scale signed" not in capsys.readouterr().err


def test_weights_of_a_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("import", "net.py:Net", "--input", "3x16x16", "--spec", "w.yaml", "--weights")
    save_file({"other": torch.zeros(1)}, place / "other.safetensors")
    assert run(*words, "other.safetensors") == 2
    assert "the weights aren't those of the module" in capsys.readouterr().err
    torch.save({}, place / "w.pt")
    assert run(*words, "w.pt") == 2
    assert "files of torch.save may hold code" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("net.py", "`net.py` names no module"),
        ("none.py:Net", "there is no file none.py"),
        ("net.py:Other", "net.py has no Other\n  help: it has Net, net\n"),
        ("arguments.py:Net", "arguments.py:Net failed: SystemExit: the number of arguments is 0"),
        ("net.py:number", "net.py:number is no torch.nn.Module (int)"),
        ("net.py:needs", "net.py:needs failed: TypeError"),
        ("net.py:broken", "net.py:broken failed: AttributeError"),
        ("net.py:bad", "  1: there is no layer like ReLU6"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], target: str, told: str
) -> None:
    assert run("import", target, "--input", "3x16x16", "--spec", "none.yaml") == 2
    assert told in capsys.readouterr().err
    assert not (place / "none.yaml").exists()


def test_a_shape_is_asked_for(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "net.py:Net", "--input", "32") == 2
    assert "write channels, height and width: 3x32x32" in capsys.readouterr().err


def test_that_code_is_run_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "--help") == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "This runs the code of FILE" in told
    assert "No other command runs code" in told
