"""One file a mistake: YAML in, the exact text out, plain and in color, at 80 columns.

Write them anew with ``python -m pytest tests/spec/test_golden.py --update-golden``,
and read what changed.
"""

import re
from pathlib import Path

import pytest

from archsearch.config.checking import check_files
from archsearch.space.satisfiable import exclusions
from archsearch.spec import CATALOGUE, Diagnostic
from archsearch.spec.render import pretty

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(path.stem for path in GOLDEN.glob("*.yaml"))
ANSI = re.compile("\x1b\\[[0-9;]*m")
SHOWN_ELSEWHERE = {"file-too-large", "task-channels"}
"""A file of a megabyte, and a task that disagrees: see test_catalogue."""

FIVE = {
    "five-mistakes": [
        "value-not-allowed",
        "unknown-name",
        "pool-padding",
        "unknown-key",
        "unknown-kind",
    ],
    "five-mistakes-study": [
        "unknown-key",
        "bad-path",
        "bad-domain",
        "unknown-name",
        "value-not-allowed",
    ],
}
"""Files with five mistakes of different sorts: five messages, and no sixth."""


@pytest.fixture
def golden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)


def found(name: str) -> tuple[Diagnostic, ...]:
    return check_files([Path(f"{name}.yaml")], excluding=exclusions).diagnostics


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize("name", FILES)
def test_golden(name: str, request: pytest.FixtureRequest):
    shown = found(name)
    texts = {".txt": pretty(shown), ".ansi.txt": pretty(shown, color=True)}
    for suffix, text in texts.items():
        file = Path(name + suffix)
        if request.config.getoption("--update-golden", default=False):
            file.write_bytes(text.encode())
        assert file.read_bytes().decode() == text, f"{file} differs; see --update-golden"


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize("name", FILES)
def test_golden_texts_are_fit_to_read(name: str):
    plain, colored = (Path(name + s).read_text("utf-8") for s in (".txt", ".ansi.txt"))
    assert ANSI.sub("", colored) == plain
    assert "\x1b[1m" in colored
    for line in plain.splitlines():
        assert len(line) <= 80, line
        assert line == line.rstrip()
    blocks = plain.split("\n\n")
    for block, diagnostic in zip(blocks, found(name), strict=True):
        assert "  help: " in block, "each says how to fix it"
        assert diagnostic.message[:1] != diagnostic.message[:1].upper() or not (
            diagnostic.message[:1].isalpha()
        )


@pytest.mark.usefixtures("golden")
@pytest.mark.parametrize("name", FILES)
def test_a_golden_file_shows_the_code_in_its_name(name: str):
    if name in FIVE:
        assert [item.code for item in found(name)] == FIVE[name]
        return
    named = max((code for code in CATALOGUE if name.startswith(code)), key=len)
    assert {item.code for item in found(name)} == {named}


def test_every_code_has_a_golden_file():
    shown = {
        item.group(1)
        for path in GOLDEN.glob("*.txt")
        for item in re.finditer(r"(?:error|warning)\[([a-z0-9-]+)\]", path.read_text("utf-8"))
    }
    assert shown == set(CATALOGUE) - SHOWN_ELSEWHERE


def test_the_sample_of_the_language_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("specs").mkdir()
    Path("specs/tiny.yaml").write_text(
        "name: tiny\n"
        "input: {channels: auto, height: 8, width: 8}\n"
        "defaults:\n"
        "  conv: {activation: relu}\n"
        "encoder:\n"
        "  # a kernel of 9 on 8 rows\n"
        "  - conv: {kernel: 9, channels: 4, padding: 0}\n"
        "decoder:\n"
        "  - conv: {channels: auto}\n"
    )
    expected = """\
specs/tiny.yaml:7:20: error[shape-nonpositive]: conv would give a 0×0 output
  7 |   - conv: {kernel: 9, channels: 4, padding: 0}
    |                    ^ input is 8 wide: (8 − 9 + 2·0)/1 + 1 = 0
  help: use kernel ≤ 8, or padding ≥ 1
"""
    assert pretty(check_files([Path("specs")]).diagnostics) == expected
