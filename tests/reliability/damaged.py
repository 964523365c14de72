"""Files that archsearch keeps, damaged or made hostile, and the commands that read them."""

from __future__ import annotations

import json
import pickle
import random
import shutil
import sqlite3
import time
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import faults, run, start
from tests.reliability.place import COMMANDS, STORAGE, TRAIN, prepared, results, said, same

LONGEST = 600.0
MARK = "RAN"
HALF = (*TRAIN[:3], "--epochs=40", "--batch-size=4", "--threads=1", "--out=kept/half")
KEPT = ("kept", "cache", "small.yaml", "study.yaml", "archsearch.toml")
DRAWN = ("truncated", "flipped", "swapped")
ALIKE = ("emptied", "newer", "hostile", "a folder", "missing")
DAMAGES = DRAWN * 5 + ALIKE
"""The damages of one round: those without chance are the same each time."""
FILES, ROUNDS = 21, 4
_open = ExitStack()  # the place of all cases, removed as the process ends


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self.path, "w")


@cache
def place() -> tuple[Path, Path, dict[str, object]]:
    """A folder with a finished run, half a run and a study; a copy; what it all comes to."""
    folder = _open.enter_context(prepared("report"))
    (folder / "archsearch.toml").write_text("epochs = 5\n")
    shutil.rmtree(folder / "cache/baselines")  # only the run's own is left then, which it reads
    assert run(COMMANDS["train"], folder).code == 0
    half = start(HALF, folder)
    while not (folder / "kept/half/checkpoint-before.safetensors").exists():
        time.sleep(0.01)
    half.kill()
    backup = folder / "backup"
    backup.mkdir()
    for name in KEPT:
        _copy(folder / name, backup / name)
    assert run(HALF, folder).code == 0
    return folder, backup, results(folder)


@cache
def targets() -> tuple[str, ...]:
    """The files that are kept, but pictures of trials after the first, which are alike."""
    _, backup, _ = place()
    files = [path for path in sorted(backup.rglob("*")) if path.is_file()]
    names = [path.relative_to(backup).as_posix() for path in files if path.name[0] != "."]
    artifacts = [name for name in names if "artifacts" in name]
    names = [name for name in names if name not in artifacts[1:]]
    assert len(names) == FILES, names
    return tuple(names)


def damaged(seed: int) -> Outcome:
    """One file, one damage, and every command that reads it."""
    folder, backup, whole = place()
    draw = random.Random(seed)  # noqa: S311 - no secret
    name = targets()[seed % len(targets())]
    how = DAMAGES[seed // len(targets()) % len(DAMAGES)]
    for each in KEPT:
        _remove(folder / each)
        _copy(backup / each, folder / each)
    _damage(folder / name, how, draw, folder)
    found: list[str] = []
    codes = []
    for words in _readers(name, folder):
        ended = run(words, folder, seconds=LONGEST)
        found += faults(ended)
        codes.append(f"{words[0]} {said(ended)}")
        if ended.code == 0 and words in _REPEATED:
            found += _changed(folder, whole, name)
    found += ["foreign code ran"] if (folder / MARK).exists() else []
    (folder / MARK).unlink(missing_ok=True)
    return Outcome(f"{name} {how}", f"{_kind(name)}, {how}: {', '.join(codes)}", tuple(found))


def _kind(name: str) -> str:
    """The file without what is another each time."""
    if "artifacts" in name:
        return "a trial's picture"
    if not name.startswith("cache/"):
        return name
    last = name.rpartition("/")[2]
    return f"cache/pictures/…/{last}" if "pictures" in name else "cache/baselines/….json"


_REPEATED = {HALF, COMMANDS["train"], COMMANDS["prepare"]}
"""Commands that give the same numbers as before where they end well."""


def _readers(name: str, folder: Path) -> list[tuple[str, ...]]:
    """The commands that read a file, the one that mends it last.

    What reads the cache is begun anew.
    """
    if name.startswith("kept/run/"):
        return [COMMANDS["apply"], ("report", "kept/run", "--out=kept/page"), COMMANDS["train"]]
    if name.startswith("kept/half/"):
        return [("report", "kept/half", "--out=kept/page"), HALF]
    if name.startswith("kept/"):
        return [("study", "status", "small", STORAGE), COMMANDS["report"], COMMANDS["study"]]
    if name.startswith("cache/"):
        _remove(folder / "kept/run")
        return [("data", "list"), COMMANDS["train"], COMMANDS["prepare"]]
    spec = [("check", "small.yaml"), ("show", "small.yaml"), ("check", "study.yaml")]
    return [*spec, ("config",), ("space", "study.yaml")]


def _changed(folder: Path, whole: dict[str, object], name: str) -> list[str]:
    """Numbers that aren't as before though the command ended well."""
    trained = "kept/half/" if name.startswith("kept/half/") else "kept/run/"
    ours = [key for key in same(results(folder), whole) if key.startswith((trained, "cache/"))]
    return [f"{key} is other than before {name} was damaged" for key in ours if key in whole]


def _damage(path: Path, how: str, draw: random.Random, folder: Path) -> None:
    content = bytearray(path.read_bytes())
    match how:
        case "truncated":
            path.write_bytes(content[: draw.randrange(max(1, len(content)))])
        case "emptied":
            path.write_bytes(b"")
        case "flipped":
            for _ in range(draw.choice([1, 3])):
                content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
            path.write_bytes(content)
        case "swapped":
            path.write_bytes((folder / draw.choice(targets())).read_bytes())
        case "newer":
            _make_newer(path)
        case "hostile":
            path.write_bytes(pickle.dumps(Payload(str(folder / MARK))))
        case "a folder":
            path.unlink()
            path.mkdir()
        case _:
            path.unlink()


def _make_newer(path: Path) -> None:
    """Let it say that it is of a version to come, where its format has one."""
    if path.suffix == ".json":
        path.write_text(json.dumps({**json.loads(path.read_text()), "version": 99}))
    elif path.suffix == ".db":
        change = "update archsearch_studies set settings = json_set(settings, '$.version', 99)"
        with closing(sqlite3.connect(path)) as opened, opened:
            opened.execute(change)
    else:
        path.write_bytes(b"version: 99\n" + path.read_bytes())


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


DAMAGED = Campaign(
    "files",
    "each file of a finished run, of a run that was killed, of a study, of the cache and of a "
    "project: truncated, emptied, a few bits flipped, swapped with another, of a newer version, "
    "a pickle that leaves a mark, a folder in its place, missing; then each command that reads it; "
    "20 times what chance decides, 4 times what is always the same",
    "No command fails but by telling so, no mark is left (what is hostile is a pickle), and where "
    "`train` or `data prepare` ends well the numbers are those from before: what is damaged in the "
    "cache is made anew. Commands are told in their order; `study` is `study status`, then "
    "`study run`. A database has no checksums: what is changed "
    "there within its format isn't found.",
    wanted=FILES * len(DAMAGES) * ROUNDS,
    few=(),  # tests/train/run_folder, tests/study and tests/records have some of these
    try_one=damaged,
)
