"""Commands that are interrupted, ended or killed at a random moment, and then run again."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import CODES, Started, faults, processes_of, run, start
from tests.reliability.place import COMMANDS, prepared, results, said, same, temporary_files

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LONGEST = 240.0
GONE_WITHIN = 20.0


@cache
def unbroken(command: str) -> tuple[dict[str, object], float]:
    """What the command leaves, and how long it takes."""
    with prepared(command) as folder:
        ended = run(COMMANDS[command], folder, seconds=LONGEST)
        assert ended.code == 0, ended.said
        return results(folder), ended.seconds


def killed(seed: int) -> Outcome:
    """One command, one signal, one moment."""
    draw = random.Random(seed)  # noqa: S311 - moments, not secrets
    command = list(COMMANDS)[seed % len(COMMANDS)]
    sent, (whole, seconds) = draw.choice(SIGNALS), unbroken(command)
    after = draw.uniform(0.02, 1.0) * seconds
    one_worker = command == "study" and draw.random() < 0.4
    with prepared(command) as folder:
        started = start(COMMANDS[command], folder)
        time.sleep(after)
        signal_to(started, sent, one_worker=one_worker)
        broken = started.wait(LONGEST)
        found = faults(broken, CODES | {-sent}) + orphans(started)
        again = run(COMMANDS[command], folder, seconds=LONGEST)
        found += faults(again, {0}) + left_over(folder, whole)
    where = " of a worker" if one_worker else ""
    case = f"{command}, {sent.name}{where} after {after:.2f} of {seconds:.2f} s"
    return Outcome(case, f"{command}: {said(broken)}, then {said(again)}", tuple(found))


def signal_to(started: Started, sent: signal.Signals, *, one_worker: bool) -> None:
    """Send it to the command, or to one of the processes that it started."""
    others = [pid for pid in processes_of(started.pid) if pid != started.pid]
    with suppress(ProcessLookupError):
        os.kill(others[-1] if one_worker and others else started.pid, sent)


def orphans(started: Started) -> list[str]:
    """Processes that outlive the command."""
    end = time.monotonic() + GONE_WITHIN
    while left := processes_of(started.pid):
        if time.monotonic() > end:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return [f"{len(left)} processes outlive the command"]
        time.sleep(0.05)
    return []


def left_over(folder: Path, whole: dict[str, object]) -> list[str]:
    """What isn't as an unbroken command leaves it."""
    differing = [f"{name} differs from an unbroken run's" for name in same(results(folder), whole)]
    return differing + [f"{name} was left" for name in temporary_files(folder)]


KILLS = Campaign(
    "kills",
    "`data prepare`, `train`, `study run` (with 2 workers, in part only one of these), "
    "`study worker`, `report`, `apply` and `export`: KILL, TERM or INT at a random moment, then "
    "the same command",
    "The second command ends well and leaves what an unbroken one leaves, byte for byte where no "
    "time is told. No process and no temporary file stays. Where the first ended with exit 0, the "
    "signal came too late, or ended a worker alone.",
    wanted=350,
    few=(0,),  # tests/train and tests/study kill trainings, workers and studies
    try_one=killed,
)
