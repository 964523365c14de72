"""``archsearch train`` on a folder of real PNG files."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

from archsearch.apply import apply_run
from archsearch.cli import main
from archsearch.cli.train import _row
from archsearch.train import load_model

SPEC = """
name: tiny
params: {width: 2}
input: {channels: auto, height: 16, width: 16}
encoder:
  - conv: {channels: $width, activation: relu}
  - pool: {}
decoder:
  - upsample: {}
  - conv: {channels: auto, activation: sigmoid}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a spec, 40 pictures and a cache of its own."""
    (tmp_path / "tiny.yaml").write_text(SPEC)
    (tmp_path / "pictures").mkdir()
    generator = torch.Generator().manual_seed(0)
    for number in range(40):
        coarse = torch.randint(0, 256, (4, 4, 3), generator=generator, dtype=torch.uint8)
        picture = Image.fromarray(coarse.numpy()).resize((16, 16))
        picture.save(tmp_path / "pictures" / f"{number:02}.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    return tmp_path


def command(*more: str) -> list[str]:
    return ["train", "tiny.yaml", "--data", "folder:pictures", "--epochs", "2", *more]


def run(*more: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(command("--threads", "1", *more))
    return int(ended.value.code or 0)


def test_it_prints_scores_against_the_baselines_and_where_the_run_is(place, capsys) -> None:
    assert run("--set", "train.initialization=torch") == 0
    printed = capsys.readouterr()
    for row in ("this net ", "channel mean ", "PCA, 128 numbers ", "patch PCA, 2×8×8 "):
        assert row in printed.out
    assert "\ntrained by the native engine\nrun directory: runs/tiny\n" in printed.out
    told = " ".join(printed.out.split())
    assert "The net is barely trained, after 2 steps: its output is still the same" in told
    assert "no better than" not in printed.out
    lines = printed.err.splitlines()
    assert lines[0].endswith("pictures: 32 train, 4 validate, 4 test")
    assert [line.split("  ")[0] for line in lines[1:]] == ["epoch 1/2", "epoch 2/2"]
    assert "\x1b" not in printed.err + printed.out
    assert (place / "runs" / "tiny" / "metrics.json").exists()


@pytest.mark.parametrize("task", ["colorize", "colorize-chroma", "colorize-bins"])
def test_colors_are_told_beside_their_baselines(place, capsys, task: str) -> None:
    assert run("--task", task, "--limit", "30") == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert [line.split("  ")[0] for line in lines if line.startswith("gray copy")] == [
        "gray copy",
        "gray copy",
    ]
    for row in ("mean chroma ", "linear map, 128 numbers "):
        assert any(line.startswith(row) for line in lines)
    (head,) = (line for line in lines if line.startswith("colors"))
    words = "chroma MSE, saturation, ΔE 2000, within 2, within 5"
    assert head.split() == ["colors", *words.replace(",", "").split()]
    stored = json.loads((place / "runs" / "tiny" / "metrics.json").read_text())
    assert stored["task"] == task
    assert stored["baselines"]["gray_copy"] >= stored["baselines"]["mean_chroma"] * 0.5
    assert stored["test"]["color"]["delta_e"] > 0
    config = json.loads((place / "runs" / "tiny" / "config.json").read_text())
    assert task in (config["task"], *config["task"])


def test_a_task_that_cannot_be_is_refused_before_pictures_are_looked_for(place, capsys) -> None:
    assert run("--task", "inpaint", "--set", "task.size=16", "--data", "folder:nowhere") == 2
    assert "completely" in capsys.readouterr().err


def make_gray(place: Path) -> None:
    for path in (place / "pictures").iterdir():
        with Image.open(path) as picture:
            gray = picture.convert("L")
        gray.save(path)


def test_gray_pictures_are_refused_for_colors(place, capsys) -> None:
    make_gray(place)
    assert run("--task", "colorize") == 2
    printed = capsys.readouterr().err
    assert "colorize learns from color pictures, but `folder:" in printed
    assert "help:" in printed


@pytest.mark.parametrize("more", [[], ["--set", "input.channels=1"], ["--task", "denoise"]])
def test_auto_channels_follow_gray_pictures(place, capsys, more) -> None:
    make_gray(place)
    assert run(*more) == 0
    assert "channels: 1," in (place / "runs/tiny/spec.yaml").read_text()
    assert load_model(place / "runs/tiny").plan.output.channels == 1
    assert run(*more) == 0
    assert "already has this run, and it is finished" in capsys.readouterr().err
    applied = apply_run(place / "runs/tiny", [place / "pictures/00.png"])
    with Image.open(applied.written[0].result) as picture:
        assert picture.mode == "L"


def test_what_the_help_names_for_other_channels_is_accepted(place, capsys) -> None:
    make_gray(place)
    assert run("--set", "input.channels=3") == 2
    assert "give --set input.channels=1" in capsys.readouterr().err
    assert (
        run("--set", "input.channels=1", "--set", "input.height=8", "--set", "input.width=8") == 0
    )


@pytest.mark.parametrize(
    ("mse", "shown"),
    [(0.01, "0.01000  20.00 dB"), (3e-5, "3.0e-05  45.23 dB"), (5e-32, "< 1e-07"), (0, "< 1e-07")],
)
def test_errors_that_are_only_rounding_are_not_told_in_digits(mse: float, shown: str) -> None:
    assert _row("PCA", mse, None).endswith(f" {shown}")


def test_json_is_metrics_json_and_a_second_run_prints_it_again(place, capsys) -> None:
    assert run("--json", "--out", "there") == 0
    first = capsys.readouterr().out
    assert run("--json", "--out", "there") == 0
    again = capsys.readouterr()
    stored = json.loads((place / "there" / "metrics.json").read_text())
    assert json.loads(first) == json.loads(again.out) == stored
    assert next(iter(stored)) == "version"
    assert "already has this run, and it is finished" in again.err


def test_lost_weights_are_made_again_by_the_command_that_apply_names(place, capsys, caplog) -> None:
    """Both ways out are one, and the numbers are those of before."""
    assert run("--out", "there") == 0
    weights = (place / "there" / "model.safetensors").read_bytes()
    (place / "there" / "model.safetensors").unlink()
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["apply", "there", "pictures/00.png"])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "there/model.safetensors is missing" in told
    named = re.search(r"help: `archsearch (train .*)` restores what is lost", told)
    assert named is not None
    with pytest.raises(SystemExit) as ended:
        main([*shlex.split(named[1]), "--threads", "1"])
    assert not ended.value.code
    assert "training again, because model.safetensors is missing or damaged" in caplog.text
    assert "trained again, to the same numbers as recorded" in caplog.text
    assert (place / "there" / "model.safetensors").read_bytes() == weights
    with pytest.raises(SystemExit) as ended:
        main(["apply", "there", "pictures/00.png"])
    assert not ended.value.code


def test_options_and_set_reach_settings_and_model(place) -> None:
    more = ("--set", "train.optimizer=sgd", "--set", "width=3", "--set", "encoder[0].conv.kernel=5")
    options = ("--batch-size", "8", "--lr", "1", "--seed", "4", "--limit", "30")
    assert run("--out", "there", *more, *options) == 0
    config = json.loads((place / "there" / "config.json").read_text())
    assert (
        config["train"] | {"optimizer": "sgd", "batch_size": 8, "lr": 1.0, "seed": 4}
        == (config["train"])
    )
    assert config["data"]["limit"] == 30
    assert config["data"]["source"] == f"folder:{place / 'pictures'}"
    spec = (place / "there" / "spec.yaml").read_text()
    assert "channels: 3, kernel: 5" in spec


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--set", "train.lrr=1"), "there is no `train.lrr`"),
        (("--set", "train.lr=-1"), "`train.lr`"),
        (("--set", "train.engine=jax"), "`train.engine`"),
        (("--task", "sing"), "there is no task `sing`"),
        (("--task", "denoise", "--set", "task.sigm=1"), "did you mean `sigma`?"),
        (("--task", "denoise", "--set", "task.sigma=-1"), "`task.sigma` = -1 is not allowed"),
        (("--task", "inpaint", "--set", "task.size=16"), "completely"),
        (("--task", "colorize-bins", "--set", "train.loss=l1"), "doesn't use `train.loss"),
        (("--task", "colorize", "--set", "decoder[1].conv.channels=2"), "colorize wants 3"),
        (("--data", "folder:nowhere"), "nowhere"),
        (("--set", "train.batch_size"), "no assignment"),
        (("--device", "tpu"), "no device 'tpu'"),
        (("--set", "encoder[0].conv.kernel=99", "--set", "encoder[0].conv.padding=0"), "kernel"),
    ],
)
def test_wrong_input_ends_with_2_and_a_reason(place, capsys, more, told) -> None:
    assert run(*more) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_who_trained_is_told_and_recorded_with_the_reason(place, capsys) -> None:
    told = "its task has a loss of its own"
    assert run("--task", "colorize-bins") == 0
    assert f"\ntrained by torch, because {told}\n" in capsys.readouterr().out
    written = json.loads((place / "runs/tiny/metrics.json").read_text())
    assert (written["engine"], written["engine_reason"]) == ("torch", told)
    assert run("--set", "train.engine=torch", "--out", "there") == 0
    assert "\ntrained by torch, because train.engine is torch\n" in capsys.readouterr().out


def test_an_engine_that_can_not_train_it_leaves_no_run_behind(place, capsys) -> None:
    """And pictures aren't looked for."""
    more = ("--task", "colorize-bins", "--set", "train.engine=native", "--data", "folder:nowhere")
    assert run(*more) == 2
    printed = capsys.readouterr()
    assert "train.engine is native, which can't train `tiny`: its task has a loss" in printed.err
    assert "help: use train.engine=auto" in printed.err
    assert "Traceback" not in printed.err
    assert not (place / "runs").exists()


def test_a_precision_that_is_not_there_leaves_no_run_behind(place, capsys) -> None:
    """TF32 is a GPU's."""
    assert run("--set", "train.precision=tf32") == 2
    assert (
        "train.precision is tf32, which this processor doesn't support" in capsys.readouterr().err
    )
    assert not (place / "runs").exists()


def test_another_config_in_the_same_place_is_refused(place, capsys) -> None:
    assert run() == 0
    assert run("--lr", "0.5") == 2
    assert "train.lr is 0.01 there, 0.5 here" in capsys.readouterr().err


def test_a_training_that_breaks_ends_with_1(place, capsys) -> None:
    wild = (
        "--lr",
        "100",
        "--set",
        "train.optimizer=sgd",
        "--set",
        "train.schedule=constant",
        "--set",
        "train.clip_norm=none",
    )
    unbounded = ("--set", "decoder[1].conv.activation=none", "--epochs", "40")
    assert run(*wild, *unbounded) == 1
    assert "the training loss was" in capsys.readouterr().err


def test_a_name_never_leads_out_of_runs(place) -> None:
    (place / "tiny.yaml").write_text(SPEC.replace("name: tiny", "name: ../../out there"))
    assert run() == 0
    assert [path.name for path in (place / "runs").iterdir()] == ["out-there"]


def test_an_interrupt_ends_with_130_and_the_same_command_goes_on(place) -> None:
    """On a terminal: the bar is drawn on stderr, and stdout stays clean."""
    import pty

    root = Path(__file__).parents[2]
    shown, stderr = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from archsearch.cli import main; main()", *command()[:-1], "99999"],
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=os.environ | {"PYTHONPATH": str(root), "TERM": "xterm", "NO_COLOR": ""},
    )
    os.close(stderr)
    text = ""
    while "epoch     2/99999" not in text:
        text += os.read(shown, 4096).decode(errors="replace")
    process.send_signal(signal.SIGINT)
    try:
        while chunk := os.read(shown, 4096):
            text += chunk.decode(errors="replace")
    except OSError:  # how a terminal says that its other end is gone
        pass
    out, _ = process.communicate(timeout=60)
    os.close(shown)
    assert process.returncode == 130
    assert "training tiny" in text
    assert "the same command resumes after the last finished epoch" in text
    assert "Traceback" not in text
    assert out == b""
    assert (place / "runs" / "tiny" / "checkpoint.safetensors").exists()
