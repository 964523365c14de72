"""Weights to and from a safetensors file: tensors by name, and no code."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save

from archsearch.errors import InputError
from archsearch.files import write_bytes
from archsearch.nn.model import Autoencoder

__all__ = ["load_weights", "save_weights"]


def save_weights(model: Autoencoder, path: Path) -> None:
    """Write the model's parameters and norm statistics to ``path``, atomically."""
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    write_bytes(path, save(tensors))


def load_weights(model: Autoencoder, path: Path, content: bytes | None = None) -> None:
    """Fill ``model`` with the weights in ``path``.

    Args:
        model: the net.
        path: the file.
        content: of the file, if it was read already.

    Raises:
        InputError: the file is missing, damaged, or of another model.
    """
    try:
        tensors = load(path.read_bytes() if content is None else content)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: no readable weights ({error})", help="train the model again"
        ) from error
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise InputError(
            f"{path}: the weights belong to another model than {model.plan.name!r}",
            help="use the weights with the spec that lies beside them",
        ) from error
