"""``archsearch study``: run, worker, status, list, best and delete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.defaults import chosen_storage, device_of_files
from archsearch.cli.output import confirmed, print_folded, print_json, print_lines
from archsearch.cli.study_files import Storage, find_study, study_name
from archsearch.cli.study_options import (
    Address,
    Artifacts,
    BatchSize,
    Cpus,
    Data,
    Device,
    DryRun,
    Engine,
    Epochs,
    Gpus,
    Json,
    Limit,
    Rate,
    Seed,
    Seeds,
    Settings,
    Study,
    Task,
    Threads,
    Trials,
    Where,
    Workers,
)
from archsearch.cli.study_text import (
    dashboard_lines,
    point,
    retraining,
    study_arguments,
    study_lines,
    trial_line,
    typed_command,
    unreadable_lines,
)
from archsearch.cli.study_watch import watch
from archsearch.errors import InputError, UnreadableError
from archsearch.streams import to_stderr

if TYPE_CHECKING:
    from archsearch.config import StudyFile
    from archsearch.records import StudyRecord
    from archsearch.study import RunOptions

__all__ = ["app"]

INTERRUPTED = 130


app = typer.Typer(
    help="Run studies, show their status, export the best model, delete studies.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("run")
def run(  # noqa: PLR0913, PLR0917 - one argument an option
    study: Study,
    storage: Storage = None,
    workers: Workers = 1,
    threads: Threads = None,
    device: Device = None,
    artifacts: Artifacts = None,
    data: Data = None,
    task: Task = None,
    epochs: Epochs = None,
    batch_size: BatchSize = None,
    lr: Rate = None,
    seed: Seed = None,
    trials: Trials = None,
    seeds: Seeds = None,
    limit: Limit = None,
    set: Settings = None,
    dry_run: DryRun = False,
    engine: Where = Engine.LOCAL,
    address: Address = None,
    cpus_per_worker: Cpus = 1,
    gpus_per_worker: Gpus = 0,
    json: Json = False,
) -> None:
    """Run a study, or resume it.

    After a stop or a kill, the same command resumes the study. Nothing that
    finished is lost or repeated. Ctrl-C stops after the running trainings; a
    second Ctrl-C stops at once.

    Example: archsearch study run studies/latent-vs-mse.yaml --workers 2
    """
    from archsearch.config import absolute_source
    from archsearch.study import RayOptions, RunOptions
    from archsearch.study.overrides import following_pictures, overridden

    url = chosen_storage(storage)
    given: dict[str, dict[str, object]] = {
        "data": {"source": data and absolute_source(data), "limit": limit},
        "task": {"name": task},
        "train": {"epochs": epochs, "batch_size": batch_size, "lr": lr},
        "search": {"seed": seed, "trials": trials, "seeds": seeds},
    }
    named = overridden(find_study(study, url), set or [], given)
    if dry_run:
        _tell_plan(following_pictures(named), workers, json=json)
        return
    options = RunOptions(
        workers=workers,
        threads=threads,
        device=device or device_of_files(),
        command=typed_command(),
        artifacts=_resolved(artifacts),
        engine="ray" if engine is Engine.RAY else "local",
        ray=RayOptions(address, cpus_per_worker, gpus_per_worker),
    )
    _run(named, url, options, json=json)


def _tell_plan(study: StudyFile, workers: int, *, json: bool) -> None:
    from archsearch.cli.study_plan import plan_study

    plan = plan_study(study, workers)
    if json:
        print_json(plan.as_json())
    else:
        print_folded(plan.lines())


@app.command("worker")
def worker(  # noqa: PLR0917 - one argument an option
    study: Study,
    storage: Storage = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that train in parallel.")] = 1,
    threads: Threads = None,
    device: Device = None,
    artifacts: Artifacts = None,
    wait: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0, help="How long to wait until the study exists."),
    ] = 0,
    json: Json = False,
) -> None:
    """Train candidates of a study in the storage.

    Start workers on as many hosts as you like. A worker ends when nothing is
    left to train. If it is killed, another worker takes over its training.

    Example: archsearch study worker latent-vs-mse --storage postgresql://db/nets
    """
    from archsearch.study import RunOptions
    from archsearch.study.store.stored import awaited_study

    options = RunOptions(
        workers=workers,
        threads=threads,
        device=device or device_of_files(),
        command=typed_command(),
        artifacts=_resolved(artifacts),
    )
    url = chosen_storage(storage)
    _run(awaited_study(url, study_name(study), wait), url, options, json=json)


app.command("watch")(watch)


@app.command("status")
def status_command(study: Study, storage: Storage = None, json: Json = False) -> None:
    """Show the trials of a study by state, and the best one.

    Example: archsearch study status latent-vs-mse
    """
    from archsearch.study.summary import status

    url = chosen_storage(storage)
    record = _record(study, url)
    if json:
        print_json(status(record))
    else:
        print_folded(study_lines(record))
        to_stderr(*dashboard_lines(record, url))


@app.command("list")
def list_command(storage: Storage = None, json: Json = False) -> None:
    """List the studies of a storage.

    Example: archsearch study list
    """
    from archsearch.records import load_studies
    from archsearch.records.storage_secrets import masked
    from archsearch.study.summary import status

    url = chosen_storage(storage)
    found, unreadable = load_studies(url)
    for each in unreadable:
        to_stderr(f"skipped: {each.name}: {each.reason}")
    if unreadable and not found:
        raise UnreadableError(
            f"no study in {masked(url)} can be read",
            help="restore the database from a backup, or update archsearch; nothing was changed",
        )
    if json:
        passed = [{"name": each.name, "reason": each.reason} for each in unreadable]
        print_json({"studies": [status(record) for record in found], "unreadable": passed})
    else:
        lines = [line for record in found for line in study_lines(record)]
        print_folded(lines or ["no studies yet"])


@app.command("best")
def best_command(
    study: Study,
    storage: Storage = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File for the spec.  [default: stdout]")
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--trial", metavar="NUMBER", help="Another trial than the best."),
    ] = None,
    json: Json = False,
) -> None:
    """Print the spec of the best trial as YAML, ready for `train`.

    A study stores no weights. With --out, the command that trains the spec
    again is printed. With several objectives, the best trials form a Pareto
    front: `study status` lists it. --trial selects one of them, or any other
    trial that is complete.

    Example: archsearch study best latent-vs-mse --out best.yaml
    """
    from archsearch.files import write_text
    from archsearch.study.summary import required_best, shown_trial

    record = _record(study, chosen_storage(storage))
    best = required_best(record, number)
    if best.plan is None:
        raise InputError(f"trial {best.number} of {record.name!r} has no spec in the storage")
    if out is not None:
        write_text(out, best.plan.spec)
    if json:
        print_json({"study": record.name, **shown_trial(record, best), "spec": best.plan.spec})
        return
    passed = [f"skipped: {line}" for line in unreadable_lines(record)]
    to_stderr(*passed, "best: " + trial_line(record, best), f"  {point(best)}")
    if out is None:
        print_lines(best.plan.spec.rstrip("\n").split("\n"))
    else:
        to_stderr(f"written to {out}; to train it as in the study: {retraining(record, best, out)}")


@app.command("delete")
def delete_command(
    study: Study,
    storage: Storage = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Delete a study from the storage, with its sample pictures.

    Reports and run directories stay. It is refused while workers train.

    Example: archsearch study delete latent-vs-mse
    """
    from archsearch.printable import count
    from archsearch.records.storage_secrets import masked
    from archsearch.study.delete import count_trials, delete_study

    name, url = study_name(study), chosen_storage(storage)
    trials = count(count_trials(url, name), "trial")
    if not yes and not confirmed(f"delete study {name!r} with {trials} from {masked(url)}?"):
        to_stderr("nothing was deleted; --yes deletes without asking")
        raise typer.Exit(1)
    delete_study(url, name)
    to_stderr(f"deleted study {name!r} with {trials}")


def _run(named: StudyFile, storage: str, options: RunOptions, *, json: bool) -> None:
    """Run it with progress on stderr, then print its status."""
    from archsearch.interactive.study_progress import study_progress
    from archsearch.study import run_study
    from archsearch.study.summary import status

    try:
        with study_progress() as on_event:
            record = run_study(named, storage, options=options, on_event=on_event)
    except KeyboardInterrupt:
        to_stderr(f"interrupted; to resume: {typed_command()}")
        raise typer.Exit(INTERRUPTED) from None
    if json:
        print_json(status(record))
    else:
        print_folded(study_lines(record))
    named_so = study_arguments(record.name, storage)
    if options.workers == 0:
        to_stderr(f"run on each host: archsearch study worker {named_so}")
    else:
        to_stderr(f"for the report: archsearch report {named_so}")
        to_stderr(*dashboard_lines(record, storage))


def _record(study: str, storage: str) -> StudyRecord:
    from archsearch.records import load_study

    return load_study(storage, study_name(study))


def _resolved(folder: Path | None) -> Path | None:
    return None if folder is None else folder.resolve()
