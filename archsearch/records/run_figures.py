"""Two pictures of a run: its error over epochs, and what it makes of test pictures."""

from __future__ import annotations

import io
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from archsearch.config import TASKS, words_of
from archsearch.files import write_bytes
from archsearch.printable import printable
from archsearch.records.baselines import Baselines
from archsearch.records.outcome import epochs_told
from archsearch.records.results import RunResult
from archsearch.records.sample_grid import SampleGrid, luminance_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "as_plain_text",
    "curves_figure",
    "draw_curves",
    "draw_errors",
    "draw_pictures",
    "pictures_figure",
    "sample_errors",
    "sample_rows",
]

DPI = 150
TRAIN, VALIDATION, REFERENCE = "#6b93c4", "#b3361b", "#555555"
FARTHEST_REFERENCE = 4.0
"""A reference further than this factor from the curves is told in words: drawn,
it would press the curves flat."""
REFERENCE_LINES = ("--", ":", (0, (5, 3)), "-.", (0, (1, 3)))
MARKED_EPOCHS = 40


def draw_curves(path: Path, name: str, result: RunResult, latent_size: int) -> None:
    """Write :func:`curves_figure` as PNG."""
    _write(curves_figure(name, result, latent_size), path)


def draw_pictures(path: Path, name: str, result: RunResult, samples: SampleGrid) -> None:
    """Write :func:`pictures_figure` as PNG."""
    _write(pictures_figure(name, result, samples), path)


def curves_figure(name: str, result: RunResult, latent_size: int) -> Figure:
    """Draw :func:`draw_errors` with its title and its legend, in a figure of its own."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    told = draw_errors(axes, result, latent_size)
    figure.suptitle(f"{name}: error over epochs", x=0.01, ha="left", fontsize=13, fontweight="bold")
    axes.set_title("\n".join(told), fontsize=9, color=REFERENCE, loc="left")
    figure.legend(loc="outside right center", frameon=False, fontsize=9)
    return figure


def draw_errors(axes: Axes, result: RunResult, latent_size: int) -> list[str]:
    """Draw training and validation MSE over epochs, between the baselines' errors.

    The training error is that of each batch before its step, a mean over the
    epoch; so it may lie above the validation error, measured after the epoch.

    Returns:
        Lines for a title: what was trained, and baselines that are too far away to be drawn.
    """
    from matplotlib.ticker import MaxNLocator

    epochs = [row.epoch for row in result.history]
    train = [row.train_mse for row in result.history]
    val = [row.val_mse for row in result.history]
    marker = "o" if len(epochs) <= MARKED_EPOCHS else ""
    axes.plot(epochs, train, color=TRAIN, marker=marker, markersize=4, label="training")
    axes.plot(epochs, val, color=VALIDATION, marker=marker, markersize=4, label="validation")
    if result.weights_epoch is not None:
        kept = f"epoch {result.weights_epoch}:\nits weights are kept"
        axes.axvline(
            result.weights_epoch, color=VALIDATION, linestyle=":", linewidth=1.2, label=kept
        )
    unseen = _references(axes, result.baselines, latent_size, [*train, *val])
    axes.set_yscale("log")
    _plain_log_ticks(axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlim(min(epochs) - 0.5, max(epochs) + 0.5)
    axes.set_xlabel("epoch")
    axes.set_ylabel("MSE (RGB in [0, 1], log scale)")
    axes.grid(visible=True, which="both", color="#e6e6e6", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return [_summary(result), *unseen]


def pictures_figure(name: str, result: RunResult, samples: SampleGrid) -> Figure:
    """Draw originals over what was fed and predicted, with each picture's MSE below.

    What was fed has a row where it isn't the original itself; where colors are
    predicted, the best, middling and worst nine stand apart.

    Args:
        name: the run's.
        result: for task and scores.
        samples: the test pictures that the training kept.
    """
    from matplotlib.figure import Figure

    rows = sample_rows(result.task, samples)
    columns = len(samples.originals)
    size = (max(1.15 * columns + 1.4, 6), 1.2 * len(rows) + 1.0)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(
        len(rows), columns, squeeze=False, gridspec_kw={"width_ratios": [1.0] * columns}
    )
    for row, (label, pictures) in enumerate(rows):
        for cell, picture in zip(grid[row], pictures, strict=True):
            cell.imshow(picture, interpolation="nearest")
            cell.set(xticks=[], yticks=[])
            cell.spines[:].set_visible(False)
        grid[row, 0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=10)
    for cell, error in zip(grid[-1], sample_errors(samples), strict=True):
        cell.set_xlabel(f"{error:.4f}", fontsize=9)
    _name_chosen(grid[0], samples)
    figure.suptitle(
        f"{name}: {result.task} on test pictures", x=0.01, ha="left", fontsize=13, fontweight="bold"
    )
    similarity = "" if result.test.ssim is None else f", SSIM {result.test.ssim:.3f}"
    figure.supxlabel(
        f"MSE of each picture; over the whole test split {result.test.mse:.5f}{similarity}",
        fontsize=9,
        color=REFERENCE,
    )
    return figure


def sample_rows(task: str, samples: SampleGrid) -> list[tuple[str, NDArray[numpy.uint8]]]:
    """The rows of a figure: originals, what was fed where that is another picture, predictions."""
    words, shown = words_of(task), samples.shown
    if shown is None and task in TASKS and TASKS[task].keeps == "luminance":
        shown = luminance_of(samples.originals)
    rows = [("original", samples.originals)]
    if words.shown is not None and shown is not None:
        rows.append((words.shown, shown))
    return [*rows, (words.predicted, samples.predicted)]


def sample_errors(samples: SampleGrid) -> list[float]:
    """The MSE of each picture, of values in [0, 1]."""
    differences = samples.originals / 255.0 - samples.predicted / 255.0
    return [float(error) for error in numpy.square(differences).mean(axis=(1, 2, 3))]


def _name_chosen(top: NDArray[numpy.object_], samples: SampleGrid) -> None:
    """Say above the last columns why those pictures are there."""
    if not samples.chosen:
        return
    first = len(top) - samples.chosen
    each = samples.chosen // 3
    top[0].set_title("unlike each other", fontsize=9, loc="left")
    for part, label in enumerate(("least ΔE", "middling ΔE", "largest ΔE")):
        top[first + part * each].set_title(label, fontsize=9, loc="left")


def _summary(result: RunResult) -> str:
    kept, splits = result.history[result.kept_epoch - 1], result.splits
    which = "last epoch" if result.weights_epoch is None else epochs_told(result)
    return (
        f"{result.task}: {splits['train']:,} training and {splits['val']:,} validation pictures, "
        f"seed {result.seed}\n{which}: training MSE {kept.train_mse:.5f}, "
        f"validation MSE {kept.val_mse:.5f}"
    )


def _references(
    axes: Axes, baselines: Baselines, latent_size: int, curves: list[float]
) -> list[str]:
    """Draw the baselines that lie near the curves; give a line for each that doesn't."""
    sizes = {"latent.size": f"{latent_size:,} numbers"}
    low, high = min(curves) / FARTHEST_REFERENCE, max(curves) * FARTHEST_REFERENCE
    unseen = []
    for (baseline, errors), style in zip(baselines.known(), cycle(REFERENCE_LINES), strict=False):
        label, error = baseline.titled(sizes), errors.val
        if error is None:
            continue
        if low <= error <= high:
            text = f"{label}: {error:.2g}"
            axes.axhline(error, color=REFERENCE, linestyle=style, linewidth=1.2, label=text)
        else:
            side = "below" if error < low else "above"
            unseen.append(f"{label} ({side} this range): validation MSE {error:.2g}")
    return unseen


def _plain_log_ticks(axes: Axes) -> None:
    """Write 0.004 and 0.02 instead of powers, at steps that fit the range."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = axes.get_ylim()
    steps = (1, 2, 5) if high / low < 100 else (1,)
    axes.yaxis.set_major_locator(LogLocator(subs=steps))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _write(figure: Figure, path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    as_plain_text(figure)
    FigureCanvasAgg(figure)
    png = io.BytesIO()
    figure.savefig(png, dpi=DPI, format="png")
    write_bytes(path, png.getvalue())


def as_plain_text(artist: Artist) -> None:
    """Let a name be shown as it is, in all texts of a figure or of axes.

    A $ is a dollar sign. What fonts can't draw, e.g. bytes that aren't UTF-8, is escaped.
    """
    from matplotlib.text import Text

    for text in artist.findobj(Text):
        text.set_parse_math(False)
        text.set_text(printable(text.get_text(), keep="\n\u00a0"))
