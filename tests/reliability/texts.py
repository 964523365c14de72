"""Specs and studies of the gallery, mutated, and expressions: read, or told what is wrong."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import Ended, faults, run
from tests.reliability.place import new_place

ROOT = Path(__file__).parents[2]
GALLERY = sorted([*(ROOT / "specs").glob("*.yaml"), *(ROOT / "studies").glob("*.yaml")])
AT_ONCE = 20
"""Files of one case: one command checks them all."""
LONGEST, MOST_MEMORY = 2.0, 200 * 2**20

VALUES = (
    "0", "-1", "1e9", "1e400", ".nan", ".inf", "-0.0", "9" * 40, "null", "~", "true", "no", "''",
    '"\\u202e"', "[]", "{}", "[[[]]]", "&a [*a]", "*nowhere", "!!python/object:os.system [ls]",
    "!!binary aGk=", "012", "12:30:45", "2026-01-01", "$width", "$(width)", "$(1/0)", "$(9**9**9)",
    "$(width * 1e308 * 10)", "$(-5 % 0)", "{int: [1, 0]}", "{int: [-9e99, 9e99]}",
    "{float: [0, 0], log: true}", "{choice: []}", "<<: {a: 1}", "|\n  text", "? a", "- - -", "%",
    "`", "@", "\t", "\x00", "\x85", "\ufeff", "“3”", "同", "a: b: c", "auto", "same", "x" * 5_000,
)  # fmt: skip
SIGNS = "{}[]:,-&*!|>'\"%@`#?$() \n\t\x00\x1b\x85\u2028\ufeffé0"
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "<", "==", "and", "or", "if 1 else", ",", ".")
NAMES = ("width", "latent.size", "macs", "min(1, 2)", "max()", "9" * 30, "1e308", "__class__", "()")


def read(seed: int) -> Outcome:
    """Some mutated files in one folder, checked by one command."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    with new_place() as folder:
        inside = folder / "mutated"
        inside.mkdir()
        for number in range(AT_ONCE):
            (inside / f"{number}.yaml").write_bytes(_mutated(draw).encode("utf-8", "replace"))
        for name in {path.parent.name for path in GALLERY}:
            (folder / name).symlink_to(ROOT / name)
        ended = run(("check", "mutated"), folder, seconds=LONGEST * AT_ONCE * 10)
        found = (*faults(ended, {0, 2}), *_costs(ended))
        for words in (("show", "mutated/0.yaml"), ("space", "mutated/0.yaml")):
            found += tuple(faults(run(words, folder), {0, 2}))
    return Outcome(f"{AT_ONCE} files", _kind(ended), found)


def compute(seed: int) -> Outcome:
    """A spec with expressions of random parts."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    lines = [f"  p{number}: $({_expression(draw)})" for number in range(AT_ONCE)]
    with new_place() as folder:
        text = (
            (folder / "small.yaml").read_text().replace("params: {width: 3}", "params:\n  width: 3")
        )
        text = text.replace("encoder:", "\n".join([*lines, "encoder:"]))
        (folder / "small.yaml").write_text(text)
        ended = run(("check", "small.yaml"), folder, seconds=60)
    return Outcome(f"{AT_ONCE} expressions", _kind(ended), (*faults(ended, {0, 2}), *_costs(ended)))


def _mutated(draw: random.Random) -> str:
    text = draw.choice(GALLERY).read_text(encoding="utf-8")
    for _ in range(draw.choice([1, 1, 2, 5])):
        text = draw.choice(MUTATIONS)(text, draw)
    return text


def _value_changed(text: str, draw: random.Random) -> str:
    places = [*re.finditer(r"(?<=[:,\[] )[\w.$()/-]+", text)]
    if not places:
        return text
    found = draw.choice(places)
    return text[: found.start()] + draw.choice(VALUES) + text[found.end() :]


def _lines_changed(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one] = " " * draw.randrange(9) + lines[one].lstrip()
    return "\n".join(lines)


def _characters_changed(text: str, draw: random.Random) -> str:
    place = draw.randrange(len(text) + 1)
    length = draw.choice([0, 1, 1, 8])
    new = "".join(draw.choice(SIGNS) for _ in range(2))
    return text[:place] + draw.choice(["", new]) + text[place + length :]


def _cut(text: str, draw: random.Random) -> str:
    return text[: draw.randrange(len(text) + 1)]


def _repeated(text: str, draw: random.Random) -> str:
    start = draw.randrange(len(text) + 1)
    piece = text[start : start + draw.randrange(200)]
    return text[:start] + piece * draw.choice([2, 50, 1_000]) + text[start:]


MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    _value_changed, _value_changed, _value_changed, _lines_changed, _characters_changed, _cut,
    _repeated,
)  # fmt: skip


def _expression(draw: random.Random) -> str:
    parts = []
    for _ in range(draw.randrange(1, 7)):
        parts += [draw.choice((*NAMES, str(draw.randrange(99)))), draw.choice(OPERATORS)]
    text = " ".join(parts[:-1])
    return draw.choice([text, f"({text})" * draw.choice([1, 1, 300]), "-" * 300 + text, text[:-1]])


def _kind(ended: Ended) -> str:
    return {0: "all well", 2: "what is wrong was told"}.get(ended.code, f"exit {ended.code}")


def _costs(ended: Ended) -> list[str]:
    found = []
    if ended.memory > MOST_MEMORY:
        found.append(f"took {ended.memory / 2**20:.0f} MB")
    if ended.processor_seconds > LONGEST * AT_ONCE:
        found.append(f"took {ended.processor_seconds:.1f} s of the processor")
    return found


TEXTS = Campaign(
    "specs",
    "specs and studies of the gallery, mutated: values, lines, characters, anchors, tags; "
    f"{AT_ONCE} files a case, `check`; `show` and `space` of one",
    "Each file is read or told what is wrong, within 2 s of the processor on average and 200 MB.",
    wanted=500,
    few=(0,),
    try_one=read,
)
EXPRESSIONS = Campaign(
    "expressions",
    f"expressions of random parts, {AT_ONCE} a case, `check`",
    "As above.",
    wanted=500,
    few=(0,),
    try_one=compute,
)
