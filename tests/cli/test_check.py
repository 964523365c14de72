"""``archsearch check`` and ``explain`` as processes: output, exit codes, formats."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from archsearch.spec import CATALOGUE

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "spec" / "golden"
ESCAPE = "\x1b["


def run(
    *arguments: str | Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    return subprocess.run(
        [sys.executable, "-m", "archsearch", *map(str, arguments)],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_good_files_and_folders_specs_and_studies():
    done = run("check", "specs", "studies/quickstart.yaml", "specs/unet.yaml", "--strict")
    assert (done.returncode, done.stdout) == (0, "")
    files = len(list((ROOT / "specs").rglob("*.yaml"))) + 1
    assert done.stderr == f"{files} files, no problems\n"


def test_errors_end_with_2_and_stand_on_stdout():
    done = run("check", "five-mistakes.yaml", cwd=GOLDEN)
    assert done.returncode == 2
    assert done.stdout == (GOLDEN / "five-mistakes.txt").read_text("utf-8")
    assert done.stderr == "\n5 errors in 1 file\n"
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_warnings_are_errors_under_strict():
    loose = run("check", "unused-param.yaml", cwd=GOLDEN)
    assert (loose.returncode, loose.stderr) == (0, "\n1 warning in 1 file\n")
    strict = run("check", "unused-param.yaml", "--strict", cwd=GOLDEN)
    assert (strict.returncode, strict.stderr) == (2, "\n1 error in 1 file\n")
    assert "error[unused-param]" in strict.stdout


def test_many_files_of_both_sorts():
    done = run(
        "check", "unknown-kind.yaml", "bad-domain.yaml", "unknown-kind.yaml", "models", cwd=GOLDEN
    )
    assert done.returncode == 2
    named = re.findall(r"^(\S+?\.yaml):\d+:\d+: ", done.stdout, re.MULTILINE)
    assert named == [
        "unknown-kind.yaml",
        "bad-domain.yaml",
        "models/broken.yaml",
        "models/tight.yaml",
    ]
    assert done.stderr == "\n4 errors in 6 files\n"


def test_color():
    colored = run("check", "tests/spec/golden/unknown-kind.yaml", FORCE_COLOR="1")
    assert ESCAPE in colored.stdout
    for environment in ({}, {"NO_COLOR": "1"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}):
        assert (
            ESCAPE not in run("check", "tests/spec/golden/unknown-kind.yaml", **environment).stdout
        )
    exact = run("check", "unknown-kind.yaml", cwd=GOLDEN, FORCE_COLOR="1").stdout
    assert exact == (GOLDEN / "unknown-kind.ansi.txt").read_text("utf-8")


def test_narrow_terminals_are_filled():
    done = run("check", "output-size-uneven.yaml", cwd=GOLDEN, COLUMNS="50")
    assert all(len(line) <= 50 for line in done.stdout.splitlines())


def test_concise():
    done = run("check", "five-mistakes.yaml", "--format", "concise", cwd=GOLDEN)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert len(lines) == 5
    assert lines[0] == (
        "five-mistakes.yaml:6:33: error[value-not-allowed]: "
        "`activation: rleu` is not allowed in conv"
    )


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_json(option: list[str]):
    done = run("check", "five-mistakes.yaml", *option, cwd=GOLDEN)
    found = json.loads(done.stdout)
    assert (done.returncode, found["version"], found["ok"]) == (2, 1, False)
    assert len(found["diagnostics"]) == 5
    assert set(found["diagnostics"][0]) == {
        "code",
        "severity",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "message",
        "help",
    }
    good = json.loads(run("check", "specs/unet.yaml", *option).stdout)
    assert good == {"version": 1, "ok": True, "diagnostics": []}


def test_github_annotations():
    done = run(
        "check", "shape-nonpositive.yaml", "unused-param.yaml", "--format", "github", cwd=GOLDEN
    )
    first, second = done.stdout.splitlines()
    assert first.startswith(
        "::error file=shape-nonpositive.yaml,line=7,col=20,title=shape-nonpositive::conv would give"
    )
    assert "%0Ahelp: use kernel" in first
    assert second.startswith("::warning file=unused-param.yaml,line=2,col=10,title=unused-param::")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "specs/unte.yaml"], "did you mean specs/unet.yaml?"),
        (["check", "unet.yaml"], "did you mean specs/unet.yaml?"),
        (["check", "exercise/x.yaml"], "there is exercise/small/code-size.yaml"),
        (["check", "nowhere/a.yaml"], "there is no folder nowhere"),
        (["check", "docs"], "no .yaml file in this folder"),
        (["check", "specs/unet.yaml", "--task", "segment"], "there is no task `segment`"),
        (["explain", "shape-nonpositiv"], "did you mean `shape-nonpositive`?"),
        (["explain", "quux"], "lists all codes"),
        (["check"], "Missing argument"),
        (["check", "specs", "--format", "xml"], "Invalid value"),
    ],
)
def test_wrong_arguments_end_with_2(arguments: list[str], said: str, tmp_path: Path):
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_explain_prints_a_page_at_80_columns():
    done = run("explain", "shape-nonpositive")
    assert done.returncode == 0
    assert "K_eff = dilation·(K − 1) + 1" in done.stdout.replace("\n", " ")
    assert "\nwrong:\n" in done.stdout
    assert "\nright:\n" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert ESCAPE not in done.stdout
    assert ESCAPE in run("explain", "shape-nonpositive", FORCE_COLOR="1").stdout


def test_explain_lists_every_code():
    done = run("explain")
    listed = [line.split()[0] for line in done.stdout.splitlines()[: len(CATALOGUE)]]
    assert listed == list(CATALOGUE)
    assert all(len(line) <= 80 for line in done.stdout.splitlines())


def test_explain_as_json():
    one = json.loads(run("explain", "rows-lost", "--json").stdout)
    assert (one["version"], one["code"], one["severity"]) == (1, "rows-lost", "warning")
    assert set(one) == {"version", "code", "severity", "title", "why", "wrong", "right"}
    every = json.loads(run("explain", "--json").stdout)
    assert [item["code"] for item in every["codes"]] == list(CATALOGUE)


def test_loading_a_broken_file_shows_all_of_it():
    done = run("show", "five-mistakes.yaml", cwd=GOLDEN)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("error[") >= 4
    assert "Traceback" not in done.stderr


def test_a_spec_that_a_task_cannot_be_served_by_says_what_to_change():
    """Channels written as numbers hold a spec to one task."""
    done = run("check", "fixed.yaml", "--task", "colorize-chroma", cwd=GOLDEN / "models")
    assert done.returncode == 2
    assert "colorize-chroma feeds 1 channel, the input has 3" in done.stdout
    assert "use `channels: auto`, which is what the task feeds" in done.stdout
    assert "colorize-chroma wants 2" in done.stdout
    assert run("check", "fixed.yaml", cwd=GOLDEN / "models").returncode == 0
