import sys
from pathlib import Path

import pytest

# Worker processes are spawned: they import the toy trainer by its name.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'studies.db'}"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "trainings.log"
