"""``make bench``: measure, print, and keep the numbers with the machine they are from."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from archsearch.files import write_text
from benchmarks import candidates, design

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("pyyaml", "pydantic", "numpy", "torch")


def main() -> None:
    """Run all measurements."""
    measured = candidates.measure()
    sys.stdout.write("Candidates resolved per second of one core, all different:\n\n")
    sys.stdout.write(candidates.table(measured) + "\n")
    keep("candidates", [asdict(item) for item in measured])
    sys.stdout.write("\nA stratified design of 64 out of 20,000 points:\n\n")
    chosen = design.measure()
    sys.stdout.write(design.table(chosen) + "\n")
    keep("design", [asdict(chosen)])


def keep(name: str, results: list[dict[str, object]]) -> None:
    """Write results with machine and versions to ``results/NAME.json``."""
    whole = {"version": 1, "machine": machine(), "results": results}
    path = RESULTS / f"{name}.json"
    write_text(path, json.dumps(whole, indent=2) + "\n")
    sys.stdout.write(f"\nwritten: {path}\n")


def machine() -> dict[str, object]:
    """What the numbers depend on."""
    found: dict[str, object] = {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    return found | {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
