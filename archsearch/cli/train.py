"""``archsearch train``: one training into a run directory."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from json import loads
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.completions import devices, sources, tasks
from archsearch.cli.defaults import chosen_device, default_settings
from archsearch.cli.output import print_diagnostics, print_json, print_lines
from archsearch.config import (
    INPUT_CHANNELS,
    METRICS,
    RunSettings,
    absolute_source,
    changed_task,
    check_task,
    load,
    needs_rgb,
    pictures_of,
)
from archsearch.config.overrides import changed, parse_assignment, split_assignments
from archsearch.interactive.progress import (
    pictures_line,
    step_bar,
    stopped_line,
    training_progress,
)
from archsearch.printable import count
from archsearch.spec import DiagnosticsError, ModelPlan, Raw, Resolution
from archsearch.streams import to_stderr, to_stderr_folded

if TYPE_CHECKING:
    from archsearch.records import ColorScores, Environment, RunResult

__all__ = ["train"]

DEFAULT = RunSettings.at_defaults()
FLOOR = 1e-7
WIDTH = 80


def train(  # noqa: PLR0913, PLR0917 - one argument an option
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A spec file.")],
    data: Annotated[
        str | None,
        typer.Option(
            help="Pictures: cifar10, photos, folder:PATH, … (see `data list`).  "
            f"[default: {DEFAULT.data.source}]",
            autocompletion=sources,
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            help="What the net learns: denoise, colorize, … (docs/tasks.md). Set its options with "
            f"--set task.OPTION.  [default: {DEFAULT.task.name}]",
            autocompletion=tasks,
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help=f"Passes over the training split.  [default: {DEFAULT.train.epochs}]"),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help=f"Pictures per step.  [default: {DEFAULT.train.batch_size}]")
    ] = None,
    lr: Annotated[
        float | None,
        typer.Option(help=f"Peak learning rate.  [default: {DEFAULT.train.lr:g}]"),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help=f"Seed of weights and picture order.  [default: {DEFAULT.train.seed}]"),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", help="Use only N pictures, drawn from the whole source."),
    ] = None,
    set: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Set any setting or field: train.optimizer=sgd, encoder[0].conv.channels=16.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run directory.  [default: runs/NAME]")
    ] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Number of threads.")] = None,
    device: Annotated[
        str | None,
        typer.Option(
            help="Where to train: cpu, cuda, cuda:N or mps.  [default: cpu]", autocompletion=devices
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, as in metrics.json.")
    ] = False,
) -> None:
    """Train one model, and write weights, scores and figures to a run directory.

    The same command resumes an interrupted run. For a finished run it prints
    the scores.

    Example: archsearch train specs/acml-nine-layer.yaml --data photos --epochs 5
    """
    from archsearch.data import is_gray

    named = {"epochs": epochs, "batch_size": batch_size, "lr": lr, "seed": seed}
    settings, values = _settings(
        set or [],
        {
            "train": named,
            "data": {"source": data and absolute_source(data), "limit": limit},
            "task": {"name": task},
        },
    )
    model = load(spec)
    if model.follows_pictures(settings.task, values) and is_gray(settings.data):
        values[INPUT_CHANNELS] = 1
    plan = _required(model.resolve(settings.task, values=values))
    check_task(settings.task, settings.train, plan.input.height, plan.input.width)
    folder = out or Path("runs") / _folder_name(plan.name)
    result = _run(plan, settings, folder, threads, chosen_device(device))
    if json:
        from archsearch.records.run_files import METRICS_FILE

        print_json(loads((folder / METRICS_FILE).read_bytes()))
    else:
        print_lines(_summary(plan, settings, result, folder))


def _settings(
    assignments: list[str], options: Mapping[str, Mapping[str, object]]
) -> tuple[RunSettings, dict[str, Raw]]:
    """Defaults with those of files, then ``--set``, then the options of their own."""
    heads, values = split_assignments(parse_assignment(text) for text in assignments)
    settings = default_settings()
    sections: dict[str, object] = {}
    for head, named in options.items():
        given = {key: value for key, value in named.items() if value is not None}
        changes = {**heads[head], **given}
        if head == "task":
            sections[head] = changed_task(settings.task, changes)
        else:
            sections[head] = changed(getattr(settings, head), head, changes)
    return settings.model_copy(update=sections), values


def _required(resolution: Resolution) -> ModelPlan:
    """The plan; warnings go to stderr."""
    if resolution.plan is None:
        raise DiagnosticsError(resolution.diagnostics)
    if resolution.diagnostics:
        print_diagnostics(resolution.diagnostics, "stderr")
        to_stderr("")
    return resolution.plan


def _run(
    plan: ModelPlan,
    settings: RunSettings,
    folder: Path,
    threads: int | None,
    device: str,
) -> RunResult:
    from archsearch.data import load_pictures
    from archsearch.train import check_device, check_precision, engine_for, keep_memory, train_run

    keep_memory()
    check_device(device)
    check_precision(settings.train.precision, device)
    engine_for(plan, settings, device)  # before pictures are fetched, and anything is written
    size = plan.input
    with step_bar(f"loading {settings.data.source}") as report:
        pictures = load_pictures(
            settings.data,
            height=size.height,
            width=size.width,
            channels=pictures_of(plan, settings.task),
            progress=report,
            color_task=settings.task.name if needs_rgb(settings.task) else None,
        )
    to_stderr_folded(pictures_line(pictures))
    try:
        with training_progress(f"training {plan.name}", settings.train.epochs) as (lines, on_step):
            result = train_run(
                plan,
                settings,
                pictures,
                folder,
                threads=threads,
                device=device,
                on_epoch=lines,
                on_step=on_step,
                on_note=lines.note,
            )
    except KeyboardInterrupt:
        to_stderr("stopped; the same command resumes after the last finished epoch")
        raise
    if lines.done and stopped_line(result):
        to_stderr_folded(stopped_line(result))
    if lines.done == 0:
        to_stderr(f"{folder} already has this run, and it is finished")
    return result


def _folder_name(name: str) -> str:
    """The spec's name, without characters that would lead to another folder."""
    return re.sub(r"[^\w.+-]+", "-", name).strip(".-") or "run"


def _summary(plan: ModelPlan, settings: RunSettings, result: RunResult, folder: Path) -> list[str]:
    from archsearch.records import epochs_told
    from archsearch.report.outcome import outcome

    lines = [*_errors(plan, result), *_metrics(result), *_colors(result)]
    told = outcome(result, settings.train.batch_size)
    lines += [line for sentence in told for line in ("", *wrap(sentence, WIDTH))]
    where = f"{result.environment.device}, {count(result.environment.threads, 'thread')}"
    return [
        *lines,
        "",
        f"{plan.name}: {result.task}, seed {result.seed}, {epochs_told(result)} on "
        f"{count(result.splits['train'], 'picture')}",
        f"{result.images_per_s:,.0f} pictures/s in training steps, "
        f"{result.seconds:.1f} s in all ({where})",
        *wrap(_engine(result.environment), WIDTH),
        f"run directory: {folder}",
    ]


def _engine(environment: Environment) -> str:
    """Who trained, and where it was torch, why."""
    if environment.engine == "native":
        return "trained by the native engine"
    reason = environment.engine_reason
    return "trained by torch" + (f", because {reason}" if reason else "")


def _errors(plan: ModelPlan, result: RunResult) -> list[str]:
    """The net's errors over those of its baselines."""
    latent = plan.latent
    sizes = {
        "latent.size": f"{latent.size:,} numbers",
        "bottleneck.size": f"{plan.bottleneck.size:,} numbers",
        "latent.shape": f"{latent.channels}×{latent.height}×{latent.width}",
    }
    lines = [
        f"{'test split':<32}{'MSE':>10}{'PSNR':>10}{'SSIM':>8}",
        _row("this net", result.test.mse, result.test.ssim),
    ]
    for baseline, errors in result.baselines.known():
        if errors.test is not None:
            lines.append(_row(baseline.titled(sizes), errors.test, None))
    return lines


def _metrics(result: RunResult) -> list[str]:
    """What ``train.metrics`` asked for."""
    named = result.val.metrics
    if not named:
        return []
    lines = ["", f"{'metrics':<26}{'validation':>12}{'test':>12}"]
    for name in named:
        label, unit = (METRICS[name].label, METRICS[name].unit) if name in METRICS else (name, "")
        values = (result.val.value(name), result.test.value(name))
        told = "".join(f"{'' if value is None else f'{value:.4g}':>12}" for value in values)
        lines.append(f"{label:<26}{told} {unit}".rstrip())
    return lines


def _colors(result: RunResult) -> list[str]:
    """The net's colors over those of its baselines, and its clipped share."""
    known = ((baseline.label, errors.color) for baseline, errors in result.baselines.known())
    rows = [("this net", result.test.color), *known]
    found = [(label, color) for label, color in rows if color is not None]
    if not found:
        return []
    head = ("chroma MSE", "saturation", "ΔE 2000", "within 2", "within 5")
    lines = ["", f"{'colors':<16}" + "".join(f"{word:>12}" for word in head)]
    lines += [_color_row(label, color) for label, color in found]
    clipped = result.test.color.clipped if result.test.color else None
    if clipped is not None:
        lines.append(f"{clipped:.2%} of the merged values were outside [0, 1] and were clipped")
    return lines


def _color_row(label: str, color: ColorScores) -> str:
    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.1%}"

    delta = "" if color.delta_e is None else f"{color.delta_e:.2f}"
    shown = (
        f"{color.chroma_mse:.5f}",
        share(color.desaturation),
        delta,
        share(color.accuracy_2),
        share(color.accuracy_5),
    )
    return (f"{label:<16}" + "".join(f"{value:>12}" for value in shown)).rstrip()


def _row(label: str, mse: float, ssim: float | None) -> str:
    """One line of the table; an error under the floor is rounding, not a measurement."""
    shown = f"{mse:.5f}" if mse >= 0.0001 else f"{mse:.1e}" if mse >= FLOOR else f"< {FLOOR:.0e}"
    psnr = f"{-10 * math.log10(mse):.2f} dB" if mse >= FLOOR else ""
    similarity = "" if ssim is None else f"{ssim:.3f}"
    return f"{label:<32}{shown:>10}{psnr:>10}{similarity:>8}".rstrip()
