"""How long a report takes, and how large its page is: studies made from a seed, 2 seeds each.

``python -m benchmarks reports`` prints them; the largest comes from a database, as all do in use.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measured", "measure", "table"]

_DIFFERENT = 200
"""Trials of a study in a database that differ; more are copies, with keys of their own."""

# A process of its own: the imports count, and nothing is warm.
_SCRIPT = """
import sys, time
from pathlib import Path
from tests.synthetic import StudyRecipe, synthetic_study
trials, copies, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
study = synthetic_study(StudyRecipe(complete=trials, epochs=10))
url = ""
if copies > 1:
    from tests.report.test_large import multiplied
    url = multiplied(study, folder / "studies.db", copies)
began = time.process_time()
from archsearch.records import load_study
from archsearch.report import write_report
written = write_report(load_study(url, study.name) if url else study, folder)
print(time.process_time() - began, written.index.stat().st_size)
"""


@dataclass(frozen=True)
class Measured:
    """One report; ``seconds`` are of processor time on one core, most imports included."""

    trials: int
    seconds: float
    page_mb: float


def measure(sizes: tuple[int, ...] = (24, 100, 1_000, 10_000)) -> list[Measured]:
    """Write the report of a study of each size; one of over 1,000 is read from a database, too."""
    found = []
    for trials in sizes:
        with tempfile.TemporaryDirectory() as folder:
            copies = trials // _DIFFERENT if trials > 1_000 else 1
            command = [sys.executable, "-c", _SCRIPT, str(trials // copies), str(copies), folder]
            root = Path(__file__).resolve().parents[1]
            done = subprocess.run(  # noqa: S603  our own script
                command, cwd=root, check=True, stdout=subprocess.PIPE, text=True
            )
        seconds, size = map(float, done.stdout.split()[-2:])
        found.append(Measured(trials, round(seconds, 2), round(size / 1e6, 2)))
    return found


def table(measured: list[Measured]) -> str:
    """One line a report."""
    return "\n".join(
        f"report of {one.trials:,} trials: {one.seconds:.1f} s, page {one.page_mb:.1f} MB"
        for one in measured
    )
