"""The command line: every command in one place, errors turned into exit codes."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from archsearch import __version__
from archsearch.cli.apply import apply
from archsearch.cli.check import check
from archsearch.cli.config import config
from archsearch.cli.data import app as data_app
from archsearch.cli.doctor import doctor
from archsearch.cli.encode import encode
from archsearch.cli.error_lines import error_lines
from archsearch.cli.explain import explain
from archsearch.cli.export import export
from archsearch.cli.import_net import import_net
from archsearch.cli.init import init
from archsearch.cli.lost_interrupts import interrupts_come_again
from archsearch.cli.output import print_diagnostics, print_lines, set_up_output
from archsearch.cli.report import report
from archsearch.cli.schema import schema
from archsearch.cli.show import show
from archsearch.cli.space import space
from archsearch.cli.study import app as study_app
from archsearch.cli.train import train
from archsearch.spec import DiagnosticsError
from archsearch.streams import silence_stdout, to_stderr

__all__ = ["app", "main"]

INTERRUPTED = 130

COLLECT_AFTER = 50_000
"""New objects until cycles among them are looked for: imports make many, and none are garbage."""

app = typer.Typer(
    name="archsearch",
    help="Architecture search for convolutional autoencoders that are declared in YAML.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: the same in a pipe, a golden file and a terminal
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print_lines([f"archsearch {__version__}"])
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Architecture search for convolutional autoencoders that are declared in YAML."""


app.command("init", short_help="Start a project from a template.")(init)
app.command("check", short_help="Report all mistakes in specs and studies.")(check)
app.command("schema", short_help="Print the JSON Schema of specs or studies.")(schema)
app.command("show", short_help="Print a spec's layers with their sizes by formula.")(show)
app.command("explain", short_help="Explain an error or a warning by its code.")(explain)
app.command("space", short_help="Describe a study's search space, before any training.")(space)
app.command("train", short_help="Train one model and write a run directory.")(train)
app.command("report", short_help="Write an HTML report of a study or of runs.")(report)
app.command("apply", short_help="Run a trained net on pictures of any size.")(apply)
app.command("encode", short_help="Write the latent codes of pictures.")(encode)
app.command("export", short_help="Write a trained net for other programs.")(export)
app.command("import", short_help="Make a spec and a run of a PyTorch net.")(import_net)
app.command("doctor", short_help="Check this machine, and tell how to mend it.")(doctor)
app.command("config", short_help="Print defaults, and where each comes from.")(config)
app.add_typer(
    study_app, name="study", short_help="Run studies, show their status, export the best model."
)
app.add_typer(data_app, name="data", short_help="List and prepare picture sources.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Exit codes: 0 done, 1 failed, 2 wrong input, 3 no trial completed, 130
    interrupted. ``--debug`` may be anywhere.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:  # this process is ours
        gc.set_threshold(COLLECT_AFTER)
        atexit.register(gc.freeze)  # or the interpreter looks at all of torch once more: 0.8 s
    set_up_output()
    try:
        words = [word for word in given if word != "--debug"]
        with interrupts_come_again():
            sys.exit(app(args=words, prog_name="archsearch", standalone_mode=False) or 0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        silence_stdout()
        sys.exit(1)
    except Exception as error:
        sys.exit(_report(error, given))


def _report(error: Exception, given: Sequence[str]) -> int:
    """Print an error; return the exit code."""
    debug = "--debug" in given
    if isinstance(error, DiagnosticsError) and not debug:
        print_diagnostics(error.diagnostics, "stderr")
        return error.exit_code
    lines, code = error_lines(error, given, debug=debug)
    to_stderr(*lines)
    return code
