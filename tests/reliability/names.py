"""Hostile names of studies, specs, params, runs, folders and pictures, through every command."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import faults, run
from tests.reliability.place import SPEC, STUDY, new_place

LONGEST = 300.0
HOSTILE = (
    "../../outside", "/outside", "a/b", "..", ".", "-rf", "--out", "~", "$HOME", "$(id)", "`id`",
    "it's", 'a"b', "<script>alert(1)</script>", "a&b;c|d", "%s%n{0}", "a b  c", " lead", "trail ",
    "\x1b[31mred\x1b]0;t\x07", "a\nb\rc\td", "\u202eright-to-left", "\u200b", "é\u0301", "同じ",
    "\U0001f600", "x" * 120, "x" * 300, "CON", "nul.txt", "null", "true", "1e3", "__proto__",
    "__class__", "study", "model", "a\\b", "'; drop table studies; --", "{{ 7 * 7 }}", "$\\frac$",
    "a\udcffb",
)  # fmt: skip
WHERE = ("the study", "the spec", "the run's folder", "the files", "a picture", "the data's folder")
PLACED = {"the run's folder", "the files", "a picture", "the data's folder"}
"""Where a path is what was asked for, or what the campaign itself makes: it proves nothing."""
SHOWN = re.compile(
    "\x1b(?!\\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)
"""What must reach no terminal; colors of our own may."""


def hostile(seed: int) -> Outcome:
    """One name in one place, through the commands that meet it."""
    name = HOSTILE[seed % len(HOSTILE)]
    where = WHERE[seed // len(HOSTILE) % len(WHERE)]
    case = f"{where}: {ascii(name)[:60]}"
    if "/" in name and where in PLACED:
        return Outcome(case, "no name of a file")
    with new_place() as folder:
        before = _outside(folder)
        try:
            commands = _placed(folder, where, name)
        except (OSError, ValueError):
            return Outcome(case, "the system allows no such name")
        found: list[str] = []
        codes = set()
        for words in commands:
            ended = run(words, folder, seconds=LONGEST)
            codes.add(ended.code)
            found += faults(ended, {0, 1, 2, 3})
            if sign := SHOWN.search(ended.said):
                found.append(f"{words[0]} wrote {sign[0]!a} to the terminal")
        found += [f"{path} was written" for path in sorted(_outside(folder) - before)]
        found += _pages(folder)
    ends = ", ".join(map(str, sorted(codes)))
    return Outcome(case, f"{where}: exits {ends}", tuple(found))


def _placed(folder: Path, where: str, name: str) -> list[tuple[str, ...]]:
    """Put the name there; give the commands that meet it."""
    quoted = json.dumps(name)
    storage, out = "--storage=sqlite:///kept/small.db", "kept/run"
    small = ("--epochs=1", "--threads=1")
    spec, pictures = "small.yaml", "pictures"
    if where == "the study":
        (folder / "study.yaml").write_text(STUDY.replace("name: small", f"name: {quoted}"))
        return [
            ("check", "study.yaml"),
            ("space", "study.yaml"),
            ("study", "run", "study.yaml", storage, "--workers=0"),
            ("study", "status", storage, "--", name),
            ("study", "list", storage),
            ("report", "study.yaml", storage),
        ]
    if where == "the spec":
        changed = SPEC.replace("name: small", f"name: {quoted}").replace("width", "w")
        (folder / "small.yaml").write_text(changed.replace("{w: 3}", f"{{w: 3, {quoted}: 4}}"))
    if where == "the run's folder":
        out = name
    if where == "the files":
        spec = f"{name}.yaml"
        (folder / "small.yaml").rename(folder / spec)
    if where == "a picture":
        (folder / "pictures" / "00.png").rename(folder / "pictures" / f"{name}.png")
    if where == "the data's folder":
        pictures = name
        (folder / "pictures").rename(folder / name)
    return [
        ("check", f"./{spec}"),
        ("show", f"./{spec}"),
        ("data", "prepare", f"folder:{pictures}", "--size=8"),
        ("data", "list"),
        ("train", f"./{spec}", f"--data=folder:{pictures}", f"--out={out}", *small),
        ("report", f"./{out}", "--out=kept/page"),
        ("apply", f"./{out}", "large.png", "--out=kept/applied"),
        ("encode", f"./{out}", "large.png", "--out=kept/codes.npy"),
        ("export", f"./{out}", "--to=python", "--out=kept/exported"),
    ]


def _outside(folder: Path) -> set[str]:
    """What lies where hostile names point to."""
    roots = (Path("/"), folder.parent, folder.parent.parent)
    return {str(path) for root in roots for path in root.glob("outside*")}


def _pages(folder: Path) -> list[str]:
    """Names that a page didn't escape."""
    pages = [
        Path(root) / name
        for root, _, names in os.walk(folder)
        for name in names
        if name == "index.html"
    ]
    return [
        f"{page.name} has {sign}"
        for page in pages
        for sign in ("<script>alert(1)", "\x1b", "\u202e")
        if sign in page.read_text(encoding="utf-8", errors="surrogateescape")
    ]


NAMES = Campaign(
    "names",
    f"{len(HOSTILE)} names (paths, quotes, controls, right-to-left, 300 characters, reserved "
    f"words, markup, bytes that aren't UTF-8) of {', '.join(WHERE)}; every command that meets them",
    "The command works or tells what is wrong. Nothing is written elsewhere, no control "
    "character reaches the terminal, no markup a page.",
    wanted=len(HOSTILE) * len(WHERE),
    few=(),  # tests/cli/test_hostile_names.py has all commands with one name
    try_one=hostile,
)
