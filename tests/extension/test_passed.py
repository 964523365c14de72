"""The same descriptors, passed from Python instead of installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import archsearch
from archsearch import errors, nn
from archsearch.config import RunSettings, TrainSettings
from archsearch.extensions import forget_installed

HERE = Path(__file__).parent
SPEC = """\
name: excited
input: {channels: auto, height: 8, width: 8}
encoder:
- conv: {channels: 8, stride: 2}
- squeeze_excite: {}
decoder: mirror
"""
STUDY = """\
name: passed
model: model.yaml
data: {source: "folder:pictures"}
task: super-resolution
train: {epochs: 1}
space:
  encoder[0].conv.channels: {choice: [8, 12]}
search: {method: random, trials: 1, seeds: 1}
"""


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The package can be imported, and isn't installed: it has no metadata."""
    shutil.copytree(HERE / "archsearch_example", tmp_path / "path" / "archsearch_example")
    monkeypatch.syspath_prepend(tmp_path / "path")
    forget_installed()
    yield
    for name in [name for name in sys.modules if name.startswith("archsearch_example")]:
        del sys.modules[name]


@pytest.mark.usefixtures("example")
def test_load_takes_them_and_the_model_keeps_them(tmp_path: Path) -> None:
    from archsearch_example.squeeze_excite import SQUEEZE_EXCITE
    from archsearch_example.super_resolution import SUPER_RESOLUTION

    path = tmp_path / "m.yaml"
    path.write_text(SPEC)
    with pytest.raises(errors.InputError, match="no layer kind `squeeze_excite`"):
        archsearch.load(path)
    model = archsearch.load(path, extensions=[SQUEEZE_EXCITE, SUPER_RESOLUTION])
    plan = model.plan("super-resolution")
    assert [layer.kind for layer in plan.layers][1] == "squeeze_excite"
    with pytest.raises(errors.InputError, match="no task `super-resolution`"):
        archsearch.load("specs/acml-nine-layer.yaml").plan("super-resolution")
    built, fast = nn.build(plan, seed=0), nn.compiled(plan, seed=0)
    assert sum(p.numel() for p in built.parameters()) == plan.params
    pictures_NCHW = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(built(pictures_NCHW), fast(pictures_NCHW))


@pytest.mark.usefixtures("example")
def test_a_block_extends_whatever_is_done_in_it() -> None:
    from archsearch_example.super_resolution import SUPER_RESOLUTION

    with archsearch.extended(SUPER_RESOLUTION):
        settings = RunSettings(task={"super-resolution": {"factor": 4}})  # type: ignore[arg-type]
        stored = settings.model_dump_json()
        assert RunSettings.model_validate_json(stored) == settings
    with pytest.raises(ValueError, match="there is no task"):
        RunSettings.model_validate_json(stored)
    assert TrainSettings().metrics == ()


@pytest.mark.full
def test_the_script_of_the_page_trains_a_study_and_reports_it(tmp_path: Path) -> None:
    page = (HERE.parents[1] / "docs/extending.md").read_text(encoding="utf-8")
    (script,) = (
        text
        for text in re.findall(r"```python\n(.*?)```", page, re.DOTALL)
        if "load_study(" in text
    )
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    (tmp_path / "model.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    shutil.copytree(HERE / "archsearch_example", tmp_path / "archsearch_example")
    (tmp_path / "runs").mkdir()
    (tmp_path / "pictures").mkdir()
    for number, pixels in enumerate(np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3))):
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "pictures" / f"{number}.png")
    place = {"PYTHONPATH": str(HERE.parents[1]), "ARCHSEARCH_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "script.py"],
        capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **place}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report/index.html").exists()
