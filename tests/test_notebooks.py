"""The notebooks run, and their committed outputs are those of what stands in them."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import gettempdir
from types import ModuleType
from typing import Any

import matplotlib as mpl
import nbformat
import pytest
from matplotlib import pyplot

import archsearch.study.run
from archsearch.study.store.owner import Owner
from archsearch.study.workers.worker import Worker, WorkerOptions

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALLER = {
    r"limit: \d+": "limit: 60",
    r"limit=\d+": "limit=60",
    r"epochs: \d+": "epochs: 1",
    r"epochs=\d+": "epochs=1",
    r'"epochs": \d+': '"epochs": 1',
    r"trials: \d+": "trials: 3",
}
"""What makes a notebook's trainings short."""

OWN = ["own-layer", "study"]
"""Those that are short enough, so reduced, for every run of the tests."""


def code_cells(path: Path) -> list[Any]:
    content = nbformat.read(path, as_version=4)
    return [cell for cell in content.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert set(OWN) <= {path.stem for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_outputs_are_kept_and_without_errors(path: Path) -> None:
    nbformat.validate(nbformat.read(path, as_version=4))
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    kinds = {output.output_type for output in outputs}
    assert "error" not in kinds
    assert any("image/png" in output.get("data", {}) for output in outputs)
    streams = {output.name for output in outputs if output.output_type == "stream"}
    assert streams <= {"stdout"}, "warnings belong to no notebook"
    told = [output["data"]["text/plain"] for output in outputs if "data" in output]
    assert all("━" not in text for text in told), "what moves is gone at the end"
    assert path.stat().st_size < 1_000_000
    text = path.read_text(encoding="utf-8")
    assert not any(str(place) in text for place in (ROOT, Path.home(), Path(gettempdir())))


@pytest.mark.parametrize("name", OWN)
def test_progress_is_one_display_that_keeps_its_lines(name: str) -> None:
    outputs = [o for cell in code_cells(ROOT / f"notebooks/{name}.ipynb") for o in cell.outputs]
    told = [o.data["text/plain"] for o in outputs if o.output_type == "display_data"]
    progress = [text for text in told if "reconstruct on photos" in text]
    assert progress
    for text in progress:
        _, *lines = text.splitlines()
        assert all(re.match(r"epoch +\d+/\d+  training MSE ", line) for line in lines)
        assert len(lines) > 3


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, from which modules can be imported; figures in memory."""

    def work(study: Any, plan: Any, options: Any, say: Any, _: None) -> None:
        how = WorkerOptions(threads=1)
        Worker(study, plan.trainer, Owner.this_process(), say, lambda: False, how).work()

    monkeypatch.setattr(archsearch.study.run, "_work", work)  # starting processes takes seconds
    monkeypatch.setattr(archsearch.study.run, "_starter", lambda *_: nullcontext())
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before, known = mpl.get_backend(), set(sys.modules)
    pyplot.switch_backend("agg")
    yield tmp_path
    pyplot.close("all")
    pyplot.switch_backend(before)
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize("name", OWN)
def test_its_cells_run_with_fewer_pictures_and_epochs(name: str, here: Path) -> None:
    names: dict[str, object] = {}
    for number, cell in enumerate(code_cells(ROOT / f"notebooks/{name}.ipynb"), 1):
        source = cell.source
        for longer, shorter in SMALLER.items():
            source = re.sub(longer, shorter, source)
        head, _, rest = source.partition("\n")
        if head.startswith("%%writefile "):
            (here / head.split()[1]).write_text(rest + "\n", encoding="utf-8")
        else:
            exec(compile(source, f"{name}, cell {number}", "exec"), names)  # noqa: S102


def script(name: str) -> ModuleType:
    """A script of the notebooks' folder."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"notebooks/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def execute() -> ModuleType:
    return script("execute")


def test_the_page_of_the_exercise_shows_what_its_notebook_does() -> None:
    page = script("page")
    text, figures = page.page(nbformat.read(page.NOTEBOOK, as_version=4))
    assert page.PAGE.read_text(encoding="utf-8") == text
    kept = {path.name: path.read_bytes() for path in page.FIGURES.glob("exercise-*.png")}
    assert kept == figures
    assert len(figures) == 3


def shape(cell: Any) -> list[tuple[str, ...]]:
    """What a cell gives: kinds of outputs, and the forms of each."""
    return [
        (output.output_type, *sorted(output.get("data", {"text": ""}))) for output in cell.outputs
    ]


@pytest.mark.full
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_kernel_gives_the_outputs_that_are_kept(
    path: Path, execute: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    content = execute.executed(path, tmp_path)
    made = [cell for cell in content.cells if cell.cell_type == "code"]
    for kept, cell in zip(code_cells(path), made, strict=True):
        assert shape(cell) == shape(kept), cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_python_in_its_text_is_python(path: Path) -> None:
    content = nbformat.read(path, as_version=4)
    for cell in content.cells:
        if cell.cell_type == "markdown":
            for block in re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL):
                ast.parse(block)
