"""``archsearch import``: a net of plain PyTorch as a spec, and as a run."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.completions import sources, tasks
from archsearch.cli.output import print_json, print_lines
from archsearch.config import DataSettings, absolute_source
from archsearch.config.overrides import changed
from archsearch.errors import InputError
from archsearch.files import write_text
from archsearch.interactive.progress import step_bar
from archsearch.streams import to_stderr

if TYPE_CHECKING:
    from archsearch.importing import ImportedNet
    from archsearch.records import RunResult

__all__ = ["import_net"]

WIDTH = 80


def import_net(  # noqa: PLR0913, PLR0917 - one argument an option
    module: Annotated[
        str,
        typer.Argument(
            metavar="FILE.py:NAME",
            help="A torch.nn.Module in a Python file, or a class or function without arguments "
            "that gives one. The code of the file is run.",
        ),
    ],
    input: Annotated[
        str, typer.Option("--input", metavar="CxHxW", help="Shape of one picture: 3x32x32.")
    ],
    weights: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Weights for the module, as .safetensors."),
    ] = None,
    latent: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The module inside that gives the latent.  [default: encoder, or the method "
            "encode, or the smallest tensor]",
        ),
    ] = None,
    task: Annotated[
        str | None,
        typer.Option(
            help="What the net does.  [default: told by its channels]", autocompletion=tasks
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            help="Pictures to measure it on.  [default: photos, 500 of them]",
            autocompletion=sources,
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Use only N pictures.")] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            help="Numbers that the net was trained on: unit, signed or standardize.  "
            "[default: unit]"
        ),
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the spec there, and no run.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Run directory.  [default: runs/NAME]")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make a spec and a run of a net that is written in plain PyTorch.

    This runs the code of FILE, as `python FILE` does: name only files that you
    trust. No other command runs code of a file that it is given.

    The module runs on random pictures, and what it does is written as layers.
    The net that is made of them gets its weights, and must give the same
    outputs. Layers that a spec has no words for are named, and nothing is
    written. apply, encode, export and report take the run.

    Example: archsearch import net.py:Autoencoder --input 3x32x32
    """
    size, pictures = _shape(input), _data(data, limit, scale)
    from archsearch.importing import from_torch, load_weights_file, module_from_file, save_run

    made = module_from_file(module)
    if weights is not None:
        load_weights_file(made, weights)
    name = _name(module)
    net = from_torch(made, size, name=name, latent=latent, task=task, origin=module)
    notes = _notes(net, pictures)
    for note in notes:
        to_stderr(f"note: {note}")
    if spec is not None:
        _write_spec(spec, net)
        _tell(net, notes, None, spec, json=json)
        return
    folder = out or Path("runs") / name
    with step_bar(f"loading {pictures.source}") as report:
        result = save_run(net, folder, data=pictures, progress=report)
    _tell(net, notes, result, folder, json=json)


def _shape(text: str) -> tuple[int, int, int]:
    found = re.fullmatch(r"(\d+)[x×,](\d+)[x×,](\d+)", text.strip())
    if found is None:
        raise InputError(
            f"--input {text} is no shape", help="write channels, height and width: 3x32x32"
        )
    channels, height, width = map(int, found.groups())
    return channels, height, width


def _data(source: str | None, limit: int | None, scale: str | None) -> DataSettings:
    """Which pictures; where none are named, the built-in ones."""
    from archsearch.importing import DATA

    given = {"source": source and absolute_source(source), "limit": limit, "scale": scale}
    named = {key: value for key, value in given.items() if value is not None}
    return changed(DataSettings() if source else DATA, "data", named)


def _name(target: str) -> str:
    """The spec's name: that of the file, where it says more than that of the module."""
    file, _, name = target.rpartition(":")
    return name if name not in {"load", "model", "net"} else Path(file).stem


def _notes(net: ImportedNet, data: DataSettings) -> list[str]:
    notes = [*net.notes]
    if net.plan.output_activation == "tanh" and not data.signed:
        notes.append(
            "it ends in tanh; if it was trained on pictures in [−1, 1], add --scale signed"
        )
    return notes


def _write_spec(path: Path, net: ImportedNet) -> None:
    if path.exists() and path.read_text(encoding="utf-8", errors="replace") != net.text:
        raise InputError(f"{path} exists already", help="name another file with --spec")
    write_text(path, net.text)


def _tell(
    net: ImportedNet, notes: list[str], result: RunResult | None, path: Path, *, json: bool
) -> None:
    """Where it is, and how good."""
    plan = net.plan
    if json:
        mse = None if result is None else result.test.mse
        told = {"name": plan.name, "origin": net.origin, "task": net.task.name, "test_mse": mse}
        print_json({**told, "params": plan.params, "notes": notes, "path": str(path)})
        return
    lines = [
        f"{plan.name}: {len(plan.layers)} layers, {plan.params:,} parameters, latent of "
        f"{plan.latent.size:,} numbers; outputs are those of {net.origin}",
    ]
    from archsearch.report.outcome import outcome

    if result is None:
        lines.append(f"spec: {path}")
    else:
        lines.append(
            f"{net.task.name}, MSE {result.test.mse:.5f} on {result.splits['test']} "
            "test pictures; nothing was trained"
        )
        lines.append(f"run directory: {path}, its spec: {path / 'spec.yaml'}")
        lines += [line for told in outcome(result, 1) for line in ("", *wrap(told, WIDTH))]
    print_lines(lines)
