"""Pictures of a run, a study, a source or an array, shown on one pair of axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from archsearch.arguments import require_type
from archsearch.errors import ArgumentTypeError, InputError
from archsearch.interactive.plots import new_axes
from archsearch.records import StudyRecord, pareto_front, read_pictures
from archsearch.records.run_figures import as_plain_text, sample_errors, sample_rows
from archsearch.records.sample_grid import SampleGrid
from archsearch.report.drawing.sample_grids import Bytes, in_a_row, read_sample_grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from archsearch.data import Pictures
    from archsearch.train import TrainedRun

__all__ = ["show_pictures"]

Rows: TypeAlias = Mapping[str, Bytes]
"""Pictures by the words beside their rows; uint8, N×H×W×3 each, all of one size."""

_GIVE = (
    "give a run, a study's results, what archsearch.load_pictures returns, an array N×H×W×C "
    "(uint8, or floats in [0, 1]), or several of these arrays by their names"
)


def show_pictures(
    pictures: TrainedRun | StudyRecord | Pictures | npt.ArrayLike | Mapping[str, npt.ArrayLike],
    ax: Axes | None = None,
    *,
    most: int = 8,
) -> Axes:
    """Show pictures side by side, a row for each sort of them.

    Of a run: test pictures, what the net was fed where that is another picture, and what it made
    of them, with the MSE of each (of RGB in [0, 1]) below. Of a study's results: the same of the
    best trial. Of loaded pictures: the first of each split. A run directory and a study keep what
    was fed only where it can be told of the originals: gray pictures for colors, not noise.

    Args:
        pictures: a run, a study's results, loaded pictures; or an array, uint8 or floats in
            [0, 1], N×H×W×C or N×H×W; a torch tensor is N×C×H×W; or a mapping of names to arrays.
        ax: axes to draw on; None makes a new figure.
        most: pictures in a row, at most.

    Returns:
        The axes; one pixel of a picture is one unit.

    Raises:
        ArgumentTypeError: ``pictures`` is something else.
        InputError: an array of another shape, or of other whole numbers than bytes; a study
            without pictures.

    Example:
        >>> axes = show_pictures({"in": np.zeros((5, 8, 8, 3)), "out": np.ones((5, 8, 8, 3))})
        >>> [label.get_text() for label in axes.get_yticklabels()]
        ['in', 'out']
        >>> run = archsearch.load_run("runs/kernel-5")  # doctest: +SKIP
        >>> archsearch.show_pictures(run, most=5)  # doctest: +SKIP
    """
    require_type(most, int, "show_pictures(most)", help="give a whole number")
    if most < 1:
        raise InputError(f"most={most} shows no picture", help="give a whole number from 1")
    rows, errors, title = _found(pictures)
    rows = {name: row[:most] for name, row in rows.items()}
    if not any(len(row) for row in rows.values()):
        raise InputError("there are no pictures to show", help=_GIVE)
    grid = [in_a_row(row) for row in rows.values()]
    axes = ax if ax is not None else _new_axes(grid)
    _draw(axes, grid, list(rows))
    width = next(iter(rows.values())).shape[2]
    places = [place * (width + 1) + width / 2 - 0.5 for place in range(len(errors[:most]))]
    axes.set_xticks(places, [f"{error:.4f}" for error in errors[:most]], fontsize=8)
    axes.set_xlabel("MSE of each picture" if errors else "")
    axes.set_title(title, loc="left")
    as_plain_text(axes)
    return axes


def _found(pictures: Any) -> tuple[Rows, Sequence[float], str]:
    """Rows, the errors below the last one, and a title."""
    if isinstance(pictures, StudyRecord):
        return _of_study(pictures)
    if isinstance(pictures, SampleGrid):
        return _of_samples("reconstruct", pictures, "")
    samples = getattr(pictures, "samples", None)
    if isinstance(samples, SampleGrid):  # a run; not asked by its type, which would load torch
        task = pictures.result.task
        return _of_samples(task, samples, f"{pictures.plan.name}: {task} on test pictures")
    if hasattr(pictures, "images_NCHW"):
        rows = {split: pictures.arrays(split, 64) for split in ("train", "val", "test")}
        return {name: _as_bytes(row) for name, row in rows.items()}, (), pictures.source
    if isinstance(pictures, Mapping):
        for name in pictures:
            require_type(name, str, "a name in show_pictures(pictures)", help=_GIVE)
        rows = {name: _as_bytes(row) for name, row in pictures.items()}
        _require_one_size(rows)
        return rows, (), ""
    return {"": _as_bytes(pictures)}, (), ""


def _of_samples(task: str, samples: SampleGrid, title: str) -> tuple[Rows, Sequence[float], str]:
    rows = {name: _as_bytes(row) for name, row in sample_rows(task, samples)}
    return rows, sample_errors(samples), title


def _of_study(study: StudyRecord) -> tuple[Rows, Sequence[float], str]:
    best = next(iter(pareto_front(study)), None)
    if best is None or best.plan is None:
        raise InputError(
            f"no trial of {study.name!r} is complete",
            help=f"`archsearch study status {study.name}` shows its state",
        )
    for seed in best.seeds:
        png = read_pictures(study, seed)
        found = None if png is None else read_sample_grid(png, best.plan)
        if found is not None and seed.result is not None:
            title = f"{study.name}: trial {best.number}, latent {best.plan.latent_size}"
            samples = SampleGrid(found.true, None, found.predicted)
            return _of_samples(seed.result.task, samples, title)
    raise InputError(
        f"the pictures of trial {best.number} of {study.name!r} are out of reach",
        help=f"they lie in {study.artifacts}" if study.artifacts else "the study kept none",
    )


def _as_bytes(value: Any) -> Bytes:
    """Any array of pictures as uint8, N×H×W×3."""
    array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    if array.dtype.kind not in "uifb":
        raise ArgumentTypeError(
            f"show_pictures(pictures) can't take a {type(value).__name__}", help=_GIVE
        )
    if hasattr(value, "detach") and array.ndim >= 3:
        array = np.moveaxis(array, -3, -1)
    if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] in (1, 3)):
        array = array[None]  # one picture
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or array.shape[-1] not in (1, 3):
        raise InputError(f"an array of shape {array.shape} isn't pictures", help=_GIVE)
    if array.dtype.kind in "ui" and array.dtype != np.uint8:
        raise InputError(f"whole numbers of {array.dtype} aren't pictures", help=_GIVE)
    if array.dtype != np.uint8:
        array = np.nan_to_num(array.astype(np.float64) * 255).round().clip(0, 255).astype(np.uint8)
    return np.repeat(array, 3, axis=-1) if array.shape[-1] == 1 else array


def _require_one_size(rows: Rows) -> None:
    sizes = {row.shape[1:3] for row in rows.values()}
    if len(sizes) > 1:
        told = ", ".join(f"{height}×{width}" for height, width in sorted(sizes))
        raise InputError(f"the pictures have several sizes: {told}", help="show each by itself")


def _new_axes(grid: Sequence[Bytes]) -> Axes:
    height, width = sum(len(row) for row in grid), max(row.shape[1] for row in grid)
    inches = 8.0
    return new_axes(inches, min(9.0, 0.9 + (inches - 1) * height / width))


def _draw(axes: Axes, grid: Sequence[Bytes], names: Sequence[str]) -> None:
    """One picture of all rows, with the names of rows at its left."""
    width, height = max(row.shape[1] for row in grid), len(grid[0])
    parts: list[Bytes] = []
    for row in grid:
        padded = np.zeros((height + 1, width, 4), np.uint8)
        padded[:height, : row.shape[1]] = row
        parts.append(padded)
    axes.imshow(np.concatenate(parts)[:-1], interpolation="nearest")
    axes.set_yticks([place * (height + 1) + height / 2 - 0.5 for place in range(len(grid))], names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
