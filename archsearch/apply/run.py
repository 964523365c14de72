"""A trained net on a person's pictures, from files to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy
import torch
from numpy.typing import NDArray

from archsearch.apply.net import TileNet, load_net
from archsearch.apply.picture import Photograph, read_mask, read_photograph
from archsearch.apply.predict import OnTiles, PredictedPicture, predict_picture
from archsearch.apply.write import OutputPaths, output_paths, write_png, write_side_by_side
from archsearch.arguments import as_path, require_type
from archsearch.config import TASKS
from archsearch.errors import ArchsearchError, InputError, RunFailedError

__all__ = [
    "AppliedRun",
    "Failed",
    "Watch",
    "Written",
    "apply_run",
    "as_paths",
    "memory_errors",
    "require_all",
]

Watch = Callable[[Path], AbstractContextManager[OnTiles]]
"""Entered around each picture; gives what is called with its tiles."""


@dataclass(frozen=True)
class Written:
    """A picture and its result; ``height`` and ``width`` in pixels of both."""

    picture: Path
    result: Path
    side_by_side: Path | None
    height: int
    width: int
    tiles: int


@dataclass(frozen=True)
class Failed:
    """A picture without a result, and why."""

    picture: Path
    error: ArchsearchError


@dataclass(frozen=True)
class AppliedRun:
    """What came of all pictures, in the order given."""

    run: str
    task: str
    written: tuple[Written, ...]
    failed: tuple[Failed, ...]

    def require(self) -> None:
        """Pass if every picture has a result; raises as :func:`require_all`."""
        require_all(self.failed, len(self.written))


def require_all(failed: Sequence[Failed], done: int) -> None:
    """Pass if no picture failed.

    Args:
        failed: those that did.
        done: how many have a result.

    Raises:
        InputError: some pictures can't be taken as they are.
        RunFailedError: something else went wrong with some.
    """
    if not failed:
        return
    errors = [failure.error for failure in failed]
    total = len(failed) + done
    if total == 1:
        raise errors[0]
    input_only = all(isinstance(error, InputError) for error in errors)
    told = [
        ("  " if place else "- ") + line
        for error in errors
        for place, line in enumerate(error.lines)
    ]
    kind = InputError if input_only else RunFailedError
    raise kind(f"{len(errors)} of {total} pictures have no result:", details=told)


def apply_run(
    run: str | PathLike[str],
    pictures: Sequence[str | PathLike[str]],
    *,
    out: str | PathLike[str] | None = None,
    side_by_side: bool = False,
    mask: str | PathLike[str] | None = None,
    overwrite: bool = False,
    device: torch.device | str = "cpu",
    watch: Watch | None = None,
) -> AppliedRun:
    """Put pictures through the net of a finished run, and write the results as PNG.

    A picture that fails doesn't keep the others from being done.

    Args:
        run: the run directory.
        pictures: picture files of any size.
        out: the folder for ``NAME.png``; by default ``NAME-TASK.png`` beside each.
        side_by_side: also write original, input and result in one picture.
        mask: for a net that fills: light where the pictures are to be filled;
            by default that is where they are fully transparent.
        overwrite: replace results that are there; never a picture given.
        device: where to compute.
        watch: called with the progress.

    Raises:
        InputError: no finished run, a mask for a net that fills nothing, or two
            pictures with the same result.
        ArgumentTypeError: no path where one is needed.

    Example:
        >>> done = apply_run("runs/unet", ["photo.jpg"])  # doctest: +SKIP
        >>> done.written[0].result  # doctest: +SKIP
        PosixPath('photo-colorize.png')
    """
    run = as_path(run, "apply_run(run)", help='name a run directory, such as "runs/unet"')
    given = as_paths(pictures, "apply_run(pictures)")
    folder = None if out is None else as_path(out, "apply_run(out)", help="name a folder")
    masked = None if mask is None else as_path(mask, "apply_run(mask)", help="name a picture")
    return _applied(
        load_net(run, device), given, folder, side_by_side, masked, overwrite, watch or _unwatched
    )


def as_paths(pictures: Sequence[str | PathLike[str]], name: str) -> list[Path]:
    """The argument ``name`` as the paths of pictures.

    Raises:
        ArgumentTypeError: no list of paths.
    """
    files = 'give the pictures\' files as a list, such as ["photo.jpg"]'
    require_type(pictures, (list, tuple), name, help=files)
    return [as_path(each, name, help=files) for each in pictures]


def _unwatched(picture: Path) -> AbstractContextManager[OnTiles]:
    return nullcontext(_silent)


def _applied(  # noqa: PLR0917 - those of apply_run, in its order
    net: TileNet,
    pictures: Sequence[Path],
    out: Path | None,
    side_by_side: bool,
    mask: Path | None,
    overwrite: bool,
    watch: Watch,
) -> AppliedRun:
    if mask is not None and not net.fills:
        filling = " or ".join(_filling())
        raise InputError(
            f"--mask needs a run of the task {filling}, and this one is of {net.task.name}",
            help=f"leave --mask out, or name a run that was trained for {filling}",
        )
    paths = output_paths(pictures, net.task.name, out=out, mask=mask, overwrite=overwrite)
    written: list[Written] = []
    failed: list[Failed] = []
    for picture in pictures:
        with watch(picture) as on_tiles:
            try:
                with memory_errors(picture):
                    written.append(_apply(net, picture, paths, side_by_side, mask, on_tiles))
            except ArchsearchError as error:
                failed.append(Failed(picture, error))
    return AppliedRun(net.run, net.task.name, tuple(written), tuple(failed))


def _filling() -> list[str]:
    """Tasks whose nets fill what is masked."""
    return [name for name, kind in TASKS.items() if kind.keeps == "unmasked"]


def _apply(
    net: TileNet,
    picture: Path,
    paths: OutputPaths,
    side_by_side: bool,
    mask: Path | None,
    on_tiles: OnTiles,
) -> Written:
    result = paths.result(picture)
    beside = paths.side_by_side(picture) if side_by_side else None
    photograph = read_photograph(picture)
    mask_HW = _mask(picture, photograph, mask) if net.fills else None
    predicted = predict_picture(net, photograph, mask_HW, on_tiles)
    write_png(result, predicted.result)
    if beside is not None:
        write_side_by_side(beside, _panels(photograph, predicted))
    height, width = photograph.height, photograph.width
    return Written(picture, result, beside, height, width, predicted.tiles)


def _mask(picture: Path, photograph: Photograph, mask: Path | None) -> NDArray[numpy.bool_]:
    if mask is not None:
        mask_HW = read_mask(mask, photograph)
    elif photograph.alpha_HW is not None:
        mask_HW = photograph.alpha_HW == 0
    else:
        mask_HW = numpy.zeros(photograph.pixels_HWC.shape[:2], numpy.bool_)
    if not mask_HW.any():
        raise InputError(
            f"{picture} has no area to fill",
            help="give --mask FILE, a picture of the same size that is white in the area to fill; "
            "or make those pixels fully transparent",
        )
    return mask_HW


@contextmanager
def memory_errors(picture: Path) -> Iterator[None]:
    """Turn running out of memory, which torch tells as RuntimeError, into RunFailedError."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not isinstance(error, MemoryError) and "memory" not in str(error).lower():
            raise
        raise RunFailedError(
            f"not enough memory for {picture}",
            help="scale the picture down, or cut it into parts",
        ) from error


def _panels(photograph: Photograph, predicted: PredictedPicture) -> list[Photograph]:
    """Original, what the net saw where that is something else, and result."""
    same = numpy.array_equal(predicted.fed.pixels_HWC, photograph.pixels_HWC)
    return [photograph, *([] if same else [predicted.fed]), predicted.result]


def _silent(done: int, total: int) -> None:
    """Tell nobody."""
