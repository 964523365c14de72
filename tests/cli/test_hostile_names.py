"""Real commands on hostile names: nothing in them moves the cursor, colors, or makes a line."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from PIL import Image

from archsearch.cli import main
from archsearch.cli.error_lines import error_lines
from archsearch.cli.output import print_rendered
from archsearch.interactive.progress import step_bar
from archsearch.interactive.study_progress import study_progress
from archsearch.printable import printable
from archsearch.study import StudyEvent

ROOT = Path(__file__).parents[2]
EVIL = "\x1b[31mRED\x1b]0;t\x07\x08\x7f\x9b1m\u202eR\u2066\u200b\u2028\nforged: 8 complete\r\t"
FILE = EVIL + "\udcff"
"""As a file's name, with a byte that isn't UTF-8."""
SHOWN = r"\x1b[31mRED"
COLOR = re.compile("\x1b\\[[0-9;]*m")

SPEC = """
name: {name}
description: {name}
input: {{channels: auto, height: 8, width: 8}}
params: {{width: 2}}
encoder:
  - conv: {{channels: $width}}
  - pool: {{}}
decoder:
  - upsample: {{}}
  - conv: {{channels: auto, activation: sigmoid}}
"""
STUDY = """
name: {name}
model: "{file}"
data: {{source: "folder:pictures"}}
train: {{epochs: 1, batch_size: 4}}
space: {{width: {{int: [1, 4]}}}}
search: {{method: random, trials: 2, seeds: 1}}
"""
BROKEN = """
{name}: 1
name: {name}
input: {{channels: {name}, height: 8, {name}: 8}}
allow: [{name}]
encoder:
  - {name}: {{}}
  - conv: {{channels: {{choice: [1, {name}]}}, {name}: 3, activation: {name}}}
    name: {name}
  - add: {name}
  # \u202e\u2066 turned round\u200b
  - conv: {{channels: $({name}), padding: zonk}} # \u202e
decoder: {name}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of a hostile name, in which everything else is named so, too."""
    folder = tmp_path_factory.mktemp("hostile") / EVIL
    folder.mkdir()
    quoted = json.dumps(EVIL)
    (folder / f"{FILE}.yaml").write_text(SPEC.format(name=quoted))
    (folder / "net.yaml").write_text(SPEC.format(name=quoted))
    (folder / "study.yaml").write_text(STUDY.format(name=quoted, file="net.yaml"))
    (folder / f"broken{FILE}.yaml").write_text(BROKEN.format(name=quoted))
    for number in range(12):
        path = folder / "pictures" / f"{number % 2}{EVIL}" / f"{number}{FILE}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((8, 8), 50 + number).convert("RGB").save(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("ARCHSEARCH_CACHE", str(folder / "cache"))
        yield folder


@pytest.fixture
def told(place: Path, capsys: pytest.CaptureFixture[str]) -> object:
    """Runs a command; its exit code and what it wrote, once that is found harmless."""

    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        printed = capsys.readouterr()
        for text in (printed.out, printed.err):
            harmless(text)
        if "--json" in words and printed.out:
            assert json.loads(printed.out)
        return int(ended.value.code or 0), printed.out + printed.err

    return run


def harmless(text: str) -> None:
    for line in text.split("\n"):
        assert line.isprintable(), ascii(line)
        assert not line.lstrip().startswith("forged"), line


BEFORE_ANY_TRAINING = [
    (0, ["show", f"{FILE}.yaml"]),
    (0, ["show", "net.yaml", "--json"]),
    (2, ["show", "net.yaml", "--set", f"{EVIL}=1"]),
    (2, ["show", "net.yaml", "--set", f"width={EVIL}"]),
    (2, ["show", f"missing{FILE}.yaml"]),
    (2, ["check", f"broken{FILE}.yaml", f"missing{FILE}"]),
    (2, ["check", f"broken{FILE}.yaml"]),
    (2, ["check", f"broken{FILE}.yaml", "--format", "concise"]),
    (2, ["check", f"broken{FILE}.yaml", "--format", "github"]),
    (2, ["check", f"broken{FILE}.yaml", "--json"]),
    (2, ["check", "net.yaml", "--format", EVIL]),
    (2, ["explain", EVIL]),
    (2, ["study", "run", "study.yaml", f"--workers={EVIL}"]),
    (2, [f"stu{EVIL}"]),
    (2, ["show", f"--{EVIL}"]),
    (2, ["data", "prepare", f"folder:{FILE}"]),
    (2, ["data", "prepare", EVIL]),
    (0, ["data", "prepare", "folder:pictures", "--size", "8"]),
    (0, ["data", "list"]),
    (0, ["data", "list", "--json"]),
    (0, ["space", "study.yaml"]),
    (0, ["space", "study.yaml", "--json"]),
    (0, ["study", "run", "study.yaml", "--dry-run"]),
    (2, ["study", "run", "study.yaml", "--set", f"{EVIL}={EVIL}"]),
    (2, ["study", "run", "study.yaml", "--device", EVIL]),
    (2, ["study", "run", "study.yaml", "--data", f"folder:{EVIL}"]),
    (0, ["study", "run", "study.yaml", "--workers", "0", "--storage", f"sqlite:///{EVIL}.db"]),
    (2, ["study", "run", "study.yaml", "--set", "train.epochs=2", "--storage", f"sqlite:///{EVIL}.db"]),
    (0, ["study", "list", "--storage", f"sqlite:///{EVIL}.db"]),
    (0, ["study", "status", EVIL, "--storage", f"sqlite:///{EVIL}.db"]),
    (0, ["study", "status", EVIL, "--json", "--storage", f"sqlite:///{EVIL}.db"]),
    (2, ["study", "status", f"no {EVIL}", "--storage", f"sqlite:///{EVIL}.db"]),
    (2, ["study", "list", "--storage", f"sqlite:///no{EVIL}.db"]),
    (2, ["study", "list", "--storage", EVIL]),
    (3, ["study", "best", EVIL, "--storage", f"sqlite:///{EVIL}.db"]),
    (2, ["report", f"{EVIL}/"]),
    (2, ["apply", f"{FILE}", "net.yaml"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "words"), BEFORE_ANY_TRAINING, ids=range(len(BEFORE_ANY_TRAINING))
)
def test_a_command_shows_hostile_names_escaped(code: int, words: list[str], told) -> None:
    ended, text = told(*words)
    assert ended == code, text
    assert "a bug in archsearch" not in text


@pytest.mark.filterwarnings("ignore:Glyph")  # a figure's title has signs that no font has
def test_training_and_what_comes_of_it(told, place: Path) -> None:
    """A run in a folder of a hostile name, applied to a picture of one."""
    small = ["--epochs=1", "--batch-size=4", "--threads=1"]
    code, text = told("train", f"{FILE}.yaml", "--data=folder:pictures", f"--out={EVIL}", *small)
    assert code == 0, text
    assert f"\nrun directory: {SHOWN}" in text
    picture = next(path for path in place.glob("pictures/*/*"))
    for more in (["--out", f"made{FILE}"], ["--json", f"--out=again{FILE}"]):
        code, text = told("apply", EVIL, str(picture.relative_to(place)), *more)
        assert code == 0, text
    code, text = told("apply", EVIL, f"missing{FILE}.png", f"{FILE}.yaml", str(picture))
    assert code == 2, text


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_page_escapes_what_reorders_or_hides(told, place: Path) -> None:
    storage = f"--storage=sqlite:///{EVIL}.page.db"
    assert told("study", "run", "study.yaml", "--workers=0", storage)[0] == 0
    code, text = told("report", "study.yaml", storage, "--out", f"page{EVIL}")
    assert code == 3, text
    page = (place / f"page{EVIL}" / "index.html").read_text("utf-8")
    assert r"\x1b[31mRED" in page
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]", page
    )


def test_a_running_study_tells_hostile_reasons_on_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with study_progress() as say:
        for kind in ("preparing", "note", "failed", "pruned", "duplicate", "retry", "stopping"):
            say(StudyEvent(kind, EVIL, trial=0, seed=0, worker=0))
    told = capsys.readouterr().err
    harmless(told)
    assert told.count("\n") == 7


def test_a_display_takes_no_name_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", Terminal())
    name = f"[red]:bug:[/nothing] {EVIL}"
    with step_bar(name) as report:
        report(1, 2)
    with study_progress() as say:
        say(StudyEvent("note", name))
    told = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert told.count("[red]:bug:[/nothing]") >= 2
    assert "\N{BUG}" not in told
    assert "\x1b[31m" not in told
    assert not set("\x07\x08\x7f\x9b\u202e\u2066\u2028") & set(told)


def as_process(place: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "archsearch", *words],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "", **environment},
        capture_output=True,
        check=False,
    )


def test_our_own_colors_are_all_that_is_left(place: Path) -> None:
    done = as_process(place, "check", f"broken{FILE}.yaml", FORCE_COLOR="1")
    assert done.returncode == 2
    out = done.stdout.decode()
    assert "\x1b[31m" in out
    assert len(set(COLOR.findall(out))) == 5
    assert "\x1b[31mRED" not in out
    harmless(COLOR.sub("", out))


def test_a_rendered_text_keeps_its_colors_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_rendered(f"\x1b[1mbold\x1b[0m\n{FILE.replace(chr(10), '')}", "stdout")
    out = capsys.readouterr().out
    assert out.startswith("\x1b[1mbold\x1b[0m\n")
    harmless(COLOR.sub("", out))


def test_a_usage_error_is_one_line_however_typer_words_it() -> None:
    error = typer.BadParameter(f"no {EVIL}")
    lines, code = error_lines(error, [EVIL], debug=True)
    assert code == 2
    assert lines == [f"Error: Invalid value: no {printable(EVIL)}"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_output_is_utf_8_whatever_the_console_has(place: Path, encoding: str) -> None:
    done = as_process(place, "show", "net.yaml", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert "input 3×8×8" in done.stdout.decode("utf-8")
    refused = as_process(place, "show", "−Ж.yaml", PYTHONIOENCODING=encoding)
    assert refused.returncode == 2
    assert "−Ж.yaml" in refused.stderr.decode("utf-8")


def test_a_fault_is_told_without_escapes_and_passwords(monkeypatch, told) -> None:
    """Also with --debug: the traceback of what went wrong may quote anything."""
    url = "postgresql://ann:s3cret%26more@db/nets"

    def broken(storage: str) -> None:
        raise ValueError(f"{storage} {EVIL} s3cret&more")

    monkeypatch.setattr("archsearch.records.load_studies", broken)
    for more in ([], ["--debug"]):
        code, text = told("study", "list", "--storage", url, *more)
        assert code == 1
        assert SHOWN in text
        assert "s3cret" not in text
        assert ("Traceback" in text) == bool(more)
    assert "s3cret" not in told("explain", "postgresql://ann:s3cret@db/nets")[1]
    monkeypatch.setenv("ARCHSEARCH_STORAGE", url)
    assert "s3cret" not in told("study", "list", "--debug")[1]


@pytest.mark.parametrize("debug", [[], ["--debug"]])
@pytest.mark.parametrize(
    "storage", ["host=127.0.0.1 password=s3cret", "postgresql://ann:s3cret@127.0.0.1:9/d"]
)
def test_no_command_tells_a_storages_password(storage: str, debug: list[str], told) -> None:
    for words in (["study", "list"], ["study", "worker", "x"], ["study", "run", "study.yaml"],
                  ["space", "x"], ["report", "x"], ["study", "best", storage]):  # fmt: skip
        code, text = told(*words, "--storage", storage, *debug)
        assert code == 2, text
        assert "s3cret" not in text


def test_a_run_in_a_folder_whose_name_is_not_utf_8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its figures, its page and its export show the byte's number."""
    monkeypatch.chdir(tmp_path)
    out = "a\udcffb"
    Path("net.yaml").write_text(SPEC.format(name="net"), encoding="utf-8")
    for words in (
        ["train", "net.yaml", "--data", "photos", "--limit", "600", "--epochs", "1", "--out", out],
        ["export", out, "--to", "python", "--out", "exported"],
        ["report", out, "--out", "page"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0, words
    assert (tmp_path / out / "curves.png").exists()
    for text in (*Path("exported").glob("*.json"), *Path("exported").glob("*.py")):
        text.read_text(encoding="utf-8")
    assert "a\\udcffb" in Path("page/index.html").read_text(encoding="utf-8")
