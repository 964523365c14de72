"""Nets with known weights, real photographs, and one run that was really trained."""

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from PIL import Image

from archsearch.apply import TileNet
from archsearch.cli import main
from archsearch.config import TASKS, load
from archsearch.nn import Autoencoder, build

SPEC = """
name: tiny
input: {channels: auto, height: 16, width: 16}
encoder:
  - conv: {channels: 4, activation: relu}
  - pool: {}
decoder:
  - upsample: {}
  - conv: {channels: auto, activation: sigmoid}
"""
POINTWISE = """
name: pointwise
input: {channels: 3, height: 16, width: 12}
encoder:
  - conv: {channels: 3, kernel: 1, activation: none}
decoder:
  - conv: {channels: 3, kernel: 1, activation: none}
"""


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def astronaut() -> Image.Image:
    """A color photograph, 512×512."""
    package = find_spec("skimage")
    assert package is not None
    assert package.origin is not None
    return Image.open(Path(package.origin).parent / "data/astronaut.png").convert("RGB")


@pytest.fixture(scope="session")
def face(astronaut: Image.Image) -> Image.Image:
    """75×61 pixels of it: no multiple of any tile."""
    return astronaut.crop((180, 70, 255, 131))


@pytest.fixture
def net(tmp_path: Path) -> Callable[..., TileNet]:
    """Gives a net that changes colors by a matrix, pixel for pixel; none: the identity."""

    def make(matrix: torch.Tensor | None = None, *, colors: bool = False) -> TileNet:
        path = tmp_path / "pointwise.yaml"
        path.write_text(POINTWISE)
        model = build(load(path).plan(), seed=0)
        set_matrices(model, [torch.eye(3), torch.eye(3) if matrix is None else matrix])
        task = "colorize" if colors else "reconstruct"
        predict = lambda tiles: model(tiles).detach()  # noqa: E731 - one expression
        return TileNet("made", TASKS[task], model.plan, 3, predict, model.encode)

    return make


def set_matrices(model: Autoencoder, matrices: list[torch.Tensor]) -> None:
    weights = [each for each in model.parameters() if each.ndim == 4]
    biases = [each for each in model.parameters() if each.ndim == 1]
    with torch.no_grad():
        for weight, matrix in zip(weights, matrices, strict=True):
            weight.copy_(matrix[..., None, None])
        for bias in biases:
            bias.zero_()


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run trained for one epoch on the built-in photographs."""
    place = tmp_path_factory.mktemp("trained")
    (place / "tiny.yaml").write_text(SPEC)
    (place / "gray.yaml").write_text(SPEC.replace("channels: auto, height", "channels: 1, height"))
    _train(place / "tiny.yaml", place / "run")
    return place / "run"


@pytest.fixture(scope="session")
def trained_for(trained: Path) -> Callable[[str], Path]:
    """Gives the folder of a run of a task, one epoch on the built-in photographs; made once."""

    def train(task: str, *more: str, spec: str = "tiny.yaml") -> Path:
        folder = trained.parent / re.sub(r"\W+", "-", "-".join([task, spec, *more]))
        if not folder.exists():
            _train(trained.parent / spec, folder, "--task", task, *more)
        return folder

    return train


def _train(spec: Path, folder: Path, *more: str) -> None:
    command = ["train", str(spec), "--data", "photos", "--limit", "400"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHSEARCH_CACHE", str(spec.parent / "cache"))
        with pytest.raises(SystemExit) as ended:
            main([*command, "--epochs", "1", "--batch-size", "4", "--out", str(folder), *more])
    assert not ended.value.code
