"""A built model as ONNX, compared with torch before it is written."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import torch

from archsearch.errors import InputError, RunFailedError
from archsearch.nn import Autoencoder

__all__ = ["INPUT", "OUTPUT", "TOLERANCE", "onnx_bytes"]

INPUT, OUTPUT = "images", "output"
"""Names of the two tensors in the file."""

TOLERANCE = 1e-5
"""How far ONNX Runtime may be from torch, relative to the largest output if that is above 1."""

NEEDED = ("onnx", "onnxscript", "onnxruntime")


def onnx_bytes(model: Autoencoder, metadata: Mapping[str, str]) -> bytes:
    """The model as the content of an ONNX file that takes any number of pictures.

    Args:
        model: from ``build``, in eval mode.
        metadata: texts that the file holds.

    Raises:
        InputError: a package of the extra ``onnx`` is missing.
        RunFailedError: ONNX Runtime gives other numbers than torch.
    """
    for name in NEEDED:
        _needed(name)
    with _quiet():
        exported: Any = torch.onnx.export(
            model,
            (_pictures(model, 2),),
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
            verbose=False,
        )
    file = exported.model_proto
    for key, value in metadata.items():
        entry = file.metadata_props.add()
        entry.key, entry.value = key, value
    content: bytes = file.SerializeToString()
    _compare(model, content)
    return content


def _compare(model: Autoencoder, content: bytes) -> None:
    """Run both on one picture and on three."""
    session = import_module("onnxruntime").InferenceSession(
        content, providers=["CPUExecutionProvider"]
    )
    for pictures in (1, 3):
        images_NCHW = _pictures(model, pictures)
        with torch.inference_mode():
            wanted = model(images_NCHW)
        (found,) = session.run([OUTPUT], {INPUT: images_NCHW.numpy()})
        difference = float((torch.from_numpy(found) - wanted).abs().max())
        if not difference <= TOLERANCE * max(1.0, float(wanted.abs().max())):
            raise RunFailedError(
                f"ONNX Runtime gives other numbers than torch, by up to {difference:.2g}; "
                "nothing was written",
                help="update the packages of the extra: pip install -U 'archsearch[onnx]'",
            )


def _pictures(model: Autoencoder, count: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, *model.plan.input.as_tuple(), generator=generator)


def _needed(name: str) -> None:
    try:
        import_module(name)
    except ImportError as error:
        raise InputError(
            f"export to ONNX needs the package {name}: {error}",
            help="pip install 'archsearch[onnx]'",
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporter's notes on itself, which nobody who exports a net can act on."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
