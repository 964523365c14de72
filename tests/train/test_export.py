"""Trained nets leave for other programs, with any batch size, and leave nothing behind."""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

import archsearch
from archsearch.config import load
from archsearch.data import Pictures
from archsearch.nn import build, compiled
from archsearch.spec import ModelPlan
from archsearch.train.fit import fit

from .made import made_pictures, settings

PACKAGE = Path(archsearch.__file__).parent
SPEC = """
name: exported
input: {channels: auto, height: 18, width: 18}
encoder:
  - conv: {channels: 4, norm: batch, activation: relu}
  - pool: {kernel: 3}
  - conv: {channels: 3, activation: relu}
decoder:
  - upsample: {scale: 3}
  - conv: {channels: auto, kernel: 5, activation: sigmoid}
"""
TRAINED = settings(epochs=1)


def pictures() -> Pictures:
    made = made_pictures()
    wider = nn.functional.interpolate(made.images_NCHW.float(), size=18).to(torch.uint8)
    return replace(made, images_NCHW=wider, fingerprint="made-18")


def plan_in(folder: Path) -> ModelPlan:
    path = folder / "exported.yaml"
    path.write_text(SPEC)
    return load(path).plan()


def exported(model: nn.Module, *, strict: bool = False) -> nn.Module:
    example = torch.rand(2, 3, 18, 18)
    batches = torch.export.Dim("pictures")
    program = torch.export.export(model, (example,), dynamic_shapes=({0: batches},), strict=strict)
    return program.module()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return fit(plan_in(tmp_path_factory.mktemp("export")), TRAINED, pictures(), seed=0)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("count", [1, 5])
def test_a_trained_net_is_exported_for_any_batch_size(trained, strict, count) -> None:
    images = torch.rand(count, 3, 18, 18)
    with torch.no_grad():
        found = exported(trained.model, strict=strict)(images)
        torch.testing.assert_close(found, trained.model(images), rtol=0, atol=1e-6)


def test_both_builds_are_exported_as_the_plain_layers(tmp_path) -> None:
    """What another program gets: the layers of the file, nothing of how they train."""
    plan = plan_in(tmp_path)
    names = [
        [str(node.target) for node in exported(make(plan, seed=0).eval()).graph.nodes]
        for make in (build, compiled)
    ]
    assert sum("conv2d" in name for name in names[0]) == 3
    for word in ("conv2d", "upsample", "max_pool", "copy", "einsum", "permute"):
        assert sum(word in n for n in names[0]) == sum(word in n for n in names[1]), word


@pytest.mark.full
def test_a_training_after_an_export_is_one_without(tmp_path, trained) -> None:
    """An export comes first in a process of its own: whatever it left would be taken up."""
    (tmp_path / "exported.yaml").write_text(SPEC)
    code = (
        "import sys, torch; from pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "torch.set_num_threads(1)\n"
        "from train.test_export import *\n"
        f"plan = plan_in(Path({str(tmp_path)!r}))\n"
        "exported(compiled(plan, seed=1).eval())\n"
        "print(repr(fit(plan, TRAINED, pictures(), seed=0).result.val.mse))\n"
    )
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    assert float(told.stdout) == trained.result.val.mse


def test_no_cache_holds_tensors() -> None:
    """A cached function that gives tensors would keep those of a trace; arrays are safe."""
    found = [
        f"{path.relative_to(PACKAGE)}: {node.name}"
        for part in ("nn", "tasks", "train", "apply")
        for path in sorted((PACKAGE / part).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and _cached(node) and "Tensor" in _returned(node)
    ]
    assert not found


def _cached(function: ast.FunctionDef) -> bool:
    return any("cache" in ast.unparse(decorator) for decorator in function.decorator_list)


def _returned(function: ast.FunctionDef) -> str:
    return "" if function.returns is None else ast.unparse(function.returns)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamo", [False, True])
def test_onnx_gives_what_the_net_gives(trained, tmp_path, dynamo) -> None:
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    if dynamo:
        pytest.importorskip("onnxscript")
    file, images = tmp_path / "net.onnx", torch.rand(5, 3, 18, 18)
    sizes = {"dynamic_axes": {"x": {0: "n"}, "y": {0: "n"}}}
    if dynamo:
        sizes = {"dynamic_shapes": ({0: "n"},)}
    names = {"input_names": ["x"], "output_names": ["y"]}
    torch.onnx.export(trained.model, (images[:2],), file, dynamo=dynamo, **names, **sizes)
    session = runtime.InferenceSession(file, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": images.numpy()})
    with torch.no_grad():
        torch.testing.assert_close(
            torch.from_numpy(found), trained.model(images), rtol=0, atol=1e-6
        )
