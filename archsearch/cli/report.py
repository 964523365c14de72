"""``archsearch report``: what a study found, as one page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from archsearch.cli.output import print_json, print_text
from archsearch.errors import InputError

__all__ = ["report"]


def report(
    study: Annotated[
        str, typer.Argument(help="A study file, or the name of a study in the storage.")
    ],
    storage: Annotated[
        str, typer.Option(metavar="URL", help="Where studies are kept.")
    ] = "sqlite:///runs/studies.db",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write; default reports/STUDY.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Write the report of a study: index.html, trials.csv, summary.json, figures.

    Trains nothing; a study that still runs is reported as far as it is.

    Example: archsearch report studies/quickstart.yaml
    """
    from archsearch.records import load_study
    from archsearch.report import write_report

    record = load_study(storage, _name(study))
    written = write_report(record, out or Path("reports") / _folder(record.name))
    if json:
        print_json(written.summary | {"index": str(written.index)})
        return
    print_text("\n\n".join(written.answer[:2]) + f"\n\n{written.index}")


def _name(study: str) -> str:
    """The study's name; a file is read for it."""
    from archsearch.config import load_study

    path = Path(study)
    if path.is_dir():
        raise InputError(
            f"{study} is a folder",
            help="give a study file, or the name of a study in the storage",
        )
    if path.is_file() or path.suffix in (".yaml", ".yml"):
        return load_study(path).settings.name
    return study


def _folder(name: str) -> str:
    """A folder name for a study's report, whatever the study is called."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "study"
