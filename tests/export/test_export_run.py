"""What leaves a run: files that other programs read, with what to feed them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

from archsearch.apply import apply_run, load_net
from archsearch.cli import main
from archsearch.config import load
from archsearch.errors import InputError, RunFailedError
from archsearch.export import FORMATS, export_run
from archsearch.export.onnx_file import onnx_bytes
from archsearch.nn import build
from archsearch.tasks import make_task_for_apply
from archsearch.train import load_model, load_trained
from tests.train.made import NORMED, PLAIN

GALLERY = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
FEW = ("residual", "strided-transposed", "unet-thin")
IMAGES = torch.rand(5, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def onnx_output(content: bytes, images_NCHW: torch.Tensor) -> torch.Tensor:
    session = pytest.importorskip("onnxruntime").InferenceSession(
        content, providers=["CPUExecutionProvider"]
    )
    (found,) = session.run(["output"], {"images": images_NCHW.numpy()})
    return torch.from_numpy(found)


def onnx_texts(content: bytes) -> dict[str, str]:
    file = pytest.importorskip("onnx").load_from_string(content)
    return {entry.key: entry.value for entry in file.metadata_props}


def test_the_module_loads_its_weights(trained_for, run_module) -> None:
    folder = trained_for("reconstruct", text=NORMED)
    done = export_run(folder, "python")
    assert done.paths[0] == folder / "export/model.py"
    module = run_module(done.paths[0])
    with torch.no_grad():
        assert torch.equal(module.load()(IMAGES), load_model(folder)(IMAGES))


def test_the_state_dict_is_what_build_takes(trained_for) -> None:
    folder = trained_for("denoise", text=NORMED)
    (path,) = export_run(folder, "torch").paths
    with safe_open(path, "pt") as file:
        told = file.metadata()
    (folder.parent / "told.yaml").write_text(told["spec"])
    model = build(load(folder.parent / "told.yaml").plan(task="denoise"))
    model.load_state_dict(load_file(path))
    assert torch.equal(model.eval()(IMAGES), load_model(folder)(IMAGES))
    assert told["task"] == "denoise (sigma 0.1): The picture, from itself with Gaussian noise."
    assert "trained on pictures that are noisy" in told["fed"]


def test_the_spec_is_concrete_and_the_same_net(trained_for) -> None:
    folder = trained_for("colorize-chroma")
    (path,) = export_run(folder, "spec").paths
    model = load(path)
    assert model.param_defaults == {}
    assert model.plan(task="colorize-chroma").key == load_model(folder).plan.key


def test_onnx_of_a_run_says_what_it_takes_and_gives(trained_for) -> None:
    folder = trained_for("reconstruct", scale="standardize")
    (path,) = export_run(folder, "onnx").paths
    content = path.read_bytes()
    told = onnx_texts(content)
    assert set(told) >= {"name", "written_by", "task", "fed", "gives", "trained", "spec"}
    mean, std = re.findall(r"(?:mean|std) ([\d., ]+\d)", told["fed"])
    run, model = load_trained(folder)
    assert tuple(map(float, mean.split(", "))) == run.result.fed_mean
    assert tuple(map(float, std.split(", "))) == run.result.fed_std
    fed_NCHW = (IMAGES - of_channels(mean)) / of_channels(std)
    task = make_task_for_apply(model.plan, run.settings, run.result.fed_mean, run.result.fed_std)
    torch.testing.assert_close(fed_NCHW, task.prepare(IMAGES))
    torch.testing.assert_close(onnx_output(content, fed_NCHW), model(fed_NCHW), rtol=0, atol=1e-5)


def test_the_words_on_signed_numbers_give_the_tasks_picture(trained_for, tmp_path) -> None:
    """Followed step by step they are what ``apply`` shows."""
    signed = PLAIN.replace("sigmoid", "tanh").replace("name: plain", "name: signed")
    folder = trained_for("reconstruct", scale="signed", text=signed)
    run, model = load_trained(folder)
    with safe_open(export_run(folder, "torch").paths[0], "pt") as file:
        told = file.metadata()
    assert told["fed"].endswith("Then each number x becomes 2x − 1, in [−1, 1].")
    assert "y is in [−1, 1]: first it becomes (y + 1) / 2, in [0, 1]." in told["gives"]
    for format in ("python", "spec"):
        assert "x becomes 2x − 1" in " ".join(
            export_run(folder, format).paths[0].read_text().split()
        )
    image_HWC = IMAGES[0].mul(255).round().to(torch.uint8).permute(1, 2, 0)
    Image.fromarray(image_HWC.numpy()).save(tmp_path / "one.png")
    (done,) = apply_run(folder, [tmp_path / "one.png"], out=tmp_path / "out").written
    net = load_net(folder)
    image_NCHW = image_HWC.permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        wanted = ((model(2 * image_NCHW - 1) + 1) / 2).clamp(0, 1)
    torch.testing.assert_close(net.predict(image_NCHW), wanted)
    assert done.tiles >= 1
    assert run.result.test.mse < 0.1
    assert run.settings.data.signed


def of_channels(numbers: str) -> torch.Tensor:
    return torch.tensor([float(each) for each in numbers.split(", ")]).reshape(-1, 1, 1)


@pytest.mark.parametrize("name", FEW)
def test_onnx_gives_what_torch_gives(name: str) -> None:
    hold_against_torch(name)


@pytest.mark.full
@pytest.mark.parametrize("name", [path.stem for path in GALLERY if path.stem not in FEW])
def test_onnx_of_every_other_spec_gives_what_torch_gives(name: str) -> None:
    hold_against_torch(name)


def hold_against_torch(name: str) -> None:
    pytest.importorskip("onnxscript")
    model = build(load(GALLERY[0].parent / f"{name}.yaml").plan(), seed=0).eval()
    content = onnx_bytes(model, {})
    for count in (1, 7):
        images_NCHW = torch.rand(count, *model.plan.input.as_tuple())
        with torch.no_grad():
            wanted = model(images_NCHW)
        torch.testing.assert_close(onnx_output(content, images_NCHW), wanted, rtol=0, atol=1e-5)


def test_onnx_that_differs_from_torch_is_not_written(trained_for, tmp_path, monkeypatch) -> None:
    pytest.importorskip("onnxscript")
    monkeypatch.setattr("archsearch.export.onnx_file.TOLERANCE", -1.0)
    with pytest.raises(RunFailedError, match="other numbers than torch"):
        export_run(trained_for("reconstruct"), "onnx", out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named(trained_for, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    with pytest.raises(InputError, match="needs the package onnxscript") as caught:
        export_run(trained_for("reconstruct"), "onnx")
    assert caught.value.help == "pip install 'archsearch[onnx]'"


@pytest.mark.parametrize("gain", [1.0, 1.5])
def test_the_words_on_chroma_give_the_tasks_picture(trained_for, gain: float) -> None:
    """Followed step by step they are what ``apply`` computes."""
    folder = trained_for("colorize-chroma", options={"gain": gain} if gain != 1 else None)
    run, model = load_trained(folder)
    text = export_run(folder, "python").paths[0].read_text()
    told = " ".join((ast.get_docstring(ast.parse(text)) or "").split())
    rule = "R = Y + 1.402 (Cr − 0.5), B = Y + 1.772 (Cb − 0.5), G = (Y − 0.299 R − 0.114 B) / 0.587"
    assert rule in told
    assert "luminance Y = 0.299 R + 0.587 G + 0.114 B of pictures in RGB" in told
    task = make_task_for_apply(model.plan, run.settings, (), ())
    with torch.no_grad():
        output = model(task.prepare(IMAGES))
        wanted = task.unclipped(output, IMAGES).clamp(0, 1)
    luma = 0.299 * IMAGES[:, 0] + 0.587 * IMAGES[:, 1] + 0.114 * IMAGES[:, 2]
    assert ("Then each c of them becomes 0.5 + 1.5·(c − 0.5)." in told) == (gain != 1)
    cb, cr = (0.5 + gain * (output.clamp(0, 1) - 0.5)).unbind(1)
    red, blue = luma + 1.402 * (cr - 0.5), luma + 1.772 * (cb - 0.5)
    green = (luma - 0.299 * red - 0.114 * blue) / 0.587
    torch.testing.assert_close(torch.stack([red, green, blue], 1).clamp(0, 1), wanted)


def test_the_words_on_classes_give_the_tasks_chroma(trained_for) -> None:
    folder = trained_for("colorize-bins")
    run, model = load_trained(folder)
    (path,) = export_run(folder, "torch").paths
    with safe_open(path, "pt") as file:
        told = file.metadata()["gives"]
    temperature = float(re.findall(r"softmax\(scores / ([\d.]+)\)", told)[0])
    centers = ast.literal_eval(f"[{told.partition('Centers: ')[2].rstrip('.')}]")
    assert "inverse, log(p / (1 − p))" in told
    task = make_task_for_apply(model.plan, run.settings, (), ())
    with torch.no_grad():
        output = model(task.prepare(IMAGES))
    shares = (torch.logit(output, 1e-7) / temperature).softmax(1)
    cb, cr = torch.einsum("nkhw,kc->cnhw", shares, torch.tensor(centers))
    luma = 0.299 * IMAGES[:, 0] + 0.587 * IMAGES[:, 1] + 0.114 * IMAGES[:, 2]
    wanted = task.unclipped(output, IMAGES)
    torch.testing.assert_close(luma + 1.402 * (cr - 0.5), wanted[:, 0], rtol=0, atol=1e-4)
    torch.testing.assert_close(luma + 1.772 * (cb - 0.5), wanted[:, 2], rtol=0, atol=1e-4)


@pytest.mark.parametrize("format", ["torch", "python", "spec"])
def test_files_of_others_are_not_replaced(trained_for, tmp_path, format) -> None:
    folder = trained_for("reconstruct")
    done = export_run(folder, format, out=tmp_path)
    assert export_run(folder, format, out=tmp_path) == done
    done.paths[-1].write_text("mine")
    with pytest.raises(InputError, match="exists already, with another content"):
        export_run(folder, format, out=tmp_path)
    assert done.paths[-1].read_text() == "mine"
    export_run(folder, format, out=tmp_path, overwrite=True)
    assert done.paths[-1].read_bytes() != b"mine"


def test_several_files_of_others_exist(trained_for, tmp_path) -> None:
    for name in ("model.py", "model-weights.safetensors"):
        (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match=r"model\.py and .*safetensors exist already"):
        export_run(trained_for("reconstruct"), "python", out=tmp_path)


def test_a_folder_that_takes_no_files_is_told(trained_for, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFailedError, match="can't be written"):
        export_run(trained_for("reconstruct"), "spec", out=tmp_path / "file")


def test_the_path_is_printed(trained_for, tmp_path, capsys) -> None:
    folder = trained_for("reconstruct")
    for words, read in ((["--json"], lambda out: json.loads(out)["paths"]), ([], str.splitlines)):
        with pytest.raises(SystemExit) as ended:
            main(["export", str(folder), "--to", "spec", "--out", str(tmp_path), *words])
        assert not ended.value.code
        assert read(capsys.readouterr().out) == [str(tmp_path / "spec.yaml")]


def test_a_folder_without_a_run_is_refused(tmp_path, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", str(tmp_path), "--to", "spec"])
    assert ended.value.code == 2
    assert "no finished run" in capsys.readouterr().err


def test_every_format_is_offered(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    assert f"<{'|'.join(FORMATS)}>" in capsys.readouterr().out


def test_python_gives_paths_as_texts(trained_for, tmp_path) -> None:
    folder = trained_for("reconstruct")
    done = export_run(str(folder), "spec", out=str(tmp_path / "ünd so"))
    assert done.paths == (tmp_path / "ünd so" / "spec.yaml",)
    with pytest.raises(
        TypeError, match=r"export_run\(folder\) must be a str or PathLike, not None"
    ):
        export_run(None, "spec")
    with pytest.raises(InputError, match="no format 'onxx'") as caught:
        export_run(folder, "onxx")
    assert caught.value.help == "did you mean `onnx`?"
