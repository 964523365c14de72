"""Nothing in the project runs what it was given as data: no eval, no pickle, no shell."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [
    ROOT / "setup.py",
    *(
        path
        for folder in ("archsearch", "benchmarks", "docs")
        for path in (ROOT / folder).rglob("*.py")
    ),
]

BUILTINS = {"eval", "exec", "compile", "__import__", "execfile"}
MODULES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
CALLS = {
    "os.popen",
    "os.system",
    "pandas.read_pickle",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "tempfile.mktemp",
    "torch.jit.load",
    "torch.load",
    "yaml.full_load",
    "yaml.full_load_all",
    "yaml.load",
    "yaml.load_all",
    "yaml.unsafe_load",
    "yaml.unsafe_load_all",
}
LOADER = "numpy.load"
"""It unpickles where ``allow_pickle`` is true, so that must stand there as false."""

ALLOWED = {
    "archsearch/data/cifar.py": {"import pickle"},  # read so that nothing in them can run
}


def forbidden(source: str) -> Iterator[str]:
    """What a file may run foreign data with."""
    tree = ast.parse(source)
    names = dict(_imported(tree))
    yield from (f"import {_top(name)}" for name in names.values() if _top(name) in MODULES)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and _whole(node, names) in CALLS:
            yield _whole(node, names)
        if isinstance(node, ast.Call):
            yield from _called(node, names)


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that is imported, and what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (
                    alias.asname or _top(alias.name),
                    alias.name if alias.asname else _top(alias.name),
                )
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _whole(node: ast.expr, names: Mapping[str, str]) -> str:
    """What an expression names, by the names of modules."""
    first, dot, rest = ast.unparse(node).partition(".")
    return names.get(first, first) + dot + rest


def _called(node: ast.Call, names: Mapping[str, str]) -> Iterator[str]:
    name = _whole(node.func, names)
    keywords = {word.arg: ast.unparse(word.value) for word in node.keywords}
    if name.removeprefix("builtins.") in BUILTINS:
        yield f"{name}()"
    if name == LOADER and keywords.get("allow_pickle") != "False":
        yield f"{name} without allow_pickle=False"
    if keywords.get("shell", "False") != "False":
        yield f"{name}(shell=…)"
    if keywords.get("allow_pickle", "False") != "False":
        yield f"{name}(allow_pickle=…)"
    if keywords.get("weights_only", "True") != "True":
        yield f"{name}(weights_only=…)"


def _top(module: str) -> str:
    return module.partition(".")[0]


def test_nothing_runs_what_it_was_given() -> None:
    assert len(FILES) > 400
    found = {
        name: uses
        for path in FILES
        if (uses := {*forbidden(path.read_text(encoding="utf-8"))})
        if uses != ALLOWED.get(name := path.relative_to(ROOT).as_posix(), set())
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "eval('1')",
        "exec('1')",
        "import builtins\nbuiltins.eval('1')",
        "compile('1', '', 'eval')",
        "__import__('os')",
        "import pickle",
        "import pickle as p",
        "from pickle import loads",
        "import cloudpickle.cloudpickle",
        "import os\nos.system('ls')",
        "from os import system\nsystem('ls')",
        "import os as system\nsystem.popen('ls')",
        "import subprocess\nsubprocess.run('ls', shell=True)",
        "import subprocess\nsubprocess.Popen('ls', shell=maybe)",
        "import yaml\nyaml.load(text, yaml.Loader)",
        "from yaml import unsafe_load as load\nload(text)",
        "import torch\ntorch.load(path)",
        "import torch\nread = torch.load",
        "import torch\nload(path, weights_only=False)",
        "import numpy as np\nnp.load(path)",
        "from numpy import load\nload(path)",
        "import numpy\nnumpy.load(path, allow_pickle=True)",
        "import pandas as pd\npd.read_pickle(path)",
    ],
)
def test_a_way_around_is_found(line: str) -> None:
    assert [*forbidden(line)]


def test_what_is_harmless_is_let_pass() -> None:
    source = (
        "import numpy as np\nre.compile(1)\nmodel.eval()\nnp.load(p, allow_pickle=False)\n"
        "yaml.safe_load(t)"
    )
    assert [*forbidden(source)] == []
