"""The same descriptors, passed from Python instead of installed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

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
