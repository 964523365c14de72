"""A finished run's net as files for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from safetensors.torch import save
from torch import Tensor

from archsearch import __version__
from archsearch.arguments import as_path
from archsearch.errors import InputError
from archsearch.export.contract import Contract
from archsearch.export.onnx_file import onnx_bytes
from archsearch.export.python_module import python_module
from archsearch.files import write_bytes
from archsearch.nn import Autoencoder
from archsearch.records import RunRecord
from archsearch.spec import to_yaml
from archsearch.spec.text.nearest import did_you_mean
from archsearch.train import load_trained

__all__ = ["FORMATS", "ExportedRun", "Format", "export_run"]

Format = Literal["onnx", "torch", "python", "spec"]

FOLDER = "export"
"""Below the run's, where nothing else is said."""

WEIGHTS_OF_MODULE = "model-weights.safetensors"


@dataclass(frozen=True)
class ExportedRun:
    """What was written: for which program, and where; the first path is the main one."""

    run: str
    format: Format
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class _Trained:
    """What exporters are given."""

    run: RunRecord
    model: Autoencoder
    contract: Contract

    @property
    def metadata(self) -> dict[str, str]:
        """Texts for formats that hold some."""
        return {
            "name": self.run.name,
            "written_by": f"archsearch {__version__}",
            **self.contract.metadata(),
            "spec": to_yaml(self.model.plan),
        }


def export_run(
    folder: str | PathLike[str],
    format: Format,
    *,
    out: str | PathLike[str] | None = None,
    overwrite: bool = False,
) -> ExportedRun:
    """Write the net of a finished run for another program.

    - ``onnx``: ``model.onnx`` for any number of pictures, compared with torch.
    - ``torch``: ``state_dict.safetensors``, weights by the names that ``archsearch.build`` gives.
    - ``python``: ``model.py``, plain PyTorch, with its weights in a file beside it.
    - ``spec``: ``spec.yaml``, with numbers in place of params and expressions.

    What the net is fed and gives is told in each of them.

    Args:
        folder: the run directory.
        format: one of these names.
        out: the folder to write to; by default ``export`` in the run directory.
        overwrite: replace files that are there and have another content.

    Raises:
        InputError: no finished run, no such format, a file that exists, a missing package, or
            layers that the format can't express.
        RunFailedError: ONNX gives other numbers.
        WriteError: a file can't be written.
        ArgumentTypeError: no path where one is needed.

    Example:
        >>> done = export_run("runs/unet", "python")  # doctest: +SKIP
        >>> done.paths[0]  # doctest: +SKIP
        PosixPath('runs/unet/export/model.py')
    """
    place = as_path(folder, "export_run(folder)", help='name a run directory, such as "runs/unet"')
    given = place / FOLDER if out is None else out
    target = as_path(given, "export_run(out)", help="name a folder")
    if format not in FORMATS:
        raise InputError(f"there is no format {format!r}", help=did_you_mean(str(format), FORMATS))
    run, model = load_trained(place)
    contents = FORMATS[format](_Trained(run, model, Contract.of(run, model.plan)))
    paths = {target / name: content for name, content in contents.items()}
    if not overwrite:
        _refuse_others(paths)
    for path, content in paths.items():
        write_bytes(path, content)
    return ExportedRun(run.name, format, tuple(paths))


def _onnx(trained: _Trained) -> dict[str, bytes]:
    return {"model.onnx": onnx_bytes(trained.model, trained.metadata)}


def _torch(trained: _Trained) -> dict[str, bytes]:
    return {"state_dict.safetensors": _weights(trained.model.state_dict(), trained.metadata)}


def _python(trained: _Trained) -> dict[str, bytes]:
    model = trained.model
    module = python_module(model, trained.contract, WEIGHTS_OF_MODULE)
    weights = {module.renamed(name): value for name, value in model.state_dict().items()}
    return {
        "model.py": module.text.encode(),
        WEIGHTS_OF_MODULE: _weights(weights, trained.metadata),
    }


def _spec(trained: _Trained) -> dict[str, bytes]:
    notes = "".join(f"# {line}\n" for line in trained.contract.text.splitlines())
    return {"spec.yaml": (notes + to_yaml(trained.model.plan)).encode()}


def _weights(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file with texts, the same bytes each time: its own writer mixes their order."""
    content = save(dict(tensors), {"format": "pt", **metadata})
    size = int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8 : 8 + size]), sort_keys=True).encode()
    header += b" " * (-len(header) % 8)  # tensors stay aligned
    return len(header).to_bytes(8, "little") + header + content[8 + size :]


FORMATS: Mapping[Format, Callable[[_Trained], dict[str, bytes]]] = MappingProxyType(
    {"onnx": _onnx, "torch": _torch, "python": _python, "spec": _spec}
)
"""Each format with what gives its files."""


def _refuse_others(paths: Mapping[Path, bytes]) -> None:
    others = [path for path, content in paths.items() if _differs(path, content)]
    if others:
        exist = "exists" if len(others) == 1 else "exist"
        raise InputError(
            f"{' and '.join(map(str, others))} {exist} already, with another content",
            help="replace it with --overwrite, or write elsewhere with --out DIR",
        )


def _differs(path: Path, content: bytes) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != content)
