"""``archsearch encode``: the latent codes of your own pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.defaults import chosen_device
from archsearch.cli.output import print_json, print_lines
from archsearch.interactive.progress import step_bar
from archsearch.printable import count

if TYPE_CHECKING:
    from archsearch.apply import EncodedPicture, EncodedRun

__all__ = ["encode"]


def encode(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.")],
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURE", help="Picture files, of any size.")
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="FILE", help="A .npy file (an array) or a .csv file (a row a code)."),
    ] = Path("codes.npy"),
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing file.")
    ] = False,
    device: Annotated[
        str | None, typer.Option(help="Where to compute: cpu, cuda, cuda:N or mps.  [default: cpu]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write the latent codes of pictures to a file.

    A picture of the net's input size has one code. Pictures are not scaled: a
    larger one is cut into tiles side by side, each with its code, and beyond
    its border it is mirrored. If a picture can't be read, the others are still
    processed.

    Example: archsearch encode runs/unet holiday.jpg --out codes.csv
    """
    from archsearch.apply import encode_run
    from archsearch.train import check_device

    where = chosen_device(device)
    check_device(where)
    done = encode_run(
        run,
        pictures,
        out=out,
        overwrite=overwrite,
        device=where,
        watch=lambda picture: step_bar(picture.name),
    )
    if json:
        print_json(_as_json(done))
    elif done.encoded:
        print_lines(_lines(done))
    done.require()


def _placed(done: EncodedRun) -> Iterator[tuple[int, EncodedPicture]]:
    """Each picture with the place of its first code in the file, from 0."""
    first = 0
    for picture in done.encoded:
        yield first, picture
        first += len(picture.codes)


def _lines(done: EncodedRun) -> Iterator[str]:
    for first, picture in _placed(done):
        last = first + len(picture.codes) - 1
        rows = f"row {first}" if first == last else f"rows {first} to {last}"
        yield f"{picture.picture} ({picture.width}×{picture.height}): {rows}"
    codes = done.codes
    shape = "×".join(map(str, codes.shape[1:]))
    yield f"{done.out}: {count(len(codes), 'code')} of {shape}"


def _as_json(done: EncodedRun) -> dict[str, object]:
    return {
        "run": done.run,
        "task": done.task,
        "out": str(done.out) if done.encoded else None,
        "shape": list(done.codes.shape) if done.encoded else None,
        "encoded": [
            {
                "picture": str(picture.picture),
                "width": picture.width,
                "height": picture.height,
                "first": first,
                "codes": len(picture.codes),
            }
            for first, picture in _placed(done)
        ],
        "failed": [
            {"picture": str(one.picture), "what": one.error.what, "help": one.error.help}
            for one in done.failed
        ],
    }
