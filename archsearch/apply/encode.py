"""The latent codes of a person's pictures, in one file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy
import torch
from numpy.typing import NDArray

from archsearch.apply.net import TileNet, load_net
from archsearch.apply.picture import Photograph, read_photograph
from archsearch.apply.predict import fed_picture
from archsearch.apply.run import Failed, Watch, as_paths, memory_errors, require_all
from archsearch.apply.tiles import mirrored
from archsearch.arguments import as_path
from archsearch.errors import ArchsearchError, InputError
from archsearch.files import replacing

__all__ = ["EncodedPicture", "EncodedRun", "encode_run"]

_SUFFIXES = (".npy", ".csv")


@dataclass(frozen=True, eq=False)
class EncodedPicture:
    """The codes of one picture.

    Attributes:
        picture: its file.
        height: in pixels.
        width: the same.
        corners: (top, left) of each tile, in pixels.
        codes: tiles × the latent's shape, float32.
    """

    picture: Path
    height: int
    width: int
    corners: tuple[tuple[int, int], ...]
    codes: NDArray[numpy.float32]


@dataclass(frozen=True, eq=False)
class EncodedRun:
    """What came of all pictures, in the order given; their codes follow each other in the file."""

    run: str
    task: str
    out: Path
    encoded: tuple[EncodedPicture, ...]
    failed: tuple[Failed, ...]

    @property
    def codes(self) -> NDArray[numpy.float32]:
        """All codes: tiles × the latent's shape."""
        return numpy.concatenate([picture.codes for picture in self.encoded])

    def require(self) -> None:
        """Pass if every picture has its codes; raises as ``require_all``."""
        require_all(self.failed, len(self.encoded))


def encode_run(
    run: str | PathLike[str],
    pictures: Sequence[str | PathLike[str]],
    *,
    out: str | PathLike[str] = "codes.npy",
    overwrite: bool = False,
    device: torch.device | str = "cpu",
    watch: Watch | None = None,
) -> EncodedRun:
    """Write the latent codes of pictures to one file.

    Pictures are not scaled. One that is larger than the net's input is cut into tiles of that
    size, side by side; the last ones go on with the mirror image, as in ``apply_run``. The net
    is fed what ``apply_run`` feeds it: the luminance where it colors, and 0 in fully
    transparent areas where it fills.

    Args:
        run: the run directory.
        pictures: picture files of any size.
        out: ``.npy``: an array of tiles × the latent's shape; ``.csv``: a row a tile, with picture,
            top and left, then the numbers in the order channel, row, column.
        overwrite: replace ``out`` if it is there.
        device: where to compute.
        watch: called with the progress.

    Raises:
        InputError: no finished run, or ``out`` has another ending or exists.
        WriteError: ``out`` can't be written.
        ArgumentTypeError: no path where one is needed.
    """
    run = as_path(run, "encode_run(run)", help='name a run directory, such as "runs/unet"')
    given = as_paths(pictures, "encode_run(pictures)")
    out = as_path(out, "encode_run(out)", help='name a file, such as "codes.csv"')
    _check(out, overwrite=overwrite)
    net = load_net(run, device)
    encoded: list[EncodedPicture] = []
    failed: list[Failed] = []
    for picture in given:
        with watch(picture) if watch else nullcontext() as on_tiles:
            try:
                with memory_errors(picture):
                    encoded.append(_encode(net, picture))
                if on_tiles is not None:
                    on_tiles(1, 1)
            except ArchsearchError as error:
                failed.append(Failed(picture, error))
    done = EncodedRun(net.run, net.task.name, out, tuple(encoded), tuple(failed))
    if encoded:
        _write(done)
    return done


def _check(out: Path, *, overwrite: bool) -> None:
    if out.suffix not in _SUFFIXES:
        raise InputError(
            f"--out {out} ends in neither .npy nor .csv", help="name a file such as codes.csv"
        )
    if out.is_dir():
        raise InputError(f"{out} is a folder", help="name another file with --out")
    if out.exists() and not overwrite:
        raise InputError(
            f"{out} exists already",
            help="replace it with --overwrite, or name another file with --out",
        )


def _encode(net: TileNet, picture: Path) -> EncodedPicture:
    photograph = read_photograph(picture)
    mask_HW = None
    if net.fills and photograph.alpha_HW is not None:
        mask_HW = photograph.alpha_HW == 0
    fed = fed_picture(net, photograph, mask_HW)
    size = net.plan.input
    codes = numpy.concatenate(list(_codes(net, fed)))
    corners = tuple(
        (top, left)
        for top in range(0, fed.height, size.height)
        for left in range(0, fed.width, size.width)
    )
    return EncodedPicture(picture, fed.height, fed.width, corners, codes)


def _codes(net: TileNet, fed: Photograph) -> Iterator[NDArray[numpy.float32]]:
    """The codes of a row of tiles after the other, in batches."""
    size = net.plan.input
    across = -(-fed.width // size.width)
    columns = mirrored(0, across * size.width, fed.width)
    for top in range(0, fed.height, size.height):
        part_CHW = fed.part(mirrored(top, top + size.height, fed.height), columns)
        row_CHW = part_CHW.expand(net.channels, -1, -1)
        tiles_NCHW = row_CHW.unfold(2, size.width, size.width).permute(2, 0, 1, 3).contiguous()
        for batch_NCHW in torch.split(tiles_NCHW, net.batch):
            yield net.encode(batch_NCHW).numpy()


def _write(done: EncodedRun) -> None:
    with replacing(done.out) as temporary:
        if done.out.suffix == ".npy":
            numpy.save(temporary, done.codes, allow_pickle=False)
        else:
            with temporary.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(_rows(done))


def _rows(done: EncodedRun) -> Iterator[Sequence[object]]:
    size = done.encoded[0].codes[0].size
    yield ["picture", "top", "left", *(f"code_{number}" for number in range(1, size + 1))]
    for picture in done.encoded:
        for (top, left), code in zip(picture.corners, picture.codes, strict=True):
            yield [picture.picture, top, left, *(f"{number:.9g}" for number in code.flat)]
