"""Run campaigns: ``python -m tests.reliability [NAME…] [--minutes M] [--count N]``.

Each case is kept as a line of ``results/NAME.jsonl`` beside this file once it has ended; these
lines belong to the repository. The same command goes on with the cases that aren't there.
``docs/reliability.md`` is written of all lines.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import preload
from tests.reliability.page import Line, commit, lines_of, write_page

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "reliability.md"


def main() -> int:
    """Run what is asked for; the exit code is 1 where anything was found."""
    from tests.reliability.table import CAMPAIGNS

    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("names", nargs="*", choices=[*CAMPAIGNS, []], metavar="NAME")
    words.add_argument("--minutes", type=float, default=60.0, help="of each campaign, at most")
    words.add_argument("--count", type=int, default=10**9, help="of cases of each campaign")
    words.add_argument("--seeds", type=int, nargs="*", help="these cases, and no others")
    words.add_argument("--few", action="store_true", help="the part of make test; no page")
    words.add_argument("--results", type=Path, default=RESULTS)
    words.add_argument("--page", type=Path, default=PAGE)
    given = words.parse_args()
    preload(all_of_it=not given.few)
    given.results.mkdir(parents=True, exist_ok=True)
    found = 0
    for name in given.names or CAMPAIGNS:
        campaign = CAMPAIGNS[name]
        seeds = campaign.few if given.few else range(min(campaign.wanted, given.count))
        seeds = seeds if given.seeds is None else given.seeds
        found += work(campaign, list(seeds), given.results, given.minutes, commit())
    if not given.few:
        write_page(given.page, given.results, CAMPAIGNS)
    return 1 if found else 0


def work(campaign: Campaign, seeds: list[int], results: Path, minutes: float, commit: str) -> int:
    """Do what isn't done yet, until time is up; give how many faults were found."""
    path, end, found = results / f"{campaign.name}.jsonl", time.monotonic() + minutes * 60, 0
    done = {line.seed for line in lines_of(path)}
    for seed in seeds:
        if seed in done:
            continue
        if time.monotonic() > end:
            print(f"{campaign.name}: time is up; the same command goes on", flush=True)
            break
        began = time.monotonic()
        outcome = attempt(campaign, seed)
        found += len(outcome.faults)
        line = Line(
            seed=seed,
            case=outcome.case,
            ended=outcome.ended,
            faults=list(outcome.faults),
            seconds=round(time.monotonic() - began, 2),
            when=time.strftime("%Y-%m-%d", time.gmtime()),
            commit=commit,
        )
        with path.open("a") as file:
            file.write(json.dumps(asdict(line)) + "\n")
        print(
            f"{campaign.name} {seed}: {outcome.case}: {outcome.ended}",
            *outcome.faults,
            sep="\n    ",
            flush=True,
        )
    return found


def attempt(campaign: Campaign, seed: int) -> Outcome:
    """The outcome of a case; a campaign that breaks is a fault, too."""
    try:
        return campaign.try_one(seed)
    except Exception as error:
        trace = traceback.format_exc().splitlines()
        return Outcome(f"seed {seed}", "the campaign broke", (f"{error!r:.300}", *trace[-6:]))


if __name__ == "__main__":
    sys.exit(main())
