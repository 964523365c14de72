"""The command that is named for a spec and its settings gives those settings."""

import shlex
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from archsearch.cli.train import _settings
from archsearch.config import DataSettings, RunSettings, TrainSettings, read_task
from archsearch.config.train_command import train_command

TASKS = st.sampled_from(
    ["reconstruct", "denoise", {"denoise": {"sigma": 0.25}}, {"inpaint": {"size": 3}}, "colorize"]
)
RECIPES = st.builds(
    TrainSettings,
    epochs=st.integers(1, 100),
    lr=st.floats(1e-6, 1.0),
    optimizer=st.sampled_from(
        ["adam", "sgd", {"sgd": {"momentum": 0.5}}, {"adam": {"betas": (0.5, 0.75)}}]
    ),
    initialization=st.sampled_from(["he", "torch"]),
    clip_norm=st.sampled_from([0.1, 3.0, None]),
    early_stopping=st.sampled_from([None, {}, {"patience": 2, "restore_best_weights": False}]),
    schedule=st.sampled_from(["onecycle", "plateau", {"step": {"step_size": 5, "gamma": 0.5}}]),
    seed=st.integers(0, 9),
    weight_decay=st.floats(0, 1),
)
DATA = st.builds(
    DataSettings,
    source=st.sampled_from(["cifar10", "photos", "folder:/my pictures/it's", "folder:$HOME"]),
    limit=st.none() | st.integers(10, 10**6),
    scale=st.sampled_from(["unit", "signed", "standardize"]),
)


def read_back(command: str) -> RunSettings:
    """What the words of a command mean to ``train``."""
    program, verb, spec, *words = shlex.split(command)
    assert (program, verb, spec) == ("archsearch", "train", "my specs/best.yaml")
    pairs = list(zip(words[::2], words[1::2], strict=True))
    options = {name: value for name, value in pairs if name != "--set"}
    assert {"--data", "--epochs"} <= set(options) <= {"--data", "--epochs", "--task"}
    assignments = [value for name, value in pairs if name == "--set"]
    data = {"source": options.get("--data")}
    epochs = {"epochs": int(options["--epochs"])}
    named = {"train": epochs, "data": data, "task": {"name": options.get("--task")}}
    return _settings(assignments, named)[0]


def test_a_name_with_escape_codes_is_escaped_and_still_that_file() -> None:
    command = train_command("a\x1b[31mb.yaml", RunSettings())
    assert command.isprintable()
    said = subprocess.run(
        ["bash", "-c", command.replace("archsearch train", r"printf '%s\n'")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines()[0] == "a\x1b[31mb.yaml"


@given(data=DATA, task=TASKS, recipe=RECIPES)
def test_every_setting_comes_back(data: DataSettings, task: object, recipe: TrainSettings) -> None:
    settings = RunSettings(data=data, task=read_task(task), train=recipe)
    assert read_back(train_command("my specs/best.yaml", settings)) == settings


def test_folder_and_threads_are_named() -> None:
    command = train_command("best.yaml", RunSettings(), out="my run", threads=4)
    assert command == (
        "archsearch train best.yaml --data cifar10 --epochs 10 --out 'my run' --threads 4"
    )
