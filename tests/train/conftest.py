"""Small nets and pictures, from the file that killed processes run too."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from archsearch.config import load
from archsearch.spec import ModelPlan


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made", Path(__file__).parent / "made.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def plan_from(tmp_path: Path) -> Callable[..., ModelPlan]:
    def plan(text: str, task: str = "reconstruct") -> ModelPlan:
        path = tmp_path / "model.yaml"
        path.write_text(text)
        return load(path).plan(task=task)

    return plan
