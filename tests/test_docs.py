"""Pages that the code writes are up to date, and every example in them holds."""

import csv
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import torch
import yaml

from archsearch.cli import main
from archsearch.config import LossKind, Model, SearchMethod
from archsearch.config.study_file import open_study
from archsearch.spec import JOINS, KINDS, Source, parse_nodes
from archsearch.spec.syntax.containers import CONTAINERS
from archsearch.spec.text.reader import read_yaml

ROOT = Path(__file__).parents[1]
LANGUAGE = (ROOT / "docs/language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", LANGUAGE, re.DOTALL)

# What a fragment may speak of, and what a spec needs beside it.
AROUND = {
    "input": "input: {channels: auto, height: 32, width: 32}",
    "params": "params: {width: 8, depth: 2, down: pool}",
    "blocks": "blocks: {double: {params: {c: 8}, layers: [conv: {channels: $c}]}}",
    "encoder": "encoder:\n  - conv: {channels: 16}\n    name: early\n  - conv: {channels: 16}\n",
    "decoder": "decoder:\n  - dense: {size: 4}\n  - dense: {shape: [3, 32, 32]}",
}


POOLED = "encoder:\n  - conv: {channels: 16}\n  - pool: {}\n    name: p1\n"
"""What ``unpool`` needs before it."""

OF_THE_WHOLE = {
    "unused-param",
    "unused-block",
    "bottleneck-before-latent",
    "latent-exceeds-picture",
}
"""Warnings that speak of what surrounds an example."""


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "docs/generate.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )


def test_the_generated_parts_are_up_to_date() -> None:
    done = generate("--check")
    assert (done.stdout, done.returncode) == ("", 0), done.stdout + done.stderr


def whole_spec(example: str) -> str:
    """The example with what it lacks; layers alone follow a conv named ``early``."""
    if example.startswith("- "):
        layers = "".join(f"  {line}\n" for line in example.splitlines())
        example = (POOLED if example.startswith("- unpool") else AROUND["encoder"]) + layers
    given = re.findall(r"^(\w+):", example, re.MULTILINE)
    return "\n".join([example, *(part for key, part in AROUND.items() if key not in given)]) + "\n"


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_the_language_is_valid(example: str) -> None:
    source = Source("docs/example.yaml", example)
    if "\nspace:" in example:
        root = read_yaml(source)
        assert root is not None
        assert open_study(source, root, ROOT / "docs/example.yaml") is not None
        assert source.diagnostics == []
        return
    source = Source("docs/example.yaml", whole_spec(example))
    root = read_yaml(source)
    family = None if root is None else parse_nodes(source, root)
    found = source.diagnostics if family is None else Model(family).resolve().diagnostics
    assert [item for item in found if item.code not in OF_THE_WHOLE] == []


def test_every_command_has_an_example() -> None:
    page = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    helps = re.findall(
        r"^## `(archsearch.*?)`\n\n```text\n(.*?)```", page, re.DOTALL | re.MULTILINE
    )
    commands = {name: text for name, text in helps if "\nCommands:" not in text}
    assert len(commands) > 20
    for name, text in commands.items():
        assert f"Example: {name}" in text


def test_every_kind_and_field_is_in_the_reference() -> None:
    for word in (*KINDS.builtin, *JOINS, *CONTAINERS):
        assert f"### `{word}`" in LANGUAGE
    for kind in KINDS.builtin.values():
        if not kind.scalar:
            section = LANGUAGE.split(f"### `{kind.name}`")[1].split("### ")[0]
            assert all(f"| `{field.name}` |" in section for field in kind.fields)


@pytest.mark.parametrize("example", [kind.example for kind in KINDS.builtin.values()])
def test_each_kinds_example_is_in_the_reference(example: str) -> None:
    assert f"- {example}\n" in EXAMPLES


def test_a_mistake_in_an_example_would_be_found() -> None:
    source = Source("docs/example.yaml", whole_spec("- conv: {chanels: 8}\n"))
    root = read_yaml(source)
    assert root is not None
    parse_nodes(source, root)
    assert [item.code for item in source.diagnostics if item.severity == "error"] == ["unknown-key"]


def test_only_what_stands_between_markers_is_written() -> None:
    between = runpy.run_path(str(ROOT / "docs/generate.py"))["between_markers"]
    page = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n"
    assert between(page, "x", "new") == page.replace("old", "new")
    assert between(page, "y", "new") == page


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    small = example.replace("epochs=10", "epochs=1").replace('"photos"', '"photos", limit=100')
    assert small.count("limit=100") == small.count("epochs=1)") == 1
    (tmp_path / "example.py").write_text(small, encoding="utf-8")
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    done = subprocess.run(
        [sys.executable, "example.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "ARCHSEARCH_CACHE": str(tmp_path / "cache")},
    )
    assert done.returncode == 0, done.stderr


def shown_files(page: str) -> list[tuple[str, str]]:
    """(path, content) of each YAML block that begins with the path of a file of the gallery."""
    return re.findall(r"```yaml\n# ((?:specs|studies)/\S+)\n(.*?)```", page, re.DOTALL)


def test_files_that_the_readme_shows_are_as_they_are_shown() -> None:
    shown = shown_files((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [path for path, _ in shown] == ["specs/acml-nine-layer.yaml", "studies/quickstart.yaml"]
    for path, content in shown:
        file = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
        file.pop("description")  # is left out there
        assert yaml.safe_load(content) == file


def test_the_layers_that_the_readme_prints_are_what_show_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["show", str(ROOT / "specs/acml-nine-layer.yaml")])
    assert f"```text\n{capsys.readouterr().out}```" in readme


def measured(name: str) -> list[dict[str, Any]]:
    text = (ROOT / f"benchmarks/results/{name}.json").read_text(encoding="utf-8")
    return json.loads(text).get("results") or json.loads(text)["cells"]


def test_numbers_of_the_readme_are_those_measured() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    epochs = [each["seconds"] for each in measured("engine") if each["what"] == "epoch"]
    times = [
        median(slow / fast for fast, slow in zip(each["native"], each["torch"], strict=True))
        for each in epochs
    ]
    assert f"{min(times):.1f} to {max(times):.1f} times as fast as torch" in readme
    held = [each["covered"] for each in measured("coverage") if each["statistic"] == "Spearman"]
    assert f"{100 * min(held):.1f} to {100 * max(held):.1f} % of the time" in readme
    (start,) = measured("startup")
    assert round(start["import torch"] / start["archsearch check"]) == 5
    assert "in a fifth of the time that importing torch takes" in readme


def test_what_is_said_of_nets_as_people_write_them_is_what_was_measured() -> None:
    with (ROOT / "benchmarks/results/ordinary.csv").open(newline="") as file:
        nets = list(csv.DictReader(file))
    one_picture = [net["net"] for net in nets if net["collapsed"] != "False"]
    risen = [net["net"] for net in nets if float(net["over_best"]) > 0.1]
    assert set(risen) <= set(one_picture)
    page = (ROOT / "docs/speed.md").read_text(encoding="utf-8")
    assert f"Of {len(nets)} on CIFAR-10 (JPEG), {len(one_picture)} end with one picture" in page
    assert len({net["net"] for net in nets}) == len(nets)


def test_the_descriptors_of_a_loss_and_a_search_method_can_be_made(tmp_path: Path) -> None:
    """The examples that aren't part of the package."""
    page = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    written = re.sub(r"<!-- (\S+):begin -->.*?<!-- \1:end -->", "", page, flags=re.DOTALL)
    examples = re.findall(r"```python\n(.*?)```", written, re.DOTALL)
    made: dict[str, object] = {}
    for number, example in enumerate(each for each in examples if "__main__" not in each):
        path = tmp_path / f"example{number}.py"
        path.write_text(example, encoding="utf-8")
        made |= runpy.run_path(str(path))
    assert isinstance(made["CHARBONNIER"], LossKind)
    assert isinstance(made["BRUTE_FORCE"], SearchMethod)
    tensor = torch.tensor([3.0], requires_grad=True)
    loss = made["charbonnier"](tensor, torch.zeros(1))  # type: ignore[operator]
    assert loss.item() == pytest.approx(3.0, abs=1e-3)
    assert loss.requires_grad
