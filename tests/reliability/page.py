"""The page of all campaigns, of what their results say and of nothing else."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.reliability.campaign import Campaign

__all__ = ["Line", "commit", "lines_of", "page", "write_page"]

HEAD = """\
# Reliability

`make reliability` wrote this page; nothing in it is typed by hand. It tells how archsearch was
attacked on purpose, how often, and what happened. Each case is a seed of a campaign in
`tests/reliability/`: `python -m tests.reliability NAME --count N` tries the first N again.
A few cases of each campaign run with `make test`.

A *fault* is a traceback, a command that calls its own error a bug, one that no signal of ours
ended and that has no exit code, one that doesn't end, a result that is lost, a number that
changed without a word, or foreign code that ran. Each part says what is compared. A case counts
at the commit that it was tried with; what was found before is mended, and was tried again.
"""
NOT_TRIED = "not tried"
MOST_FAULTS = 20
PACKAGES = ("torch", "optuna", "SQLAlchemy", "Pillow", "PyYAML")


@dataclass(frozen=True)
class Line:
    """A case that was tried, as it is kept."""

    seed: int
    case: str
    ended: str
    faults: list[str]
    seconds: float
    when: str
    commit: str


Lines = Mapping[str, list[Line]]


def write_page(path: Path, results: Path, campaigns: Mapping[str, Campaign]) -> None:
    """Write the page of the results that are there."""
    found = {name: list(lines_of(results / f"{name}.jsonl")) for name in campaigns}
    # Names that aren't UTF-8 are told by their bytes' numbers.
    path.write_bytes(page(campaigns, found).encode("utf-8", "backslashreplace"))


def lines_of(path: Path) -> Iterator[Line]:
    """The cases of a campaign that were tried."""
    if path.exists():
        yield from (Line(**json.loads(line)) for line in path.read_text().splitlines())


def page(campaigns: Mapping[str, Campaign], found: Lines) -> str:
    """The page as Markdown."""
    parts = [HEAD, *_summary(campaigns, found), *_table(campaigns, found)]
    for name, campaign in campaigns.items():
        parts += ["", f"## {name}", "", campaign.holds, "", *_details(found[name])]
    return "\n".join(parts).rstrip() + "\n"


def commit() -> str:
    """The commit that is tried; "" outside of a repository."""
    words, here = ["git", "rev-parse", "--short", "HEAD"], Path(__file__).parent
    done = subprocess.run(words, cwd=here, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _summary(campaigns: Mapping[str, Campaign], found: Lines) -> Iterator[str]:
    cases = [line for lines in found.values() for line in lines if NOT_TRIED not in line.ended]
    hours = sum(line.seconds for line in cases) / 3600
    faults = sum(len(line.faults) for line in cases)
    days = sorted({line.when for line in cases}) or ["never"]
    wanted = sum(campaign.wanted for campaign in campaigns.values())
    yield f"**{len(cases):,} of {wanted:,} cases tried, {faults:,} faults**, in {hours:.1f} hours,"
    yield f"summed over cases, on {' to '.join(dict.fromkeys([days[0], days[-1]]))}."
    waiting = [name for name in campaigns if not found[name]]
    if waiting:
        yield f"Not run yet: {', '.join(waiting)}."
    for name, lines in found.items():
        for why in dict.fromkeys(line.ended for line in lines if NOT_TRIED in line.ended):
            yield f"{name}: {why}."
    yield ""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield f"This page was written on: {machine}; Python {platform.python_version()}, {packages}."
    yield ""


def _table(campaigns: Mapping[str, Campaign], found: Lines) -> Iterator[str]:
    yield "| campaign | what is tried | cases | of | faults | minutes | commits |"
    yield "|---|---|---|---|---|---|---|"
    for name, campaign in campaigns.items():
        lines = found[name]
        cells = (
            name,
            campaign.tries,
            f"{sum(NOT_TRIED not in line.ended for line in lines):,}",
            f"{campaign.wanted:,}",
            f"{sum(len(line.faults) for line in lines):,}",
            f"{sum(line.seconds for line in lines) / 60:.1f}",
            " ".join(dict.fromkeys(line.commit for line in lines)),
        )
        yield f"| {' | '.join(cells)} |"


def _details(lines: list[Line]) -> Iterator[str]:
    if not lines:
        yield "Not run yet."
        return
    yield "| how it ended | cases |"
    yield "|---|---|"
    ended = Counter(line.ended.replace("|", "\\|") for line in lines)
    yield from (f"| {how} | {number:,} |" for how, number in sorted(ended.items()))
    yield from _faults(lines)


def _faults(lines: Iterable[Line]) -> Iterator[str]:
    told = [(line, fault) for line in lines for fault in line.faults]
    if told:
        yield from ["", "Faults:", ""]
    for line, fault in told[:MOST_FAULTS]:
        yield f"- seed {line.seed}, {line.case}: `{fault[:300].replace('`', chr(39))}`"
    if len(told) > MOST_FAULTS:
        yield f"- … and {len(told) - MOST_FAULTS} more"
