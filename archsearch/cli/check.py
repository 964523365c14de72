"""``archsearch check``: validate specs and studies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archsearch.cli.completions import tasks
from archsearch.cli.output import print_diagnostics, print_rendered
from archsearch.config.checking import check_files
from archsearch.spec.render import RENDERERS, summary
from archsearch.streams import to_stderr

if TYPE_CHECKING:
    from archsearch.config import StudyFile
    from archsearch.config.checking import Exclusion

__all__ = ["check"]


Format = Literal["pretty", "concise", "json", "github", "sarif"]


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Spec or study files, or folders; `-` reads one."),
    ],
    format: Annotated[Format, typer.Option(help="Output format.")] = "pretty",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    task: Annotated[
        str,
        typer.Option(help="Task, which sets channels that are `auto`.", autocompletion=tasks),
    ] = "reconstruct",
) -> None:
    """Report all mistakes in specs and studies, with line and column.

    Example: archsearch check specs studies
    """
    checked = check_files(paths, task=task, excluding=_excluding)
    found = [item.as_error() if strict else item for item in checked.diagnostics]
    chosen = "json" if json else format
    if chosen == "pretty":
        print_diagnostics(found, "stdout")
        to_stderr(*[""] * bool(found), summary(found, len(checked.files)))
    else:
        print_rendered(RENDERERS[chosen](found))
    if any(item.severity == "error" for item in found):
        raise typer.Exit(2)


def _excluding(study: StudyFile) -> Sequence[Exclusion]:
    from archsearch.space.satisfiable import exclusions  # for studies alone: it takes a while

    return exclusions(study)
