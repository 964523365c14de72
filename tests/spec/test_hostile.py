"""No input file crashes, hangs or fills the memory: it is read, or it gives a diagnostic."""

import resource
import time
from pathlib import Path

import pytest

from archsearch.config.checking import check_files
from archsearch.errors import InputError
from archsearch.spec import CATALOGUE, Diagnostic
from archsearch.spec.render import RENDERERS, pretty

from .hostile import hostile_file

LONGEST = 5.0
"""Processor seconds after which a file counts as a hang; the slowest need half of one here."""
MOST_MEMORY = 500 * 2**20

HEAD = "input: {channels: auto, height: 32, width: 32}\n"
FOOT = "decoder:\n  - conv: {channels: auto}\n"


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def read(path: Path, content: bytes | str) -> tuple[Diagnostic, ...]:
    """Check a file within the limits; what was found, rendered in every way."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    start = time.process_time()
    try:
        found = check_files([path]).diagnostics
    except InputError:
        found = ()
    plain, colored = pretty(found), pretty(found, color=True)
    others = [render(found) for render in RENDERERS.values()]
    assert time.process_time() - start < LONGEST
    hold_to_the_rules(found, path, plain)
    assert all(isinstance(text, str) for text in (colored, *others))
    return found


def hold_to_the_rules(found: tuple[Diagnostic, ...], path: Path, plain: str) -> None:
    lines = path.read_bytes().count(b"\n") + 10_000
    for item in found:
        assert item.code in CATALOGUE
        assert item.help, item
        assert 1 <= item.line <= lines
        assert item.column >= 1
    for line in plain.replace(str(path), "f").splitlines():
        assert len(line) <= 80 + len(str(path)), line
        assert line.isprintable(), "nothing moves the cursor"


def some(tmp_path: Path, seeds: range) -> None:
    before = megabytes()
    for seed in seeds:
        try:
            read(tmp_path / "file.yaml", hostile_file(seed))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
    assert megabytes() - before < MOST_MEMORY


def test_hostile_files(tmp_path: Path):
    some(tmp_path, range(600))


@pytest.mark.full
@pytest.mark.parametrize("part", range(20))
def test_twenty_thousand_hostile_files(tmp_path: Path, part: int):
    some(tmp_path, range(1000 * part, 1000 * part + 1000))


def spec(encoder: str, above: str = "") -> str:
    return f"{HEAD}{above}encoder:\n{encoder}{FOOT}"


BOMBS = {
    "brackets": ("[" * 120_000, "yaml-too-deep"),
    "braces": ("{" * 120_000, "yaml-too-deep"),
    "dashes": ("- " * 60_000, "yaml-too-deep"),
    "keys": ("? " * 60_000, "yaml-too-deep"),
    "indented": ("\n".join(" " * i + "a:" for i in range(400)), "yaml-too-deep"),
    "brackets below keys": ("a: 1\na: 2\nb: " + "[" * 1_100, "yaml-too-deep"),
    "aliases": (
        "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(40)),
        "yaml-too-many-nodes",
    ),
    "alias depth": (
        "a0: &a0 [x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}]\n" for i in range(80)),
        "yaml-too-deep",
    ),
    "values": ("[" + "1, " * 300_000 + "1]", "yaml-too-many-nodes"),
    "a megabyte": ("x" * 1_000_001, "file-too-large"),
    "one line": ('name: "' + "x" * 900_000 + '"\n' + spec("  - lstm: {}\n"), "unknown-kind"),
    "a wide line": ("name: [" + "é" * 400_000 + "\n", "yaml-syntax"),
    "repeats": (
        spec(
            "  - repeat: {times: 65536, layers: [repeat: {times: 65536, layers: "
            "[repeat: {times: 65536, layers: [pool: {}]}]}]}\n"
        ),
        "too-many-layers",
    ),
    "repeats of nothing": (
        spec(
            "  - repeat: {times: 65536, layers: [repeat: {times: 65536, layers: "
            "[{conv: {channels: 8}, when: false}]}]}\n"
        ),
        "too-many-layers",
    ),
    "an empty repeat": (
        spec("  - repeat: {times: 65536, layers: [repeat: {times: 0, layers: [pool: {}]}]}\n"),
        "too-many-layers",
    ),
    "repeats without layers": (
        spec(
            "  - repeat: {times: 65536, layers: [repeat: {times: 65536, layers: }, "
            "repeat: {times: 65536, layers: []}]}\n"
        ),
        "empty-section",
    ),
    "blocks": (
        spec(
            "  - block: {use: b0}\n",
            "blocks:\n"
            + "".join(
                f"  b{i}: {{layers: [block: {{use: b{i + 1}}}, block: {{use: b{i + 1}}}]}}\n"
                for i in range(30)
            )
            + "  b30: {layers: [conv: {channels: 1}]}\n",
        ),
        "too-many-layers",
    ),
    "brackets in an expression": (
        spec(f"  - conv: {{channels: $({'(' * 400}1{')' * 400})}}\n"),
        "bad-expression",
    ),
    "a tower of powers": (
        spec(f"  - conv: {{channels: $({' ** '.join('1' * 150)})}}\n"),
        "bad-expression",
    ),
    "a long expression": (
        spec(f"  - conv: {{channels: $({' + '.join('1' * 2000)})}}\n"),
        "bad-expression",
    ),
    "powers": (spec("  - conv: {channels: $(9 ** 9 ** 9 ** 9)}\n"), "expression-value"),
    "minus signs": (spec(f"  - conv: {{channels: $({'-' * 900}0)}}\n"), "expression-value"),
    "nots": (spec(f"  - conv: {{channels: $({'not ' * 200}true)}}\n"), "expression-value"),
    "a huge number": (spec(f"  - conv: {{channels: {'9' * 5000}}}\n"), "value-not-allowed"),
    "a huge octal": (spec(f"  - conv: {{channels: 0o{'7' * 5000}}}\n"), "value-not-allowed"),
    "a huge power of ten": (spec("  - conv: {channels: 1e999999}\n"), "value-not-allowed"),
    "enlarging": (
        spec("  - repeat: {times: 1900, layers: [upsample: {scale: 65536}]}\n"),
        "too-many-elements",
    ),
    "unknown names": (
        spec(
            "".join(f"  - conv: {{channels: $name_{i}x}}\n" for i in range(800)),
            "params:\n" + "".join(f"  name_{i}: 1\n" for i in range(800)),
        ),
        "unknown-name",
    ),
    "unknown keys": ("".join(f"encodr{i}: 1\n" for i in range(3000)), "unknown-key"),
    "unused params": (
        spec(
            "  - cnv: {channels: 8}\n", "params:\n" + "".join(f"  p{i}: 1\n" for i in range(3000))
        ),
        "unused-param",
    ),
    "names": (
        spec(
            "".join(f"  - dropout: 0.1\n    name: n{i}\n" for i in range(900))
            + "".join(f"  - add: m{i}\n" for i in range(900))
        ),
        "unknown-layer",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(name: str, tmp_path: Path):
    content, code = BOMBS[name]
    assert code in {item.code for item in read(tmp_path / "bomb.yaml", content)}


def places(tmp_path: Path, content: bytes | str) -> list[tuple[str, int, int]]:
    found = read(tmp_path / "file.yaml", content)
    return [(item.code, item.line, item.column) for item in found]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_lines_are_counted_as_yaml_splits_them(end: str, tmp_path: Path):
    text = spec("  - conv: {channels: 8}\n  - conv: {channels: 0}\n").replace("\n", end)
    assert places(tmp_path, text) == [("value-not-allowed", 4, 22)]
    assert (
        check_files([tmp_path / "file.yaml"]).diagnostics[0].line_text == "  - conv: {channels: 0}"
    )


def test_a_byte_order_mark_takes_no_column(tmp_path: Path):
    assert places(
        tmp_path, b"\xef\xbb\xbfnmae: x\n" + spec("  - pool: {kernel: 0}\n").encode()
    ) == [
        ("unknown-key", 1, 1),
        ("value-not-allowed", 4, 20),
    ]


def test_utf16_and_broken_utf8(tmp_path: Path):
    assert places(tmp_path, "name: x".encode("utf-16")) == [("not-utf8", 1, 1)]
    assert places(tmp_path, "name: ä\nb: ".encode() + b"\xc3(") == [("not-utf8", 2, 4)]


def test_the_caret_stands_under_wide_characters(tmp_path: Path):
    text = spec("  - conv: {channels: 8}\n").replace("encoder:", "名前漢字: é\u0301\nencoder:")
    found = read(tmp_path / "file.yaml", text)
    lines = pretty([item for item in found if item.code == "unknown-key"]).splitlines()
    assert lines[2] == "  2 | 名前漢字: é\u0301"
    assert lines[3] == "    | ^^^^^^^^", "four characters, eight columns"


def test_control_characters_are_not_shown_raw(tmp_path: Path):
    found = read(tmp_path / "file.yaml", "name: \x1b[31mred\n")
    assert [item.code for item in found] == ["yaml-syntax"]
    shown = pretty(found)
    assert "\x1b" not in shown
    assert "U+001B" in shown


def test_a_tab_inside_a_line_is_one_column(tmp_path: Path):
    found = read(tmp_path / "file.yaml", spec("  - conv:\t{channels: 0}\n"))
    assert [(item.line, item.column) for item in found] == [(3, 22)]
    lines = pretty(found).splitlines()
    assert lines[-3].index("0}") == lines[-2].index("^")
