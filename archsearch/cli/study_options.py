"""The options of ``archsearch study``, one name each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archsearch.cli.completions import devices, sources, tasks

__all__ = [
    "Address",
    "Artifacts",
    "BatchSize",
    "Cpus",
    "Data",
    "Device",
    "DryRun",
    "Engine",
    "Epochs",
    "Gpus",
    "Json",
    "Limit",
    "Rate",
    "Seed",
    "Seeds",
    "Settings",
    "Study",
    "Task",
    "Threads",
    "Trials",
    "Where",
    "Workers",
]


class Engine(StrEnum):
    """Where workers run."""

    LOCAL = "local"
    RAY = "ray"


Study = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study file, or a study's name in the storage.")
]
Artifacts = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Folder for sample pictures, shared by all hosts."),
]
Workers = Annotated[
    int, typer.Option(min=0, help="Processes that train in parallel; 0 only creates the study.")
]
Threads = Annotated[
    int | None,
    typer.Option(min=1, help="Threads per worker.  [default: an equal share of the cores]"),
]
Device = Annotated[
    str | None,
    typer.Option(
        help="Where to train: cpu, cuda (workers share the GPUs), cuda:N or mps.  [default: cpu]",
        autocompletion=devices,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="List what would be trained; write nothing.")
]

Data = Annotated[
    str | None,
    typer.Option(
        help="Pictures: cifar10, photos, folder:PATH, … (see `data list`).", autocompletion=sources
    ),
]
Limit = Annotated[
    int | None, typer.Option(metavar="N", help="Use only N pictures, drawn from the whole source.")
]
Task = Annotated[
    str | None,
    typer.Option(help="What the nets learn: denoise, colorize, …", autocompletion=tasks),
]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training split.")]
BatchSize = Annotated[int | None, typer.Option(help="Pictures per step.")]
Rate = Annotated[float | None, typer.Option(help="Peak learning rate.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the design or the search.")]
Trials = Annotated[int | None, typer.Option(help="Number of candidates.")]
Seeds = Annotated[
    int | None, typer.Option(help="Trainings of each candidate, with different seeds.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set any setting, or a field of the model."),
]

Where = Annotated[
    Engine, typer.Option(help="Where workers run: on this machine, or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Address of the Ray cluster; `auto` finds it."),
]
Cpus = Annotated[float, typer.Option(help="With --engine ray: CPUs of each worker.")]
Gpus = Annotated[
    float, typer.Option(help="With --engine ray: GPUs of each worker; 0.5 shares one.")
]
