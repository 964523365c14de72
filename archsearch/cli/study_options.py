"""The options of ``archsearch study``, one name each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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
    Path | None, typer.Option(metavar="PATH", help="Folder for pictures, shared by all hosts.")
]
Workers = Annotated[
    int, typer.Option(min=0, help="Processes that train at once; 0 makes the study for others.")
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Of each training; else the cores, divided.")
]
Device = Annotated[
    str | None,
    typer.Option(
        help="Where to train: cpu, cuda (workers share its GPUs) or cuda:N.  [default: cpu]"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Tell what would be trained; write nothing.")
]

Data = Annotated[str | None, typer.Option(help="Pictures: cifar10, photos, folder:PATH.")]
Limit = Annotated[
    int | None, typer.Option(metavar="N", help="Take N pictures of the whole source.")
]
Task = Annotated[str | None, typer.Option(help="What the nets are to learn.")]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training split.")]
BatchSize = Annotated[int | None, typer.Option(help="Pictures a step.")]
Rate = Annotated[float | None, typer.Option(help="Learning rate, at its peak.")]
Seed = Annotated[int | None, typer.Option(help="Seed of the design or the search.")]
Trials = Annotated[int | None, typer.Option(help="Candidates.")]
Seeds = Annotated[int | None, typer.Option(help="Trainings of each candidate.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Any setting, or a field of the model."),
]

Where = Annotated[
    Engine, typer.Option(help="Where workers run: on this machine, or on a Ray cluster.")
]
Address = Annotated[
    str | None, typer.Option(metavar="HOST:PORT", help="The Ray cluster's; auto finds it.")
]
Cpus = Annotated[float, typer.Option(help="CPUs of the cluster each takes.")]
Gpus = Annotated[float, typer.Option(help="GPUs of the cluster each takes; 0.5 shares one.")]
