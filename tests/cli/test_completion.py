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
    ],
)
def test_commands_and_choices_are_completed(line: str, completed: list[str]) -> None:
    place = len(line.split(" ")) - 1
    told = {"_ARCHSEARCH_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(place)}
    done = CliRunner().invoke(app, [], prog_name="archsearch", env=told)
    assert done.stdout.split() == completed
