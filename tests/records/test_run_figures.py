"""Figures: what is drawn, what is said instead, and nothing on top of another."""

import itertools

import numpy
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from archsearch.records import Baselines, Environment, EpochRecord, RunResult, Scores
from archsearch.records.run_figures import curves_figure, draw_curves, pictures_figure
from archsearch.records.sample_grid import SampleGrid


def result(errors: list[float], pca: float | None = 0.002) -> RunResult:
    history = tuple(
        EpochRecord(epoch=n, lr=0.1, train_loss=e, train_mse=e * 1.1, val_mse=e, seconds=1.0)
        for n, e in enumerate(errors, 1)
    )
    return RunResult(
        task="reconstruct",
        seed=0,
        splits={"train": 9600, "val": 1200, "test": 1200},
        epochs=len(errors),
        history=history,
        train_mse=errors[-1],
        val=Scores(mse=errors[-1]),
        test=Scores(mse=errors[-1], ssim=0.9),
        baselines=Baselines(
            channel_mean_val=0.063, channel_mean_test=0.063, pca_val=pca, pca_test=pca
        ),
        collapsed=False,
        images_per_s=1.0,
        seconds=1.0,
        data_fingerprint="",
        environment=Environment(versions={}, machine="", device="cpu", threads=1),
    )


def drawn(figure):
    FigureCanvasAgg(figure).draw()
    return figure


@pytest.mark.parametrize("epochs", [1, 2, 3, 10, 300])
def test_epochs_are_whole_numbers_and_texts_apart(epochs: int) -> None:
    figure = drawn(curves_figure("nine", result([0.02 / n for n in range(1, epochs + 1)]), 1024))
    axes = figure.axes[0]
    assert axes.get_yscale() == "log"
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks
    assert all(float(tick).is_integer() for tick in ticks)
    assert len([t for t in axes.get_yticks() if axes.get_ylim()[0] <= t <= axes.get_ylim()[1]]) >= 2
    texts = [figure._suptitle, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
    boxes = [text.get_window_extent() for text in texts if text.get_text()]
    boxes.append(figure.legends[0].get_window_extent())
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)


def test_a_near_reference_is_drawn_and_a_far_one_said() -> None:
    figure = drawn(curves_figure("nine", result([0.03, 0.02], pca=3e-5), 1024))
    labels = [line.get_label() for line in figure.axes[0].lines]
    assert labels == ["training", "validation", "channel mean: 0.063"]
    assert "PCA, 1,024 numbers (below this range): validation MSE 3e-05" in (
        figure.axes[0]._left_title.get_text()
    )
    near = drawn(curves_figure("nine", result([0.03, 0.02], pca=0.01), 256))
    assert "PCA, 256 numbers: 0.01" in [line.get_label() for line in near.axes[0].lines]


def test_a_baseline_that_isnt_known_is_left_out() -> None:
    figure = drawn(curves_figure("nine", result([0.03, 0.02], pca=None), 256))
    assert not any("PCA" in str(line.get_label()) for line in figure.axes[0].lines)


@pytest.mark.parametrize("columns", [1, 3, 8])
def test_pictures_are_shown_over_their_reconstruction_with_its_error(columns: int) -> None:
    black = numpy.zeros((columns, 16, 16, 3), numpy.uint8)
    samples = SampleGrid(black, black, black + 51)  # 0.2 off everywhere
    figure = drawn(pictures_figure("nine", result([0.01]), samples))
    grid = numpy.array(figure.axes).reshape(2, columns)
    assert grid[0, 0].get_ylabel() == "original"
    assert grid[1, 0].get_ylabel() == "reconstruction"
    assert {axes.get_xlabel() for axes in grid[1]} == {"0.0400"}
    assert numpy.array_equal(grid[1, 0].images[0].get_array(), samples.predicted[0])
    boxes = [text.get_window_extent() for text in (figure._suptitle, figure._supxlabel)]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)


@pytest.mark.parametrize(("task", "label"), [("denoise", "noisy"), ("colorize", "gray")])
def test_what_was_fed_has_a_row_of_its_own(task: str, label: str) -> None:
    black = numpy.zeros((17, 16, 16, 3), numpy.uint8)
    samples = SampleGrid(black, black + 9, black + 51, chosen=9 if task == "colorize" else 0)
    made = result([0.01]).model_copy(update={"task": task})
    grid = numpy.array(drawn(pictures_figure("nine", made, samples)).axes).reshape(3, 17)
    assert [row[0].get_ylabel() for row in grid] == ["original", label, "prediction"]
    assert numpy.array_equal(grid[1, 0].images[0].get_array(), samples.shown[0])
    titles = {place: cell.get_title(loc="left") for place, cell in enumerate(grid[0])}
    named = {place: title for place, title in titles.items() if title}
    chosen = {0: "unlike each other", 8: "least ΔE", 11: "middling ΔE", 14: "largest ΔE"}
    assert named == (chosen if task == "colorize" else {})


def test_the_epoch_whose_weights_are_kept_is_marked() -> None:
    """And the errors that are told are those of that epoch."""
    update = {"weights_epoch": 2, "planned_epochs": 9}
    stopped = result([0.03, 0.01, 0.02, 0.025]).model_copy(update=update)
    figure = drawn(curves_figure("nine", stopped, 1024))
    (axes,) = figure.axes
    (mark,) = [line for line in axes.lines if line.get_label().startswith("epoch 2")]
    assert list(mark.get_xdata()) == [2, 2]
    told = axes._left_title.get_text()
    assert "4 of 9 epochs, weights of epoch 2: training MSE 0.01100, validation MSE 0.01000" in told
    boxes = [axes._left_title.get_window_extent(), figure.legends[0].get_window_extent()]
    assert not boxes[0].overlaps(boxes[1])


def test_a_name_that_no_font_can_draw_is_escaped(tmp_path) -> None:
    """Names of folders have any bytes."""
    draw_curves(tmp_path / "curves.png", "a\udcff\x07$b", result([0.02, 0.01]), 64)
    assert (tmp_path / "curves.png").stat().st_size > 1000
