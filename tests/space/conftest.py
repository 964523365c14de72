from collections.abc import Callable
from pathlib import Path

import pytest

from archsearch.config import StudySettings, load
from archsearch.config.study import Domain
from archsearch.space import SearchSpace

SPEC = """
name: toy
input: {channels: auto, height: 8, width: 8}
defaults:
  conv: {kernel: 3, padding: same, activation: relu}
encoder:
  - conv: {channels: 4}
    name: first
  - pool: {kernel: 2}
  - conv: {channels: 4, padding: 0}
    name: last
decoder:
  - upsample: {scale: 2}
  - conv: {channels: auto, activation: sigmoid}
"""

MakeSpace = Callable[..., SearchSpace]


@pytest.fixture
def make_space(tmp_path: Path) -> MakeSpace:
    """A space over a small real spec; its last conv has 4 rows and columns to see."""
    path = tmp_path / "toy.yaml"
    path.write_text(SPEC.replace(", padding: 0", ""))
    model = load(path)

    def make(domains: dict[str, Domain], *constraints: str) -> SearchSpace:
        settings = StudySettings(
            name="toy", model="toy.yaml", space=domains, constraints=constraints
        )
        return SearchSpace.of(settings, model)

    return make
