"""The command line: every command in one place, errors turned into exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from archsearch import __version__
from archsearch.cli.apply import apply
from archsearch.cli.check import check
from archsearch.cli.data import app as data_app
from archsearch.cli.explain import explain
from archsearch.cli.output import color_on, terminal_width, to_stderr
from archsearch.cli.report import report
from archsearch.cli.schema import schema
from archsearch.cli.show import show
from archsearch.cli.space import space
from archsearch.cli.study import app as study_app
from archsearch.cli.train import train
from archsearch.errors import ArchsearchError
from archsearch.spec import DiagnosticsError
from archsearch.spec.render import pretty

__all__ = ["app", "main"]

INTERRUPTED = 130

app = typer.Typer(
    name="archsearch",
    help="Search architectures of convolutional autoencoders, declared in YAML.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help: the same in a pipe, a golden file and a terminal
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"archsearch {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    """Search architectures of convolutional autoencoders, declared in YAML."""


app.command("check", short_help="Find every problem in specs and studies.")(check)
app.command("schema", short_help="Print the JSON Schema of specs or studies.")(schema)
app.command("show", short_help="Print a spec's layers with the size formula filled in.")(show)
app.command("explain", short_help="Say what a diagnostic's code means.")(explain)
app.command("space", short_help="Tell what a study's space holds, before any training.")(space)
app.command("train", short_help="Train one net into a run directory.")(train)
app.command("report", short_help="Write the report of a study or of trained runs.")(report)
app.command("apply", short_help="Put pictures of any size through a trained net.")(apply)
app.add_typer(
    study_app, name="study", short_help="Run studies, see where they stand, take the best."
)
app.add_typer(data_app, name="data", short_help="List and prepare sources of pictures.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Exit codes: 0 done, 1 failed, 2 wrong input, 3 no trial completed, 130
    interrupted. ``--debug`` may stand anywhere.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        app(args=[word for word in given if word != "--debug"], prog_name="archsearch")
    except ArchsearchError as error:
        if debug:
            raise
        _report(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        to_stderr(_unexpected(error))
        sys.exit(1)


def _report(error: ArchsearchError) -> None:
    if isinstance(error, DiagnosticsError):
        shown = pretty(error.diagnostics, color=color_on(sys.stderr), width=terminal_width())
        to_stderr(shown)
    else:
        to_stderr(f"error: {error}")


def _unexpected(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"error: unexpected {type(error).__name__}: {error}\n"
        f"  at {last.name}, line {last.lineno} of {last.filename}\n"
        "  help: this is a fault of archsearch; run again with --debug for the whole story"
    )
