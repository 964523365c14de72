"""`archsearch data`: which sources there are, and preparing one for training."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.output import print_json, print_text
from archsearch.errors import InputError

if TYPE_CHECKING:
    from archsearch.data import PreparedSource, Progress, SourceInfo

__all__ = ["app"]

app = typer.Typer(
    help="Sources of pictures, and the cache they are kept in.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help, as everywhere
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
SizeOption = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="HxW",
        help="Pixels of the net's input, as 32x32. Default: the set's own size, else 32x32.",
    ),
]


@app.command("list")
def list_command(as_json: JsonOption = False) -> None:
    """List the sources, and what the cache already holds of them.

    Example: archsearch data list
    """
    from archsearch.data import list_sources

    sources = list_sources()
    if as_json:
        print_json(_listed(sources))
    else:
        _print_table(sources)


@app.command("prepare")
def prepare_command(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="photos, cifar10, folder:PATH, …")
    ],
    size: SizeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Download and decode a source into the cache, so that trainings start at once.

    Example: archsearch data prepare photos --size 32x32
    """
    from archsearch.data import native_size, prepare_source

    height, width = native_size(source) if size is None else parse_size(size)
    with _progress_bar(source) as progress:
        prepared = prepare_source(source, height=height, width=width, progress=progress)
    if as_json:
        print_json(_prepared(prepared))
    else:
        _print_prepared(prepared)


def parse_size(text: str) -> tuple[int, int]:
    """Height and width from `HxW`, or from `N` for N×N.

    Raises:
        InputError: it is neither, or not within 1 … 4096.

    Example:
        >>> parse_size("32x48")
        (32, 48)
    """
    match = re.fullmatch(r"(\d{1,4})(?:[x×](\d{1,4}))?", text.strip(), re.ASCII)
    sides = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not all(1 <= side <= 4096 for side in sides):
        raise InputError(
            f"--size {text!r} is no size",
            help="give height and width in pixels, 1 to 4096 each, as 32x32.",
        )
    return sides


def _listed(sources: tuple[SourceInfo, ...]) -> dict[str, object]:
    return {
        "sources": [
            {
                "name": each.name,
                "what": each.what,
                "pictures": each.pictures,
                "cached": [list(size) for size in each.cached],
            }
            for each in sources
        ],
    }


def _prepared(prepared: PreparedSource) -> dict[str, object]:
    record = prepared.record
    return {
        "source": record.source,
        "pictures": record.pictures,
        "channels": record.channels,
        "height": record.height,
        "width": record.width,
        "classes": record.classes,
        "note": record.note,
        "path": str(prepared.folder),
    }


def _print_table(sources: tuple[SourceInfo, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("source", "what", box=None, pad_edge=False)
    table.add_column("pictures", justify="right")
    table.add_column("cached")
    for each in sources:
        count = "" if each.pictures is None else f"{each.pictures:,}"
        sizes = ", ".join(f"{height}x{width}" for height, width in each.cached)
        table.add_row(each.name, each.what, count, sizes)
    Console(markup=False, highlight=False).print(table)


def _print_prepared(prepared: PreparedSource) -> None:
    record = prepared.record
    shape = f"{record.channels}×{record.height}×{record.width}"
    print_text(f"{record.source}: {record.pictures:,} pictures of {shape}")
    if record.classes:
        print_text(f"classes: {', '.join(record.classes)}")
    if record.note:
        print_text(f"note: {record.note}")
    print_text(f"cached in {prepared.folder}")


@contextmanager
def _progress_bar(label: str) -> Iterator[Progress]:
    """A bar on stderr while it is a terminal; silence otherwise."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        yield report
