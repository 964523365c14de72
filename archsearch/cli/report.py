"""``archsearch report``: what a study found, or runs and studies side by side, as one page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.defaults import chosen_storage
from archsearch.cli.output import print_json, print_lines
from archsearch.cli.study_files import Storage, study_name
from archsearch.errors import InputError, NothingCompletedError
from archsearch.streams import to_stderr

if TYPE_CHECKING:
    from archsearch.report import ReportFiles

__all__ = ["report"]


def report(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="STUDY|RUN",
            help="A study file, the name of a study in the storage, or run directories.",
        ),
    ],
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare several studies on one page.")
    ] = False,
    storage: Storage = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the report.  [default: reports/NAME]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    browse: Annotated[
        bool, typer.Option("--open", help="Open the page in the browser, too.")
    ] = False,
) -> None:
    """Write a report: one page, index.html, that needs nothing else.

    It describes one study, several studies (with --compare), or trained runs
    (given by their directories). It trains nothing. A study that is still
    running is reported with its trials so far. If no trial is complete, the
    page says so and the exit code is 3.

    Beside the page lie report.md (the same as Markdown), figures/ (PNG and
    SVG), trials.csv (of runs: runs.csv), epochs.csv and summary.json.

    Example: archsearch report studies/quickstart.yaml
    """
    if all(map(_is_run, names)) and not compare:
        written = _runs(names, out)
    elif compare:
        written = _comparison(names, chosen_storage(storage), out)
    else:
        written = _study(names, chosen_storage(storage), out)
    if json:
        print_json(written.summary | {"index": str(written.index)})
    else:
        print_lines(line for part in written.answer[:2] for line in (part, ""))
        print_lines([str(written.index)])
    if browse:
        _open(written.index)
    if written.complete == 0:
        raise NothingCompletedError(
            f"no trial of {', '.join(names)} is complete",
            help="the page is written and lists the state of each trial; `archsearch study status` "
            "shows if trials are still running or waiting",
        )


def _study(names: list[str], storage: str, out: Path | None) -> ReportFiles:
    from archsearch.records import load_study
    from archsearch.report import write_report

    if len(names) > 1:
        raise InputError(
            f"{len(names)} names: {', '.join(names)}",
            help="name one study, several studies with --compare, or run directories",
        )
    record = load_study(storage, _name(names[0]))
    return write_report(record, out or Path("reports") / _folder(record.name))


def _comparison(names: list[str], storage: str, out: Path | None) -> ReportFiles:
    from archsearch.records import load_study
    from archsearch.report import write_comparison

    if len(set(names)) < 2:
        raise InputError(
            f"--compare needs several studies, and only {names[0]} is named",
            help="name two or more studies",
        )
    records = [load_study(storage, _name(name)) for name in dict.fromkeys(names)]
    folder = _folder("-".join(record.name for record in records))
    return write_comparison(records, out or Path("reports") / folder)


def _runs(names: list[str], out: Path | None) -> ReportFiles:
    from archsearch.report import write_runs_report

    folders = [Path(name) for name in dict.fromkeys(names)]
    folder = _folder("-".join(path.resolve().name for path in folders))
    return write_runs_report(folders, out or Path("reports") / folder)


def _open(page: Path) -> None:
    """Open the page; where there is no browser, it is told: the page is written all the same."""
    import webbrowser

    try:
        opened = webbrowser.open(page.resolve().as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        to_stderr(f"no browser could be opened; the page is {page}")


def _is_run(name: str) -> bool:
    from archsearch.records.run_files import METRICS_FILE

    return (Path(name) / METRICS_FILE).is_file()


def _name(study: str) -> str:
    if Path(study).is_dir():
        raise InputError(
            f"{study} is a folder without a finished run",
            help="name a study file, a study in the storage, or the directory of a finished run",
        )
    return study_name(study)


def _folder(name: str) -> str:
    """A folder name for a report, whatever the study is called; at most 100 characters."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-")[:100] or "study"
