"""``python -m exercise``: trains what the exercise asks for, and writes its answers.

Each part ends with a report of its own. The same command goes on where a stopped one was.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from exercise.answers import write_answers
from exercise.parts import FULL, PARTS, SMALL, Places


def main() -> int:
    """Train the parts that are asked for; without any, all of them."""
    parser = argparse.ArgumentParser(prog="python -m exercise", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--data", default="cifar10", help="pictures, as in `train --data`")
    parser.add_argument("--small", action="store_true", help="6,000 pictures, one seed")
    parser.add_argument("--answers", action="store_true", help="train nothing, only write them")
    parser.add_argument("--runs", type=Path, default=Path("runs/exercise"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--workers", type=int, default=2, help="trainings at once")
    options = parser.parse_args()
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}")
    size = SMALL if options.small else FULL
    places = Places(options.data, options.runs, options.reports, options.workers)
    wanted = () if options.answers else options.parts or size.parts
    for name in wanted:
        for words in PARTS[name](places, size):
            sys.stdout.write(f"$ archsearch {shlex.join(words)}\n")
            sys.stdout.flush()
            command = [sys.executable, "-m", "archsearch", *words]
            ended = subprocess.run(command, check=False)  # noqa: S603
            if ended.returncode:
                return ended.returncode
    sys.stdout.write(f"{write_answers(options.reports)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
