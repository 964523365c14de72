from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")
torch.set_num_threads(1)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, also for whoever asks the environment."""
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class PictureWriter:
    """Writes pictures of noise that differ from each other."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(7)

    def pixels(self, height: int = 32, width: int = 32, channels: int = 3) -> np.ndarray:
        shape = (height, width, channels) if channels > 1 else (height, width)
        return self._random.integers(0, 256, shape, dtype=np.uint8)

    def __call__(self, path: Path, height: int = 32, width: int = 32, channels: int = 3, **options):
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = self.pixels(height, width, channels)
        Image.fromarray(pixels).save(path, **options)
        return pixels


@pytest.fixture
def write() -> PictureWriter:
    return PictureWriter()


@pytest.fixture
def class_folders(tmp_path: Path, write: PictureWriter) -> Path:
    """Train: 10 cats and 10 dogs; test: 2 and 3. PNG, 32×32."""
    root = tmp_path / "pets"
    for part, counts in (("train", (10, 10)), ("test", (2, 3))):
        for name, count in zip(("cat", "dog"), counts, strict=True):
            for index in range(count):
                write(root / part / name / f"{index:02}.png")
    return root
