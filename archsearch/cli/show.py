"""``archsearch show``: the layer table with the formula filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.completions import tasks
from archsearch.cli.output import print_diagnostics, print_json, print_lines
from archsearch.cli.tables import compiled_json, compiled_table, plan_json, plan_table
from archsearch.config import RunSettings, load, parse_assignment, read_task
from archsearch.spec import DiagnosticsError, ModelPlan
from archsearch.streams import terminal_width, to_stderr

if TYPE_CHECKING:
    from archsearch.nn import Applied
    from archsearch.train import EngineChoice

__all__ = ["show"]


def show(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="A spec file.")],
    set: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Set a param or a field of a layer: width=16, encoder[0].conv.channels=8.",
        ),
    ] = None,
    task: Annotated[
        str,
        typer.Option(help="Task, which sets channels that are `auto`.", autocompletion=tasks),
    ] = "reconstruct",
    compiled: Annotated[
        bool,
        typer.Option(
            "--compiled", help="Also say which engine trains it, and what torch rewrites."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print every layer with its size by formula, then the latent and the costs.

    Example: archsearch show specs/acml-nine-layer.yaml
    """
    values = dict(parse_assignment(text) for text in set or [])
    resolution = load(spec).resolve(task, values=values)
    if resolution.plan is None:
        raise DiagnosticsError(resolution.diagnostics)
    plan = resolution.plan
    found = _compiled(plan, task) if compiled else None
    if json:
        print_json(plan_json(plan) | (compiled_json(plan, *found) if found else {}))
        return
    print_lines(plan_table(plan, terminal_width()))
    if found:
        print_lines(["", *compiled_table(plan, *found)])
    if resolution.diagnostics:
        to_stderr("")
        print_diagnostics(resolution.diagnostics, "stderr")


def _compiled(plan: ModelPlan, task: str) -> tuple[EngineChoice, tuple[Applied, ...]]:
    """Who trains the plan here with default settings, and what torch's path rewrites."""
    from archsearch.nn import compiled  # needs torch, so only when asked for
    from archsearch.train import engine_for

    return engine_for(plan, RunSettings(task=read_task(task))), compiled(plan, seed=0).applied
