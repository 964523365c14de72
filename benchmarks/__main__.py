"""``make bench``: measure, print, and keep the numbers with the machine they are from."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from archsearch.config import load
from archsearch.files import write_text
from archsearch.spec import ModelPlan
from benchmarks import (
    arithmetic,
    candidates,
    design,
    engine,
    quality,
    races,
    reports,
    startup,
    studies,
)  # fmt: skip
from benchmarks.busy import BUSY, busy_cores
from benchmarks.contender import SPECS, Race

RESULTS = Path(__file__).parent / "results"
ON_REQUEST = {"quality", "studies"}
"""Half an hour: the plain script's ten epochs with three seeds. Studies of an earlier commit."""

PACKAGES = ("pyyaml", "pydantic", "numpy", "torch")


def main() -> None:
    """Run the measurements that are asked for; without any, all but the long ones."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("sections", nargs="*", help="what to measure")
    parser.add_argument("--data", default="photos", help="pictures, as in `train --data`")
    parser.add_argument("--pictures", type=int, default=12_000, help="how many of them")
    parser.add_argument("--rounds", type=int, default=3, help="of each comparison")
    parser.add_argument("--epochs", type=int, default=4, help="of ours, for quality")
    parser.add_argument(
        "--against", type=Path, help="checkout of an earlier commit, to compare the engine with"
    )
    options = parser.parse_args()
    race = Race(who="plain", source=options.data, pictures=options.pictures)
    rounds, against, source = options.rounds, options.against, options.data
    sections: dict[str, Callable[[], None]] = {
        "candidates": _candidates,
        "design": _design,
        "engine": lambda: _engine(rounds, against, source),
        "gallery": lambda: _gallery(rounds),
        "training": lambda: _training(race, rounds),
        "workers": lambda: _workers(race, rounds),
        "gpu": lambda: _gpu(race, rounds),
        "startup": _startup,
        "reports": _reports,
        "quality": lambda: _quality(race, options.epochs),
        "studies": lambda: _studies(against.resolve(), source, rounds),
    }
    if unknown := set(options.sections) - set(sections):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; of {', '.join(sections)}")
    if "studies" in options.sections and against is None:
        parser.error("studies are compared with those of --against CHECKOUT")
    if (busy := busy_cores()) > BUSY:
        sys.stdout.write(f"The machine is busy: others have {busy:.1f} of its cores.\n\n")
    for name, run in sections.items():
        if name in (options.sections or set(sections) - ON_REQUEST):
            run()


def _candidates() -> None:
    measured = candidates.measure()
    sys.stdout.write("Candidates resolved per second of one core, all different:\n\n")
    sys.stdout.write(candidates.table(measured) + "\n")
    keep("candidates", [asdict(item) for item in measured])


def _design() -> None:
    chosen = design.measure()
    sys.stdout.write("\nA stratified design of 64 out of 20,000 points:\n\n")
    sys.stdout.write(design.table(chosen) + "\n")
    keep("design", [asdict(chosen)])


def _engine(rounds: int, against: Path | None, source: str) -> None:
    measured = engine.measured_nets(rounds, against, source)
    sys.stdout.write("\nThe native engine on one thread, processor time:\n\n")
    sys.stdout.write(engine.table(measured) + "\n")
    keep("engine", [asdict(item) for item in measured])


def _gallery(rounds: int) -> None:
    measured = engine.measured_all(rounds)
    sys.stdout.write("\nThe gallery on one thread, processor time:\n\n")
    sys.stdout.write(engine.table(measured) + "\n")
    keep("gallery", [asdict(item) for item in measured])


def _training(race: Race, rounds: int) -> None:
    threads = os.cpu_count() or 1
    compared = [
        races.compare(spec, replace(race, spec=spec, threads=threads), rounds=rounds)
        for spec in ("acml-nine-layer", "kernel-5", "strided", "unet")
    ]
    rate, flops = arithmetic.matrix_rate(threads), arithmetic.training_flops(_plan(race.spec))
    share = compared[0].ours * flops / rate
    sys.stdout.write(f"\nOne training, {threads} threads, batch 128, pictures/s:\n\n")
    sys.stdout.write(races.table(compared))
    sys.stdout.write(
        f"\n{race.spec}: {flops / 1e6:.1f} MFLOP a picture; matrix products reach "
        f"{rate / 1e9:.0f} GFLOP/s: {share:.0%} of the arithmetic limit\n"
    )
    limit: dict[str, object] = {
        "flops_a_picture": flops,
        "matrix_flops_per_s": round(rate),
        "share": round(share, 4),
    }
    keep("training", [*(asdict(one) for one in compared), limit])


def _workers(race: Race, rounds: int) -> None:
    one = races.compare("one worker, one thread", race, rounds=rounds)
    two = races.compare("two workers, a thread each", race, workers=2, rounds=rounds)
    more = two.unique_mb[1] - one.unique_mb[1]
    sys.stdout.write("\nWorkers, batch 128, pictures/s in all:\n\n" + races.table([one, two]))
    sys.stdout.write(
        f"\nunique memory of ours: {one.unique_mb[1]:.0f} MB for one, {more:.0f} MB more for two\n"
    )
    keep("workers", [asdict(one), asdict(two)])


def _gpu(race: Race, rounds: int) -> None:
    """Ten epochs on a GPU, by one training and by several side by side; nothing without one."""
    import torch

    if not torch.cuda.is_available():
        sys.stdout.write("\nNo GPU that torch can use: nothing is measured on one.\n")
        return
    on_gpu = replace(race, device="cuda", epochs=10)
    compared = [
        races.compare(f"{workers} at once", on_gpu, workers=workers, rounds=rounds)
        for workers in (1, 2, 4)
    ]
    trained = 10 * race.pictures * 8 // 10
    sys.stdout.write(f"\n{torch.cuda.get_device_name()}, batch 128, pictures/s in all:\n\n")
    sys.stdout.write(races.table(compared))
    sys.stdout.write(f"\none training of ten epochs: {trained / compared[0].ours:.1f} s\n")
    device: dict[str, object] = {"device": torch.cuda.get_device_name()}
    keep("gpu", [*(asdict(one) for one in compared), device])


def _startup() -> None:
    seconds = startup.measure()
    sys.stdout.write("\nStart-up, and as a share of torch's import:\n\n" + startup.table(seconds))
    measured: dict[str, object] = {**seconds}
    keep("startup", [measured])


def _reports() -> None:
    measured = reports.measure()
    sys.stdout.write("\nReports, of processor time with all imports:\n\n")
    sys.stdout.write(reports.table(measured) + "\n")
    keep("reports", [asdict(one) for one in measured])


def _quality(race: Race, epochs: int) -> None:
    with_threads = replace(race, threads=os.cpu_count() or 1)
    measured = [
        quality.measure(replace(with_threads, spec=spec), epochs)
        for spec in ("acml-nine-layer", "kernel-5", "strided")
    ]
    sys.stdout.write("\nValidation MSE of ten plain epochs, and ours:\n\n")
    sys.stdout.write(quality.table(measured))
    keep("quality", [asdict(one) for one in measured])


def _studies(against: Path, source: str, rounds: int) -> None:
    measured = [studies.measure(name, against, source, rounds) for name in studies.STUDIES]
    sys.stdout.write("\nStudies, two workers:\n\n" + studies.table(measured) + "\n")
    keep("studies", [asdict(one) for one in measured])


def _plan(spec: str) -> ModelPlan:
    return load(SPECS / f"{spec}.yaml").plan()


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
