"""A package imports only what stands before it, and start-up loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "archsearch"
LINE = [
    "spec",
    "config",
    "space",
    "records",
    "nn",
    "engine",
    "data",
    "tasks",
    "train",
    "apply",
    "export",
    "importing",
    "study",
    "report",
    "interactive",
    "cli",
]
INSIDE = {
    "spec": set(),
    "config": {"spec"},
    "space": {"spec", "config"},
    "records": {"spec", "config"},
    "nn": {"spec"},
    "engine": {"spec"},
    "data": {"config", "records"},
    "tasks": {"spec", "config", "records"},
    "train": {"spec", "config", "records", "nn", "engine", "data", "tasks"},
    "apply": {"spec", "config", "records", "nn", "data", "tasks", "train"},
    "export": {"spec", "config", "records", "nn", "tasks", "train"},
    "importing": {"spec", "config", "records", "nn", "data", "train"},
    "study": {"spec", "config", "space", "records", "data", "tasks", "train"},
    "report": {"config", "space", "records"},
    "interactive": {
        "spec",
        "config",
        "records",
        "data",
        "train",
        "study",
        "report",
    },
    "cli": set(LINE),
}
TORCH_FREE = {"spec", "config", "space", "records", "engine", "report"}
OUTSIDE = {
    "spec": {"yaml", "pydantic"},
    "config": {"pydantic", "pydantic_core"},
    "space": {"numpy", "scipy"},
    "engine": {"numpy", "llvmlite", "platformdirs"},
}


def modules_imported(source: str) -> set[str]:
    """Every module that a file imports, wherever the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def wrong_imports(package: str, source: str) -> set[str]:
    wrong = set()
    for module in modules_imported(source):
        head, *rest = module.split(".")
        if head == "archsearch":
            inside = rest[0] if rest else ""
            if inside in LINE and inside not in INSIDE[package] | {package}:
                wrong.add(module)
        elif (head in {"torch", "torchvision"} and package in TORCH_FREE) or (
            package in OUTSIDE and head not in OUTSIDE[package] | set(sys.stdlib_module_names)
        ):
            wrong.add(module)
    return wrong


def imports_of_the_line(source: str) -> set[str]:
    return {name for name in modules_imported(source) if children("archsearch", name) in LINE}


def files() -> list[tuple[str, Path]]:
    return [(name, path) for name in LINE for path in sorted((PACKAGE / name).rglob("*.py"))]


def test_every_package_is_in_the_line() -> None:
    found = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name[0] != "_"}
    assert found == set(LINE)
    assert all(INSIDE[name] <= set(LINE[: LINE.index(name)]) for name in LINE[:-1])


@pytest.mark.parametrize("package", LINE)
def test_a_package_imports_only_what_stands_before_it(package: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for name, path in files()
        if name == package and (found := wrong_imports(name, path.read_text()))
    }
    assert wrong == {}


def test_what_all_packages_stand_on_imports_none_of_them() -> None:
    base = [path for path in PACKAGE.glob("*.py") if path.stem not in {"__init__", "__main__"}]
    assert {"errors", "extensions", "files"} <= {path.stem for path in base}
    wrong = {path.stem: imports_of_the_line(path.read_text()) for path in base}
    assert {stem for stem, found in wrong.items() if found} == set()
    assert imports_of_the_line("from archsearch.spec import load")


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("spec", "import torch"),
        ("spec", "from archsearch.config import load"),
        ("report", "def f():\n    from torch import nn"),
        ("nn", "import archsearch.train.fit"),
        ("config", "import numpy"),
        ("engine", "from archsearch.nn import build"),
        ("records", "from archsearch import study"),
    ],
)
def test_a_wrong_import_is_found(package: str, line: str) -> None:
    assert wrong_imports(package, line)


Arrows = Mapping[str, set[str]]


def modules() -> dict[str, str]:
    """The source of every module by its full name; a package's name is that of its face."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path.read_text()
    return found


def arrows(sources: Mapping[str, str]) -> Arrows:
    """Which modules each one imports; a name of a package's face is an arrow to the face."""
    found = {}
    for module, source in sources.items():
        named = {name for name in modules_imported(source) if name in sources}
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.module in named:
                inner = {f"{node.module}.{name.name}" for name in node.names}
                if inner <= set(sources):  # modules alone, nothing of the face
                    named.discard(node.module)
        found[module] = named - {module}
    return found


def children(package: str, module: str) -> str | None:
    """The child of ``package`` that ``module`` is or is in."""
    inside = module.removeprefix(package + ".")
    return inside.split(".")[0] if inside != module else None


def arrows_inside(package: str, of: Arrows) -> Arrows:
    """Which children of a package each child imports; its own package's face is called ``face``."""
    found: dict[str, set[str]] = {}
    for module, imported in of.items():
        child = "face" if module == package else children(package, module)
        if child is not None:
            ends = {"face" if one == package else children(package, one) for one in imported}
            found.setdefault(child, set()).update(end for end in ends if end not in {None, child})
    return found


def cycles(of: Arrows) -> list[set[str]]:
    """Groups of those that reach each other."""
    reached = {start: set(ends) for start, ends in of.items()}
    for middle in of:
        for start, ends in reached.items():
            if middle in ends:
                reached[start] = ends | reached[middle]
    groups = [{one for one in of if one in reached[me] and me in reached[one]} for me in of]
    return [group for i, group in enumerate(groups) if group and group not in groups[:i]]


def test_inside_a_package_no_two_import_each_other() -> None:
    """Folders and modules, at every level: what stands first knows nothing of what follows."""
    of = arrows(modules())
    packages = sorted({name.rpartition(".")[0] for name in of} - {""})
    assert {"archsearch", "archsearch.spec.syntax"} <= set(packages)
    found = {package: cycles(arrows_inside(package, of)) for package in packages}
    assert {package: groups for package, groups in found.items() if groups} == {}


@pytest.mark.parametrize(
    ("sources", "package", "found"),
    [
        ({"p.a": "import p.b", "p.b": "from p.c import x", "p.c": ""}, "p", []),
        ({"p.a": "from p.b import x", "p.b": "def f():\n    import p.a"}, "p", [{"a", "b"}]),
        (
            {"p.q.a": "from p import r", "p.r": "from p.q.b import x", "p.q.b": ""},
            "p",
            [{"q", "r"}],
        ),
        ({"p.q.a": "from p.q import b", "p.q.b": "from p.q.a import x"}, "p.q", [{"a", "b"}]),
        ({"p.q": "from p.q.a import x", "p.q.a": "from p.q import y"}, "p.q", [{"face", "a"}]),
        ({"p.a": "import p.b", "p.b": "import p.c", "p.c": "import p.a"}, "p", [{"a", "b", "c"}]),
    ],
)
def test_a_cycle_is_found(sources: dict[str, str], package: str, found: list[set[str]]) -> None:
    assert cycles(arrows_inside(package, arrows({"p": "", "p.q": "", **sources}))) == found


HEAVY = ("torch", "torchvision", "pandas", "optuna", "matplotlib", "seaborn", "scipy", "sklearn")


def loaded_by(code: str, modules: tuple[str, ...] = HEAVY) -> set[str]:
    """Which of ``modules`` a fresh interpreter has after ``code``."""
    tail = f"\nimport sys\nsys.stderr.write(' '.join(m for m in {modules!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return set(done.stderr.split("\n")[-1].split())


RUN = "from archsearch.cli import app\ntry:\n    app({arguments!r}, standalone_mode=False)\n"
RUN += "except SystemExit:\n    pass"


def test_importing_loads_nothing_heavy() -> None:
    assert loaded_by("import archsearch") == set()


@pytest.mark.parametrize(
    "arguments",
    [["check", "specs", "studies"], ["show", "specs/acml-nine-layer.yaml"], ["--help"]],
)
def test_light_commands_load_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_by(RUN.format(arguments=arguments)) == set()


def test_a_heavy_import_would_be_seen() -> None:
    assert loaded_by("import archsearch\narchsearch.build") >= {"torch"}
