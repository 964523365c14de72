"""Only ``streams.py`` writes to stdout and stderr, so that nothing passes it by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "archsearch"
WRITER = PACKAGE / "streams.py"
STREAMS = {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}
WRITING = {"print", "echo", "secho", "echo_via_pager", "print_exc", "print_exception", "Console"}


def writes(source: str) -> Iterator[str]:
    """What a file may write to a standard stream with."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", None) or getattr(called, "id", "")
            if name in WRITING:
                yield f"{name}() in line {node.lineno}"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in STREAMS:
            yield f"{ast.unparse(node)} in line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module == "sys":
            yield from (name.name for name in node.names if f"sys.{name.name}" in STREAMS)


def test_one_file_writes() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if path != WRITER]
    found = {str(path): [*writes(path.read_text())] for path in files}
    # Rich's live display is given to streams.py's own console.
    allowed = {str(PACKAGE / "interactive" / "board.py"): 1}
    assert {path for path, places in found.items() if len(places) != allowed.get(path, 0)} == set()
    assert [*writes(WRITER.read_text())]


@pytest.mark.parametrize(
    "line",
    [
        "print('x')",
        "import sys\nsys.stdout.write('x')",
        "import sys\nout = sys.stderr",
        "from sys import stderr",
        "import typer\ntyper.echo('x')",
        "from typer import secho\nsecho('x')",
        "from rich.console import Console\nConsole()",
        "import traceback\ntraceback.print_exc()",
    ],
)
def test_a_way_around_is_found(line: str) -> None:
    assert [*writes(line)]


def test_no_error_has_lines_in_its_sentence() -> None:
    """Each line is escaped by itself; a break inside of one would be shown as ``\\n``."""
    broken = {
        f"{path}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error")
        for inside in ast.walk(node)
        if isinstance(inside, ast.Constant) and "\n" in str(inside.value)
    }
    assert broken == set()
