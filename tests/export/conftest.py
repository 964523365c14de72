"""Runs that were really trained, and the code that an export wrote, run."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
import torch

from archsearch.config import RunSettings, load, read_task
from archsearch.train import train_run
from tests.train.made import PLAIN, made_pictures
from tests.train.run_folder.finished_runs import drawn_quickly

TrainedFor = Callable[..., Path]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def trained_for(tmp_path_factory: pytest.TempPathFactory) -> TrainedFor:
    """Gives the folder of a run of a task, one epoch on smooth random pictures; made once."""
    place = tmp_path_factory.mktemp("trained")

    def train(
        task: str,
        *,
        scale: str = "unit",
        text: str = PLAIN,
        options: dict[str, float] | None = None,
    ) -> Path:
        given = read_task({task: options or {}})
        told = "".join(f"-{name}-{value}" for name, value in (options or {}).items())
        folder = place / f"{task}{told}-{scale}-{load_name(text)}"
        if not folder.exists():
            (place / f"{folder.name}.yaml").write_text(text)
            settings = RunSettings.model_validate(
                {"train": {"epochs": 1}, "data": {"scale": scale}}
            ).model_copy(update={"task": given})
            plan = load(place / f"{folder.name}.yaml").plan(task=given)
            with pytest.MonkeyPatch.context() as patch:
                drawn_quickly(patch)
                train_run(plan, settings, made_pictures(40), folder)
        return folder

    return train


def load_name(text: str) -> str:
    return text.partition("name: ")[2].partition("\n")[0]


@pytest.fixture
def run_module() -> Iterator[Callable[[Path], ModuleType]]:
    """Imports a file as other programs would; nothing of it stays."""
    names = []

    def imported(path: Path) -> ModuleType:
        name = f"exported_{len(names)}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        names.append(name)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield imported
    for name in names:
        sys.modules.pop(name, None)
