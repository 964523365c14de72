"""Commands whose disk is full, read-only or gone, and the same commands once it is mended."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import Ended, faults, run, start
from tests.reliability.place import COMMANDS, prepared, results, said, same, temporary_files

TRIED = ("train", "study", "report", "prepare", "apply", "export")
STATES = ("full", "full", "full", "read-only", "gone")
ENOUGH = "64m"
PAGE = 4096
LONGEST = 240.0
WRITES = {
    "train": "kept/run",
    "study": "kept/*",
    "report": "kept/report",
    "prepare": "cache/*",
    "apply": "kept/applied",
    "export": "kept/exported",
}
TOLD = ("No space left", "disk is full", "disk I/O error", "Read-only", "readonly", "stores no")
"""What a command says of a disk, in the system's, SQLite's and our own words."""
PICTURES_LOST = "a training's pictures are lost"


@cache
def unbroken(command: str) -> tuple[dict[str, object], int, float]:
    """What the command leaves, how many bytes that takes on a disk, and its seconds."""
    with prepared(command) as folder:
        before = _bytes_below(folder)
        ended = run(COMMANDS[command], folder, seconds=LONGEST)
        assert ended.code == 0, ended.said
        return results(folder), _bytes_below(folder) - before, ended.seconds


def troubled(seed: int) -> Outcome:
    """One command, one trouble of its disk."""
    command, state = TRIED[seed % len(TRIED)], STATES[seed // len(TRIED) % len(STATES)]
    draw = random.Random(seed)  # noqa: S311 - no secret
    whole, size, seconds = unbroken(command)
    with prepared(command) as folder:
        try:
            with small_disk(folder) as disk:
                if state == "gone":
                    part = draw.uniform(0.1, 0.9)
                    ended = _while_it_goes(command, folder, part * seconds)
                else:
                    part = draw.randrange(1, 10) / 10
                    _fill(disk, state, int(part * size))
                    ended = run(COMMANDS[command], folder, seconds=LONGEST)
                    _remount(disk, "rw", f"size={ENOUGH}")
                    (disk / "filling").unlink(missing_ok=True)
                found = faults(ended) + _unsaid(ended, state)
                if ended.code == 0 and state != "gone" and PICTURES_LOST not in ended.said:
                    lacking = same(results(folder), whole)
                    found += [f"{name} is lacking, and nothing is told" for name in lacking]
                again = run(COMMANDS[command], folder, seconds=LONGEST)
                found += faults(again, {0})
                differing = same(results(folder), whole)
                if PICTURES_LOST in ended.said:  # a study goes on without them, and tells so
                    differing = [name for name in differing if name != "artifacts"]
                found += [f"{name} differs" for name in differing]
                found += [f"{name} was left" for name in temporary_files(folder)]
        except PermissionError:
            return Outcome(f"{command}, {state}", "not tried: no right to mount a disk")
    case = f"{command}, {state} at {part:.2f} of what it needs"
    return Outcome(case, f"{command}, {state}: {said(ended)}, then {said(again)}", tuple(found))


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own in memory for what the place keeps, with what is there already.

    Raises:
        PermissionError: this process may not mount one.
    """
    disk = folder / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ENOUGH}", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise PermissionError(done.stderr)
    try:
        for name in ("kept", "cache"):
            if (folder / name).exists():
                shutil.move(folder / name, disk / name)
            else:
                (disk / name).mkdir()
            (folder / name).symlink_to(disk / name)
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], capture_output=True, check=False)


def _fill(disk: Path, state: str, free: int) -> None:
    """Leave so many bytes free, or allow no writing at all."""
    if state == "read-only":
        _remount(disk, "ro")
        return
    used = shutil.disk_usage(disk).used
    size = max(PAGE, used + free // PAGE * PAGE)  # a size of 0 would be no limit
    _remount(disk, "rw", f"size={size}")


def _remount(disk: Path, *options: str) -> None:
    words = ["mount", "-o", ",".join(("remount", *options)), str(disk)]
    subprocess.run(words, capture_output=True, check=True)


def _while_it_goes(command: str, folder: Path, after: float) -> Ended:
    """Remove what the command writes while it works."""
    started = start(COMMANDS[command], folder)
    time.sleep(after)
    for path in folder.glob(WRITES[command]):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return started.wait(LONGEST)


def _unsaid(ended: Ended, state: str) -> list[str]:
    """A command that failed must say what was wrong with the disk."""
    if ended.code == 0 or state == "gone" or any(word in ended.said for word in TOLD):
        return []
    return [f"ended with {ended.code} and doesn't tell of the disk: {ended.said[-300:]!r}"]


def _bytes_below(folder: Path) -> int:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sum(-(-path.stat().st_size // PAGE) * PAGE for path in files)


DISKS = Campaign(
    "disks",
    "`train`, `study run`, `report`, `data prepare`, `apply` and `export` on a disk of their own: "
    "full at a tenth to nine tenths of what they need, read-only, or with what they write deleted "
    "meanwhile",
    "The command ends with exit code 1 or 2 and tells what the disk lacks; where only what it "
    "writes is deleted, it may end well. Once the disk is mended, "
    "the same command leaves what one on a good disk leaves, but for a training's pictures "
    "that it told were lost.",
    wanted=300,
    few=(3,),
    try_one=troubled,
)
