"""The examples in docstrings run, and give what stands there."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import archsearch

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    info.name
    for info in pkgutil.walk_packages(archsearch.__path__, "archsearch.")
    if not info.name.endswith("__main__")
)


def examples(name: str) -> list[doctest.DocTest]:
    module = importlib.import_module(name)
    return [test for test in doctest.DocTestFinder().find(module, name) if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path))
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in examples(name):
        runner.run(test, clear_globs=False)
    assert runner.failures == 0, capsys.readouterr().out


def test_there_are_examples() -> None:
    counted = sum(len(examples(name)) for name in MODULES)
    assert counted > 100
