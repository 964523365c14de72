"""The command line in processes of its own, forked from one that has loaded everything."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

__all__ = ["BUG", "Ended", "Started", "faults", "preload", "processes_of", "run", "start"]

BUG = ("Traceback (most recent call last)", "this is a bug in archsearch")
CODES = {0, 1, 2, 3, 130}
"""Exit codes that commands may have; anything else is a signal, or nobody's intention."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: ``code`` is negative where a signal ended it.

    ``memory`` is the bytes that it took more than the process it was forked from.
    """

    words: tuple[str, ...]
    code: int
    said: str
    seconds: float
    memory: int
    processor_seconds: float
    timed_out: bool = False


@dataclass(frozen=True)
class Started:
    """A command that runs: its process leads a session of its own."""

    words: tuple[str, ...]
    pid: int
    output: Path
    began: float

    def kill(self) -> None:
        """End it and all that it started."""
        for process in processes_of(self.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.wait(10)

    def wait(self, seconds: float) -> Ended:
        """Wait for its end; after ``seconds`` it and all that it started are killed."""
        end, timed_out = time.monotonic() + seconds, False
        while True:
            pid, status, used = os.wait4(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                timed_out = True
                for process in processes_of(self.pid):
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
            time.sleep(0.005)
        said = self.output.read_text(encoding="utf-8", errors="replace")
        self.output.unlink()
        taken = time.monotonic() - self.began
        more = max(0, used.ru_maxrss * 1024 - _resident())
        code = os.waitstatus_to_exitcode(status)
        processor = used.ru_utime + used.ru_stime
        return Ended(self.words, code, said, taken, more, processor, timed_out)


def preload(*, all_of_it: bool = True) -> None:
    """Import what commands import late, so that a fork has it at once; no thread is started.

    Args:
        all_of_it: also what only studies, reports and exports need.
    """
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    import archsearch.cli
    import archsearch.train

    if all_of_it:
        import archsearch.apply
        import archsearch.export
        import archsearch.report.findings
        import archsearch.study  # noqa: F401
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", DeprecationWarning)  # of forking where a library has threads


def start(
    words: Sequence[str], folder: Path, *, before: Callable[[], None] | None = None
) -> Started:
    """Start a command in ``folder``, with a cache of its own there.

    Args:
        words: behind ``archsearch``.
        folder: where it runs.
        before: called in the new process first.
    """
    handle, name = tempfile.mkstemp(prefix="said-")
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            os.setsid()
            os.chdir(folder)
            os.environ["ARCHSEARCH_CACHE"] = str(folder / "cache")
            for number in (1, 2):
                os.dup2(handle, number)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            sys.modules["__main__"] = ModuleType("__main__")  # workers needn't import the campaign
            if before is not None:
                before()
            code = _main(words)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(handle)
    return Started(tuple(words), pid, Path(name), began)


def run(
    words: Sequence[str],
    folder: Path,
    *,
    seconds: float = 120,
    before: Callable[[], None] | None = None,
) -> Ended:
    """A command from its start to its end."""
    return start(words, folder, before=before).wait(seconds)


def faults(ended: Ended, codes: set[int] = CODES) -> list[str]:
    """What no command may do, whatever it is given."""
    found = [f"told as a bug: {_line(ended.said, word)}" for word in BUG if word in ended.said]
    if ended.timed_out:
        found.append(f"still running after {ended.seconds:.0f} s")
    elif ended.code not in codes:
        found.append(f"ended with {ended.code}: {ended.said[-200:]!r}")
    return [f"{' '.join(ended.words)[:200]}: {fault}" for fault in found]


def processes_of(session: int) -> list[int]:
    """The living processes of a session."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if fields[0] not in "ZX" and int(fields[3]) == session:
                found.append(int(place.name))
    return found


def _main(words: Sequence[str]) -> int:
    from archsearch.cli import main

    try:
        main(words)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


def _line(said: str, word: str) -> str:
    """The error's first line, which tells more than the one that was found, or the traceback."""
    lines = [line for line in said.splitlines() if line.startswith("error: unexpected")]
    return lines[0][:300] if lines else said[said.index(word) :][:1500]


def _resident() -> int:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
