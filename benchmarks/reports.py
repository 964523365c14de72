"""How long a report takes, and how large its page is: studies made from a seed, 2 seeds each."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measured", "measure", "table"]

# A process of its own: the imports count, and nothing is warm.
_SCRIPT = """
import sys, time
from pathlib import Path
from tests.synthetic import StudyRecipe, synthetic_study
study = synthetic_study(StudyRecipe(complete=int(sys.argv[1]), epochs=10))
began = time.process_time()
from archsearch.report import write_report
written = write_report(study, Path(sys.argv[2]))
print(time.process_time() - began, written.index.stat().st_size)
"""


@dataclass(frozen=True)
class Measured:
    """One report; ``seconds`` are of processor time on one core, imports included."""

    trials: int
    seconds: float
    page_mb: float


def measure(sizes: tuple[int, ...] = (24, 100, 200, 1_000)) -> list[Measured]:
    """Write the report of a study of each size, everything included but reading the storage."""
    found = []
    for trials in sizes:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-c", _SCRIPT, str(trials), folder]
            root = Path(__file__).resolve().parents[1]
            done = subprocess.run(  # noqa: S603  our own script
                command, cwd=root, check=True, capture_output=True, text=True
            )
        seconds, size = map(float, done.stdout.split())
        found.append(Measured(trials, round(seconds, 2), round(size / 1e6, 2)))
    return found


def table(measured: list[Measured]) -> str:
    """One line a report."""
    return "\n".join(
        f"report of {one.trials:,} trials: {one.seconds:.1f} s, page {one.page_mb:.1f} MB"
        for one in measured
    )
