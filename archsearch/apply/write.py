"""Results as PNG files: where they go, and what they hold beside the pixels."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy
from numpy.typing import NDArray
from PIL import Image

from archsearch.apply.picture import Photograph
from archsearch.errors import InputError
from archsearch.files import write_bytes

__all__ = ["OutputPaths", "output_paths", "write_png", "write_side_by_side"]

GAP = 8
"""White pixels between the pictures that stand side by side."""


class OutputPaths:
    """Where the results of some pictures go.

    Args:
        results: picture → its result.
        inputs: files that are never written over, whatever is asked.
        overwrite: whether other files may be.
    """

    def __init__(
        self, results: dict[Path, Path], inputs: Sequence[Path], *, overwrite: bool
    ) -> None:
        self._results = results
        self._inputs = {path.resolve() for path in inputs}
        self._overwrite = overwrite

    def result(self, picture: Path) -> Path:
        """Give where the result of ``picture`` goes.

        Raises:
            InputError: it would take the place of an input or of another file.
        """
        return self._free(self._results[picture])

    def side_by_side(self, picture: Path) -> Path:
        """Give where the comparison goes: beside the result.

        Raises:
            InputError: as for ``result``.
        """
        result = self._results[picture]
        return self._free(result.with_name(f"{result.stem}-side-by-side.png"))

    def _free(self, path: Path) -> Path:
        if path.resolve() in self._inputs:
            raise InputError(
                f"the result would overwrite {path}, which is an input",
                help="write it elsewhere with --out DIR",
            )
        if path.exists() and not self._overwrite:
            raise InputError(
                f"{path} exists already",
                help="replace it with --overwrite, or write elsewhere with --out DIR",
            )
        return path


def output_paths(
    pictures: Sequence[Path],
    task: str,
    *,
    out: Path | None,
    mask: Path | None = None,
    overwrite: bool = False,
) -> OutputPaths:
    """Choose where results go: ``OUT/NAME.png``, or beside each picture ``NAME-TASK.png``.

    Raises:
        InputError: ``out`` is a file, or two pictures would have the same result.

    Example:
        >>> paths = output_paths([Path("/a/photo.jpg")], "denoise", out=None)
        >>> str(paths.result(Path("/a/photo.jpg")))
        '/a/photo-denoise.png'
    """
    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file, not a folder", help="--out names a folder")
    results: dict[Path, Path] = {}
    taken: dict[Path, Path] = {}
    for picture in pictures:
        result = out / f"{picture.stem}.png" if out else _next_to(picture, task)
        if other := taken.get(result.resolve()):
            raise InputError(
                f"{other} and {picture} would both be written to {result}",
                help="apply the run to one of them at a time, with another --out DIR",
            )
        results[picture], taken[result.resolve()] = result, picture
    inputs = [*pictures, mask] if mask else pictures
    return OutputPaths(results, inputs, overwrite=overwrite)


def write_png(path: Path, picture: Photograph) -> None:
    """Write a picture atomically, with its opacity and, where it fits, its profile.

    Raises:
        WriteError: the disk is full, or the folder can't be written to.
    """
    pixels_HWC = picture.in_8_bits()
    if picture.alpha_HW is not None:
        pixels_HWC = numpy.dstack([pixels_HWC, picture.alpha_HW])
    _save(path, pixels_HWC, _fitting(picture))


def write_side_by_side(path: Path, pictures: Sequence[Photograph]) -> None:
    """Write pictures of one size from left to right, atomically.

    Raises:
        WriteError: as for ``write_png``.
    """
    panels = [_panel(picture) for picture in pictures]
    gap_HWC = numpy.full((pictures[0].height, GAP, 4), 255, numpy.uint8)
    row = [part for panel in panels for part in (gap_HWC, panel)][1:]
    row_HWC = numpy.concatenate(row, axis=1)
    if all(picture.alpha_HW is None for picture in pictures):
        row_HWC = row_HWC[..., :3]
    _save(path, row_HWC, None)


def _next_to(picture: Path, task: str) -> Path:
    return picture.parent / f"{picture.stem}-{task}.png"


def _panel(picture: Photograph) -> NDArray[numpy.uint8]:
    """RGB and opacity, H×W×4."""
    colors_HWC = numpy.broadcast_to(picture.in_8_bits(), (picture.height, picture.width, 3))
    opaque_HW = numpy.full(colors_HWC.shape[:2], 255, numpy.uint8)
    alpha_HW = opaque_HW if picture.alpha_HW is None else picture.alpha_HW
    return numpy.dstack([colors_HWC, alpha_HW])


def _fitting(picture: Photograph) -> bytes | None:
    """The profile, if it is for as many channels: a gray picture's is not for its colors."""
    wanted = b"GRAY" if picture.gray else b"RGB "
    profile = picture.profile
    return profile if profile is not None and profile[16:20] == wanted else None


def _save(path: Path, pixels_HWC: NDArray[numpy.uint8], profile: bytes | None) -> None:
    one = pixels_HWC.shape[2] == 1
    image = Image.fromarray(numpy.ascontiguousarray(pixels_HWC[..., 0] if one else pixels_HWC))
    png = io.BytesIO()
    image.save(png, format="PNG", icc_profile=profile)
    write_bytes(path, png.getvalue())
