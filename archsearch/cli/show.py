"""``archsearch show``: the layer table with the formula filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.output import (
    print_diagnostics,
    print_json,
    print_lines,
    terminal_width,
    to_stderr,
)
from archsearch.cli.tables import applied_json, applied_table, plan_json, plan_table
from archsearch.config import load, parse_assignment
from archsearch.spec import DiagnosticsError, ModelPlan

if TYPE_CHECKING:
    from archsearch.nn import Applied

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
        str, typer.Option(help="Task, which sets channels that are `auto`.")
    ] = "reconstruct",
    compiled: Annotated[
        bool, typer.Option("--compiled", help="Also list the rewrites that make training faster.")
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
    applied = _applied(resolution.plan) if compiled else ()
    if json:
        more = {"compiled": applied_json(resolution.plan, applied)} if compiled else {}
        print_json(plan_json(resolution.plan) | more)
        return
    print_lines(plan_table(resolution.plan, terminal_width()))
    if compiled:
        print_lines(["", *applied_table(resolution.plan, applied)])
    if resolution.diagnostics:
        to_stderr("")
        print_diagnostics(resolution.diagnostics, "stderr")


def _applied(plan: ModelPlan) -> tuple[Applied, ...]:
    from archsearch.nn import compiled  # needs torch, so only when asked for

    return compiled(plan, seed=0).applied
