"""``archsearch export``: a trained net for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from archsearch.cli.output import print_json, print_lines

__all__ = ["export"]


class ExportFormat(StrEnum):
    """What a net can be exported to."""

    ONNX = "onnx"
    TORCH = "torch"
    PYTHON = "python"
    SPEC = "spec"


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a finished run.")],
    to: Annotated[ExportFormat, typer.Option("--to", help="Format of the export.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the files.  [default: RUN/export]")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files that are there.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write a trained net for other programs, and print the path.

    onnx: model.onnx, for any number of pictures, compared with torch in ONNX
    Runtime. It needs pip install 'archsearch[onnx]'.

    torch: state_dict.safetensors, the weights as archsearch.build names them.

    python: model.py, plain PyTorch to read and change, with its weights beside it.

    spec: spec.yaml, numbers in place of params; defaults are left out.

    Each says what the net is fed and what it gives.

    Example: archsearch export runs/unet --to onnx
    """
    from archsearch.export import export_run

    done = export_run(run, to.value, out=out, overwrite=overwrite)
    if json:
        paths = [str(path) for path in done.paths]
        print_json({"run": done.run, "format": done.format, "paths": paths})
    else:
        print_lines(map(str, done.paths))
