"""``archsearch study``: run, worker, status, list and best."""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.output import print_json, print_text, to_stderr
from archsearch.cli.study_files import STORAGE, find_study, is_study_file
from archsearch.errors import InputError

if TYPE_CHECKING:
    from archsearch.config import StudyFile
    from archsearch.records import StudyRecord, TrialRecord
    from archsearch.study import RunOptions

__all__ = ["app"]

INTERRUPTED = 130


class Engine(StrEnum):
    """Where workers run."""

    LOCAL = "local"
    RAY = "ray"


app = typer.Typer(
    help="Search a space: run studies, see where they stand, take the best.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Study = Annotated[
    str, typer.Argument(metavar="STUDY", help="A study file, or a study's name in the storage.")
]
Storage = Annotated[
    str,
    typer.Option(
        metavar="URL", envvar="ARCHSEARCH_STORAGE", help="The database that studies live in."
    ),
]
Artifacts = Annotated[
    Path | None, typer.Option(metavar="PATH", help="Folder for pictures, shared by all hosts.")
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="Of each training; else the cores, divided.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command("run")
def run(  # noqa: PLR0913, PLR0917 - one argument an option
    study: Study,
    storage: Storage = STORAGE,
    workers: Annotated[
        int,
        typer.Option(min=0, help="Processes that train at once; 0 makes the study for others."),
    ] = 1,
    threads: Threads = None,
    artifacts: Artifacts = None,
    data: Annotated[
        str | None, typer.Option(help="Pictures: cifar10, photos, folder:PATH.")
    ] = None,
    task: Annotated[str | None, typer.Option(help="What the nets are to learn.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training split.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Pictures a step.")] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate, at its peak.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the design or the search.")] = None,
    trials: Annotated[int | None, typer.Option(help="Candidates.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Trainings of each candidate.")] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Take N pictures of the whole source.")
    ] = None,
    set: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Any setting, or a field of the model."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be trained; write nothing.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="Where workers run: on this machine, or on a Ray cluster.")
    ] = Engine.LOCAL,
    address: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The Ray cluster's; auto finds it.")
    ] = None,
    cpus_per_worker: Annotated[float, typer.Option(help="CPUs of the cluster each takes.")] = 1,
    gpus_per_worker: Annotated[
        float, typer.Option(help="GPUs of the cluster each takes; 0.5 shares one.")
    ] = 0,
    json: Json = False,
) -> None:
    """Run a study, or go on with it: the same command does both.

    Killed or stopped at any moment, nothing that ended is lost or done twice.
    Ctrl-C ends the running trainings first; a second one stops at once.

    Example: archsearch study run studies/latent-vs-mse.yaml --workers 2
    """
    from archsearch.cli.study_plan import plan_study
    from archsearch.study import RayPlace, RunOptions
    from archsearch.study.overrides import overridden

    named = overridden(
        find_study(study, storage),
        set or [],
        {
            "data": {"source": _absolute(data), "limit": limit},
            "task": {"name": task},
            "train": {"epochs": epochs, "batch_size": batch_size, "lr": lr},
            "search": {"seed": seed, "trials": trials, "seeds": seeds},
        },
    )
    if dry_run:
        plan = plan_study(named, workers)
        if json:
            print_json(plan.as_json())
        else:
            print_text("\n".join(plan.lines()))
        return
    options = RunOptions(
        workers=workers,
        threads=threads,
        command=_command(storage),
        artifacts=_resolved(artifacts),
        engine="ray" if engine is Engine.RAY else "local",
        ray=RayPlace(address, cpus_per_worker, gpus_per_worker),
    )
    _run(named, storage, options, json=json)


@app.command("worker")
def worker(  # noqa: PLR0917 - one argument an option
    study: Study,
    storage: Storage = STORAGE,
    workers: Annotated[int, typer.Option(min=1, help="Processes that train at once here.")] = 1,
    threads: Threads = None,
    artifacts: Artifacts = None,
    wait: Annotated[
        float, typer.Option(metavar="SECONDS", min=0, help="Until the study is there.")
    ] = 0,
    json: Json = False,
) -> None:
    """Join a study that is in the storage, on as many hosts as you like.

    Ends when nothing is left to train. Killed at any moment, another worker
    takes over what this one was training.

    Example: archsearch study worker latent-vs-mse --storage postgresql://db/nets
    """
    from archsearch.study import RunOptions
    from archsearch.study.stored import awaited_study

    options = RunOptions(
        workers=workers, threads=threads, command=_command(storage), artifacts=_resolved(artifacts)
    )
    _run(awaited_study(storage, _name(study), wait), storage, options, json=json)


@app.command("status")
def status_command(study: Study, storage: Storage = STORAGE, json: Json = False) -> None:
    """Tell how many trials are complete, running, waiting, and which is best.

    Example: archsearch study status latent-vs-mse
    """
    from archsearch.study.summary import status

    record = _record(study, storage)
    if json:
        print_json(status(record))
    else:
        print_text(_summary(record))


@app.command("list")
def list_command(storage: Storage = STORAGE, json: Json = False) -> None:
    """List the studies of a storage.

    Example: archsearch study list
    """
    from archsearch.records import list_studies, load_study
    from archsearch.study.summary import status

    found = [load_study(storage, name) for name in list_studies(storage)]
    if json:
        print_json({"studies": [status(record) for record in found]})
    else:
        print_text("\n".join(_summary(record) for record in found) or "no studies yet")


@app.command("best")
def best_command(
    study: Study,
    storage: Storage = STORAGE,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write its spec; else stdout.")
    ] = None,
    point: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="A trial of the Pareto front, by its number."),
    ] = None,
    json: Json = False,
) -> None:
    """Give the best trial's spec as YAML, as `train` takes it.

    With several objectives there is a front of best trials; `study status`
    lists it, and --point takes one of it.

    Example: archsearch study best latent-vs-mse --out best.yaml
    """
    from archsearch.files import write_text
    from archsearch.study.summary import required_best, shown_trial

    record = _record(study, storage)
    best = required_best(record, point)
    if best.plan is None:
        raise InputError(f"trial {best.number} of {record.name!r} has no spec in the storage")
    if out is not None:
        write_text(out, best.plan.spec)
    if json:
        print_json({"study": record.name, **shown_trial(record, best), "spec": best.plan.spec})
        return
    to_stderr("best: " + _trial_line(record, best))
    if out is None:
        print_text(best.plan.spec)
    else:
        to_stderr(f"written to {out}; to train it: archsearch train {shlex.quote(str(out))}")


def _run(named: StudyFile, storage: str, options: RunOptions, *, json: bool) -> None:
    """Run it with what is happening on stderr, and print how it stands afterwards."""
    from archsearch.cli.study_progress import study_progress
    from archsearch.study import run_study
    from archsearch.study.summary import status

    try:
        with study_progress() as on_event:
            record = run_study(named, storage, options=options, on_event=on_event)
    except KeyboardInterrupt:
        to_stderr(f"interrupted; to go on: {_command(storage)}")
        raise typer.Exit(INTERRUPTED) from None
    if json:
        print_json(status(record))
    else:
        print_text(_summary(record))
    if options.workers == 0:
        to_stderr(f"for each host: archsearch study worker {_again(record.name, storage)}")
    else:
        to_stderr(f"for the report: archsearch report {_again(record.name, storage)}")


def _record(study: str, storage: str) -> StudyRecord:
    from archsearch.records import load_study

    return load_study(storage, _name(study))


def _name(study: str) -> str:
    from archsearch.config import load_study

    return load_study(Path(study)).settings.name if is_study_file(study) else study


def _resolved(folder: Path | None) -> Path | None:
    return None if folder is None else folder.resolve()


def _absolute(source: str | None) -> str | None:
    """A folder by its whole path, so that workers find it from anywhere."""
    if source is None or not source.startswith("folder:"):
        return source
    return f"folder:{Path(source.removeprefix('folder:')).resolve()}"


def _command(storage: str) -> str:
    """The command as it was typed, to be typed again; a password in it stays out."""
    from archsearch.study.storage import masked

    words = [word.replace(storage, masked(storage)) for word in sys.argv[1:]]
    return shlex.join(["archsearch", *words])


def _again(name: str, storage: str) -> str:
    from archsearch.study.storage import masked

    place = "" if storage == STORAGE else f" --storage {shlex.quote(masked(storage))}"
    return shlex.quote(name) + place


def _summary(record: StudyRecord) -> str:
    from archsearch.records import trial_counts
    from archsearch.study.summary import objectives, pareto_front

    counts = ", ".join(f"{n} {state}" for state, n in trial_counts(record).items() if n)
    ended = sum(len(trial.seeds) for trial in record.trials)
    spent = f"; {record.seconds / 60:.1f} min" if record.seconds else ""
    lines = [f"{record.name}: {counts}; {ended} trainings ended{spent}"]
    front = pareto_front(record)
    if len(objectives(record)) == 1:
        return "\n".join([*lines, *(f"  best: {_trial_line(record, trial)}" for trial in front)])
    lines += [f"  Pareto front of {', '.join(objectives(record))}:"] if front else []
    return "\n".join([*lines, *(f"    {_trial_line(record, trial)}" for trial in front)])


def _trial_line(record: StudyRecord, trial: TrialRecord) -> str:
    from archsearch.study.summary import objectives, trial_values

    point = ", ".join(f"{name} = {value}" for name, value in trial.values.items())
    size = "" if trial.plan is None else f", latent {trial.plan.latent_size}"
    size += "" if trial.plan is None else f", {trial.plan.params:,} parameters"
    values = zip(objectives(record), trial_values(record, trial) or (), strict=False)
    shown = ", ".join(f"{_OBJECTIVES.get(name, name)} {_short(value)}" for name, value in values)
    return f"trial {trial.number}, {shown}{size} ({point})"


_OBJECTIVES = {
    "val.mse": "validation MSE",
    "val.psnr": "validation PSNR",
    "val.ssim": "validation SSIM",
}


def _short(value: float) -> str:
    return f"{value:,.0f}" if value.is_integer() and value >= 1 else f"{value:.5f}"
