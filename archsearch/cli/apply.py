"""``archsearch apply``: a trained net on your own pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.defaults import chosen_device
from archsearch.cli.output import print_json, print_lines
from archsearch.interactive.progress import step_bar

if TYPE_CHECKING:
    from archsearch.apply import AppliedRun, Written

__all__ = ["apply"]


def apply(  # noqa: PLR0917 - one argument an option
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.")],
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURE", help="Picture files, of any size.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write DIR/NAME.png.  [default: NAME-TASK.png beside each picture]",
        ),
    ] = None,
    side_by_side: Annotated[
        bool,
        typer.Option("--side-by-side", help="Also write a picture with original and result."),
    ] = False,
    mask: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="For inpaint: a picture that is white in the area to fill.  [default: the fully "
            "transparent area]",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace existing results.")
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(help="Where to compute: cpu, cuda, cuda:N or mps.  [default: cpu]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run a trained net on pictures of any size, and write PNGs.

    The net processes overlapping tiles of its own size, which are blended.
    Pictures are not scaled. If a picture can't be read, the others are still
    processed.

    Example: archsearch apply runs/unet holiday.jpg --out colored
    """
    from archsearch.apply import apply_run
    from archsearch.train import check_device

    where = chosen_device(device)
    check_device(where)
    done = apply_run(
        run,
        pictures,
        out=out,
        side_by_side=side_by_side,
        mask=mask,
        overwrite=overwrite,
        device=where,
        watch=lambda picture: step_bar(picture.name),
    )
    if json:
        print_json(_as_json(done))
    elif done.written:
        print_lines(map(_line, done.written))
    done.require()


def _line(written: Written) -> str:
    also = f", {written.side_by_side}" if written.side_by_side else ""
    return f"{written.picture} ({written.width}×{written.height}) → {written.result}{also}"


def _as_json(done: AppliedRun) -> dict[str, object]:
    return {
        "run": done.run,
        "task": done.task,
        "written": [
            {
                "picture": str(one.picture),
                "result": str(one.result),
                "side_by_side": str(one.side_by_side) if one.side_by_side else None,
                "width": one.width,
                "height": one.height,
                "tiles": one.tiles,
            }
            for one in done.written
        ],
        "failed": [
            {"picture": str(one.picture), "what": one.error.what, "help": one.error.help}
            for one in done.failed
        ],
    }
