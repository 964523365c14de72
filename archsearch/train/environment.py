"""What a training ran on: versions, machine, device, threads."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from archsearch.records.results import Environment
from archsearch.train.engine_choice import EngineChoice

__all__ = ["environment"]

RECORDED = (
    "archsearch",
    "torch",
    "torchvision",
    "numpy",
    "optuna",
    "pydantic",
    "safetensors",
    "llvmlite",
)


def environment(device: torch.device, engine: EngineChoice) -> Environment:
    """Give what is needed to repeat a result: the same there gives the same numbers."""
    return Environment(
        versions={"python": platform.python_version()} | _versions(),
        machine=f"{_processor()}, {platform.system()} {platform.machine()}",
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        threads=torch.get_num_threads(),
        engine=engine.name,
        engine_reason=engine.reason,
    )


def _versions() -> dict[str, str]:
    found = {}
    for name in RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # run from a checkout, or left out on purpose
            continue
    return found


@cache
def _processor() -> str:
    """The CPU's name as its maker writes it, where the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown CPU"
