"""Fitted linear maps in a folder, so that the next process needn't fit them again."""

from __future__ import annotations

import contextlib
from pathlib import Path
from zipfile import BadZipFile

import numpy
import torch

from archsearch.files import replacing
from archsearch.tasks.baselines.reduced_rank import Feed, RankedMap, fit_map
from archsearch.tasks.pictures import PictureSet

__all__ = ["fit_or_load_map"]

VERSION = 1
"""Counts up when the fit changes; files of another version are left alone."""


def fit_or_load_map(
    pictures: PictureSet, feed: Feed, name: str, cache: Path | None
) -> RankedMap | None:
    """Give the map that ``name`` stands for, from the folder ``cache`` if it is there.

    Several processes may ask at once: each file appears whole. A file that can't be
    read is replaced; a folder that can't be written costs only time.

    Args:
        pictures: to fit.
        feed: gives the net's input.
        name: a file name's part that no other ``feed`` has, such as ``denoise-0.1``.
        cache: the folder; None fits anew.
    """
    if cache is None:
        return fit_map(pictures, feed)
    path = cache / f"map-v{VERSION}-{pictures.fingerprint}-{name}.npz"
    fitted = _load(path, pictures.images_NCHW[0].numel())
    if fitted is None:
        fitted = fit_map(pictures, feed)
        if fitted is not None:
            with contextlib.suppress(OSError):
                _save(fitted, path)
    return fitted


def _load(path: Path, wanted: int) -> RankedMap | None:
    try:
        with path.open("rb") as file, numpy.load(file, allow_pickle=False) as arrays:
            feed_mean, target_mean, encoder, decoder, ridge = (
                torch.from_numpy(arrays[key])
                for key in ("feed_mean", "target_mean", "encoder", "decoder", "ridge")
            )
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        return None
    directions = len(decoder) if decoder.ndim else 0
    right = (
        target_mean.shape == (wanted,)
        and decoder.shape == (directions, wanted)
        and encoder.shape == (len(feed_mean) if feed_mean.ndim else 0, directions)
        and ridge.shape == ()
    )
    return RankedMap(feed_mean, target_mean, encoder, decoder, ridge.item()) if right else None


def _save(fitted: RankedMap, path: Path) -> None:
    with replacing(path) as temporary:
        numpy.savez(
            temporary,
            feed_mean=fitted.feed_mean.numpy(),
            target_mean=fitted.target_mean.numpy(),
            encoder=fitted.encoder.numpy(),
            decoder=fitted.decoder.numpy(),
            ridge=numpy.float64(fitted.ridge),
        )
