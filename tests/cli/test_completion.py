"""Completion in the shell."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from archsearch.cli import app


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("archsearch exp", ["explain", "export"]),
        ("archsearch study del", ["delete"]),
        ("archsearch export runs/net --to ", ["onnx", "torch", "python", "spec"]),
        ("archsearch train net.yaml --task den", ["denoise"]),
        ("archsearch show net.yaml --task colorize-", ["colorize-chroma", "colorize-bins"]),
        ("archsearch study run a.yaml --data cifar1", ["cifar10", "cifar100"]),
        ("archsearch train net.yaml --data fold", ["folder:"]),
        ("archsearch train net.yaml --device c", ["cpu", "cuda"]),
        ("archsearch init --template unet-", ["unet-thin"]),
        ("archsearch explain shape-n", ["shape-nonpositive"]),
    ],
)
def test_commands_choices_and_names_are_completed(line: str, completed: list[str]) -> None:
    place = len(line.split(" ")) - 1
    told = {"_ARCHSEARCH_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(place)}
    done = CliRunner().invoke(app, [], prog_name="archsearch", env=told)
    assert done.stdout.split() == completed
