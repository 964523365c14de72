"""Fitted components in a folder, so that the next process needn't fit them again."""

from __future__ import annotations

import contextlib
from pathlib import Path
from zipfile import BadZipFile

import numpy
import torch

from archsearch.files import replacing
from archsearch.spec.shape import Pair
from archsearch.tasks.baselines.pca import LinearCode, fit_code
from archsearch.tasks.pictures import PictureSet

__all__ = ["fit_or_load"]

VERSION = 1
"""Counts up when the fit changes; files of another version are left alone."""


def fit_or_load(pictures: PictureSet, patch: Pair, cache: Path | None) -> LinearCode | None:
    """Give the code of ``patch``, from the folder ``cache`` if it is there.

    Several processes may ask at once: each file appears whole, and all of them
    hold the same. A file that can't be read is replaced; a folder that can't be
    written costs only time.
    """
    if cache is None:
        return fit_code(pictures, patch)
    path = cache / f"pca-v{VERSION}-{pictures.fingerprint}-{patch.height}x{patch.width}.npz"
    code = _load(path, pictures.images_NCHW.shape[1] * patch.height * patch.width)
    if code is None:
        code = fit_code(pictures, patch)
        if code is not None:
            with contextlib.suppress(OSError):
                _save(code, path)
    return code


def _load(path: Path, dimensions: int) -> LinearCode | None:
    try:
        with path.open("rb") as file, numpy.load(file, allow_pickle=False) as arrays:
            mean, components = arrays["mean"], arrays["components"]
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        return None
    if mean.shape != (dimensions,) or components.shape[1:] != (dimensions,):
        return None
    return LinearCode(torch.from_numpy(mean), torch.from_numpy(components))


def _save(code: LinearCode, path: Path) -> None:
    with replacing(path) as temporary:
        numpy.savez(temporary, mean=code.mean.numpy(), components=code.components.numpy())
