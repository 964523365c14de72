"""Does a recipe train ordinary nets? Collapses, ends over the best epoch, and errors of each net.

``python -m benchmarks.recipe --nets 300:340 --set train.lr=0.005 --data folder:PATH`` trains the
nets of :mod:`benchmarks.ordinary`, 4,800 pictures, 10 epochs, one thread each, and writes a row
a net as CSV. Rows that are there already aren't trained again.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.ordinary import ordinary_net

__all__ = ["main"]

FIELDS = (
    "net", "params", "macs", "latent", "best", "last", "val", "variance_share", "collapsed",
    "over_best", "seconds",
)  # fmt: skip


def main() -> None:
    """Train the nets that aren't in the file yet, and tell what became of all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recipe")
    parser.add_argument(
        "--nets", default="0:300", help="seeds FROM:TO, or paths of specs, with commas between"
    )
    parser.add_argument("--data", default="photos")
    parser.add_argument("--limit", type=int, default=6000, help="pictures before the split")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
    parser.add_argument("--out", type=Path, required=True, help="CSV, a row a net")
    options = parser.parse_args()
    done = _rows(options.out)
    for name, text in _nets(options.nets):
        if name in {row["net"] for row in done}:
            continue
        row = _train(name, text, options.data, options.limit, options.set)
        new = not options.out.exists()
        with options.out.open("a", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerow(row)
    sys.stdout.write(_summary(_rows(options.out)) + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _nets(asked: str) -> Iterable[tuple[str, str]]:
    if ":" in asked:
        first, last = map(int, asked.split(":"))
        for seed in range(first, last):
            yield f"ordinary-{seed}", ordinary_net(seed)
        return
    for path in asked.split(","):
        yield Path(path).stem, Path(path).read_text(encoding="utf-8")


def _train(name: str, text: str, data: str, limit: int, changes: list[str]) -> dict[str, object]:
    import torch

    from archsearch.config import DataSettings, RunSettings, TrainSettings, load
    from archsearch.config.overrides import changed, parse_assignment, split_assignments
    from archsearch.data import load_pictures
    from archsearch.errors import RunFailedError
    from archsearch.train import fit

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        plan = load(path).plan()
    asked, _ = split_assignments(map(parse_assignment, changes))
    train = changed(TrainSettings(), "train", asked["train"])
    settings = RunSettings(data=DataSettings(source=data, limit=limit), train=train)
    pictures = load_pictures(settings.data, height=32, width=32)
    began = time.process_time()
    row: dict[str, object] = {
        "net": name, "params": plan.params, "macs": plan.macs, "latent": plan.latent.size,
    }  # fmt: skip
    try:
        result = fit(plan, settings, pictures, threads=1).result
    except RunFailedError:
        return row | {"collapsed": "failed", "best": math.inf, "last": math.inf, "val": math.inf}
    errors = [epoch.val_mse for epoch in result.history]
    return row | {
        "best": min(errors),
        "last": errors[-1],
        "val": result.val.mse,
        "variance_share": result.variance_share,
        "collapsed": result.collapsed,
        "over_best": errors[-1] / min(errors) - 1,
        "seconds": round(time.process_time() - began, 2),
    }


def _summary(rows: list[dict[str, str]]) -> str:
    collapsed = [row["net"] for row in rows if row["collapsed"] != "False"]
    risen = [row["net"] for row in rows if row["over_best"] and float(row["over_best"]) > 0.1]
    logs = [math.log(float(row["val"])) for row in rows if math.isfinite(float(row["val"]))]
    mean = math.exp(sum(logs) / len(logs)) if logs else math.nan
    return (
        f"{len(rows)} nets: {len(collapsed)} collapsed or failed {collapsed}, "
        f"{len(risen)} ended over 10 % above their best epoch {risen}; "
        f"geometric mean of the validation MSE {mean:.5f}"
    )


if __name__ == "__main__":
    main()
