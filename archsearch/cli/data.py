"""`archsearch data`: which sources there are, and preparing one for training."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.completions import sources
from archsearch.cli.output import print_folded, print_json, print_lines
from archsearch.errors import InputError
from archsearch.interactive.progress import step_bar

if TYPE_CHECKING:
    from archsearch.data import PreparedSource, SourceInfo

__all__ = ["app"]

app = typer.Typer(
    help="List and prepare picture sources.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help, as everywhere
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
SizeOption = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="HxW",
        help="Size of the net's input, such as 32x32.  [default: the source's size, else 32x32]",
    ),
]


@app.command("list")
def list_command(as_json: JsonOption = False) -> None:
    """List the picture sources, and the sizes that are in the cache.

    Example: archsearch data list
    """
    from archsearch.data import list_sources

    sources = list_sources()
    if as_json:
        print_json(_listed(sources))
    else:
        print_folded(_table(sources))


@app.command("prepare")
def prepare_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE", help="photos, cifar10, folder:PATH, …", autocompletion=sources
        ),
    ],
    size: SizeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Download and decode a source into the cache.

    Trainings with this source then start at once.

    Example: archsearch data prepare photos --size 32x32
    """
    from archsearch.data import native_size, prepare_source

    height, width = native_size(source) if size is None else parse_size(size)
    with step_bar(source) as progress:
        prepared = prepare_source(source, height=height, width=width, progress=progress)
    if as_json:
        print_json(_prepared(prepared))
    else:
        print_lines(_prepared_lines(prepared))


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
            f"--size {text!r} is not a size",
            help="give height and width in pixels, 1 to 4096 each, such as 32x32",
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


def _table(sources: tuple[SourceInfo, ...]) -> Iterator[str]:
    rows = [("source", "what", "pictures", "cached"), *map(_row, sources)]
    source, what, pictures, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for row in rows:
        yield f"{row[0]:{source}}  {row[1]:{what}}  {row[2]:>{pictures}}  {row[3]}".rstrip()


def _row(each: SourceInfo) -> tuple[str, str, str, str]:
    pictures = "" if each.pictures is None else f"{each.pictures:,}"
    cached = ", ".join(f"{height}x{width}" for height, width in each.cached)
    return each.name, each.what, pictures, cached


def _prepared_lines(prepared: PreparedSource) -> Iterator[str]:
    record = prepared.record
    shape = f"{record.channels}×{record.height}×{record.width}"
    yield f"{record.source}: {record.pictures:,} pictures of {shape}"
    if record.classes:
        yield f"classes: {', '.join(record.classes)}"
    if record.note:
        yield f"note: {record.note}"
    yield f"cached in {prepared.folder}"
