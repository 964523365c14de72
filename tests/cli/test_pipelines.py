"""What pipelines use: standard input, SARIF, end columns, the hook and the documented workflow."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
import yaml

from archsearch.cli import main
from archsearch.spec import CATALOGUE

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "spec" / "golden"

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "required": ["id"],
                                            "properties": {
                                                "shortDescription": TEXT,
                                                "help": TEXT,
                                                "defaultConfiguration": {
                                                    "properties": {
                                                        "level": {"enum": ["error", "warning"]}
                                                    }
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "required": ["message"],
                            "properties": {
                                "message": TEXT,
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "locations": {
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "region": {
                                                        "additionalProperties": {
                                                            "type": "integer",
                                                            "minimum": 1,
                                                        }
                                                    }
                                                },
                                            }
                                        }
                                    }
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
"""The parts of the standard's schema that a log of ours touches."""


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]):
    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def given(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_standard_input_is_checked_as_the_file_is(told, monkeypatch) -> None:
    monkeypatch.chdir(GOLDEN)
    path = Path("five-mistakes.yaml")
    _, from_file, _ = told("check", str(path), "--format", "concise")
    given(monkeypatch, path.read_bytes())
    code, out, _ = told("check", "-", "--format", "concise")
    assert code == 2
    assert out == from_file.replace("five-mistakes.yaml:", "<stdin>:")
    given(monkeypatch, b"\xff\xfe")
    assert told("check", "-")[1].startswith("<stdin>: error[not-utf8]")


def test_a_study_on_standard_input_finds_its_model_from_here(told, monkeypatch) -> None:
    monkeypatch.chdir(ROOT / "studies")
    given(monkeypatch, Path("quickstart.yaml").read_bytes())
    assert told("check", "-", "--strict") == (0, "", "1 file, no problems\n")


def test_end_columns_are_the_marked_part(told, monkeypatch) -> None:
    monkeypatch.chdir(GOLDEN)
    _, out, _ = told("check", "five-mistakes.yaml", "--json")
    lines = Path("five-mistakes.yaml").read_text("utf-8").splitlines()
    marked = [
        lines[item["line"] - 1][item["column"] - 1 : item["end_column"] - 1]
        for item in json.loads(out)["diagnostics"]
    ]
    assert "rleu" in marked
    assert "chanels" in marked
    assert all(item["end_line"] == item["line"] for item in json.loads(out)["diagnostics"])


def test_sarif_is_valid_and_says_what_the_json_says(told, monkeypatch) -> None:
    monkeypatch.chdir(GOLDEN)
    files = sorted(path.name for path in Path().glob("*.yaml"))
    _, plain, _ = told("check", *files, "--json")
    code, out, _ = told("check", *files, "--format", "sarif")
    assert code == 2
    log = json.loads(out)
    jsonschema.validate(log, SARIF)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert {rule["id"] for rule in rules} <= set(CATALOGUE)
    found = json.loads(plain)["diagnostics"]
    assert len(run["results"]) == len(found) > 50
    for result, item in zip(run["results"], found, strict=True):
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == item["code"]
        assert unquote(place["artifactLocation"]["uri"]) == item["file"]
        if "region" in place:
            region = place["region"]
            assert (region["startLine"], region["startColumn"]) == (item["line"], item["column"])
            assert (region["endLine"], region["endColumn"]) == (item["line"], item["end_column"])
        assert result["level"] == item["severity"]


def test_sarif_of_good_files_has_no_results_and_paths_are_uris(told, tmp_path: Path) -> None:
    code, out, _ = told("check", str(ROOT / "specs/unet.yaml"), "--format", "sarif")
    assert (code, json.loads(out)["runs"][0]["results"]) == (0, [])
    bad = tmp_path / "a net.yaml"
    shutil.copy(GOLDEN / "unknown-kind.yaml", bad)
    (result,) = json.loads(told("check", str(bad), "--format", "sarif")[1])["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == bad.as_uri()
    assert " " not in uri


def test_the_hook_runs_the_command_on_the_files_it_is_for(told, monkeypatch) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "archsearch-check"
    assert (hook["language"], hook["types"]) == ("python", ["yaml"])
    monkeypatch.chdir(ROOT)
    files = sorted(path.as_posix() for path in Path().glob("*/*.yaml"))
    chosen = [path for path in files if re.search(hook["files"], path)]
    assert {path.split("/")[0] for path in chosen} == {"specs", "studies"}
    program, *words = shlex.split(hook["entry"])
    assert program == "archsearch"
    assert told(*words, "--strict", *chosen)[0] == 0
    page = (ROOT / "docs/pipelines.md").read_text("utf-8")
    assert f"- id: {hook['id']}" in page


CI_STUDY = """
name: ci
model: ../specs/tiny.yaml
data: {source: photos, limit: 60}
train: {epochs: 1, batch_size: 16}
space:
  encoder[0].conv.channels: {choice: [2, 4]}
search: {method: grid, trials: 2}
"""
TINY = """
name: tiny
input: {channels: auto, height: 8, width: 8}
encoder:
  - conv: {channels: 2, kernel: 3, padding: same, activation: relu}
  - pool: {kernel: 2}
decoder:
  - upsample: {scale: 2}
  - conv: {channels: auto, kernel: 3, padding: same, activation: sigmoid}
"""


@pytest.mark.full
def test_the_documented_workflow_runs_step_by_step(tmp_path: Path) -> None:
    """Its own steps with the shell GitHub gives them; actions of others are not ours to test."""
    page = (ROOT / "docs/pipelines.md").read_text("utf-8")
    (workflow,) = [
        block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "jobs:" in block
    ]
    (job,) = yaml.safe_load(workflow)["jobs"].values()
    steps = [step["run"] for step in job["steps"] if "run" in step]
    assert steps[0] == "python -m pip install archsearch"
    (tmp_path / "specs").mkdir()
    (tmp_path / "studies").mkdir()
    (tmp_path / "specs/tiny.yaml").write_text(TINY)
    (tmp_path / "studies/ci.yaml").write_text(CI_STUDY)
    shell = tmp_path / "bin"
    shell.mkdir()
    (shell / "archsearch").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archsearch "$@"\n')
    (shell / "archsearch").chmod(0o755)
    environment = {
        "PATH": f"{shell}:/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    for step in steps[1:]:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (step, done.stderr)
    jsonschema.validate(json.loads((tmp_path / "archsearch.sarif").read_text()), SARIF)
    assert list((tmp_path / "report").glob("*.html"))
    kept = {step["with"].get("path") for step in job["steps"] if "with" in step} - {None}
    assert all((tmp_path / path).exists() for path in kept)
