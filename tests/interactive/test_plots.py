"""Plots: on the axes that were given, from the numbers that were given."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import numpy
import pytest
import torch
from matplotlib import pyplot
from matplotlib.collections import PathCollection

import archsearch
from archsearch.errors import InputError
from archsearch.records import StudyRecord
from archsearch.records.run_figures import curves_figure, sample_rows
from archsearch.records.sample_grid import SampleGrid
from archsearch.train import TrainedRun
from tests.synthetic import StudyRecipe, synthetic_study


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Draw in memory, and leave no figure behind."""
    before = mpl.get_backend()
    pyplot.switch_backend("agg")
    yield
    pyplot.close("all")
    pyplot.switch_backend(before)


@pytest.fixture(scope="module")
def results() -> StudyRecord:
    return synthetic_study(StudyRecipe(complete=8, name="cost $x$"))


@pytest.fixture(scope="module")
def run(results: StudyRecord) -> TrainedRun:
    rng = numpy.random.default_rng(0)
    original, fed, made = rng.integers(0, 256, (3, 8, 32, 32, 3), dtype=numpy.uint8)
    plan = archsearch.load("specs/acml-nine-layer.yaml").plan()
    result = results.results[0].model_copy(update={"task": "denoise"})
    return TrainedRun(
        result,
        archsearch.build(plan, seed=0),
        SampleGrid(original, fed, made),
        None,  # type: ignore[arg-type]
    )


def test_latent_has_the_points_of_the_report(results: StudyRecord) -> None:
    axes = archsearch.plot_latent(results)
    points = [c for c in axes.collections if isinstance(c, PathCollection)]
    drawn = numpy.concatenate([numpy.asarray(one.get_offsets()) for one in points])
    trials = archsearch.trials_frame(results).groupby("number")[["latent_size", "val_mse"]].mean()
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, trials.to_numpy()))
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_title(loc="left") == "cost $x$: error against latent size"


def test_curves_of_a_run_are_those_of_its_directory(run: TrainedRun) -> None:
    axes = archsearch.plot_curves(run)
    there = curves_figure("x", run.result, run.plan.latent.size).axes[0]
    here = [line.get_xydata() for line in axes.lines]
    assert len(here) == len(there.lines)
    for one, other in zip(here, there.lines, strict=True):
        assert (one == other.get_xydata()).all()
    assert axes.get_legend() is not None


def test_what_is_drawn_is_drawn_on_the_given_axes(results: StudyRecord, run: TrainedRun) -> None:
    _, grid = pyplot.subplots(2, 2)
    given = list(grid.flat)
    got = [
        archsearch.plot_latent(results, ax=given[0]),
        archsearch.plot_curves(results, ax=given[1]),
        archsearch.plot_curves(run, ax=given[2]),
        archsearch.show_pictures(run, ax=given[3]),
    ]
    assert got == given
    assert len(pyplot.get_fignums()) == 1
    assert all(axes.has_data() for axes in given)
    given[0].figure.canvas.draw()  # a $ in a name is no formula


def test_pictures_of_a_run_stand_in_rows_with_their_errors(run: TrainedRun) -> None:
    axes = archsearch.show_pictures(run, most=3)
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "original",
        "noisy",
        "prediction",
    ]
    (image,) = axes.images
    pixels = numpy.asarray(image.get_array())
    assert pixels.shape == (3 * 32 + 2, 3 * 32 + 2, 4)
    assert (pixels[:32, :32, :3] == run.samples.originals[0]).all()
    assert (pixels[66:, 66:, :3] == run.samples.predicted[2]).all()
    error = numpy.square((run.samples.originals[1] - run.samples.predicted[1] * 1.0) / 255).mean()
    assert axes.get_xticklabels()[1].get_text() == f"{error:.4f}"


def test_what_colors_were_made_of_is_told_of_the_originals() -> None:
    colors = numpy.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), numpy.uint8)
    samples = SampleGrid(colors, None, colors)
    rows = dict(sample_rows("colorize-chroma", samples))
    assert list(rows) == ["original", "gray", "prediction"]
    assert (numpy.ptp(rows["gray"].astype(int), axis=-1) == 0).all()
    wanted = colors @ [0.299, 0.587, 0.114]
    assert numpy.abs(rows["gray"][..., 0] - wanted).max() <= 0.5
    assert list(dict(sample_rows("denoise", samples))) == ["original", "prediction"]


@pytest.mark.parametrize("kind", ["bytes", "floats", "tensor", "gray", "one", "named"])
def test_arrays_are_taken_in_every_usual_form(kind: str) -> None:
    pictures = numpy.random.default_rng(0).integers(0, 256, (2, 4, 6, 3), dtype=numpy.uint8)
    given = {
        "bytes": pictures,
        "floats": pictures / 255,
        "tensor": torch.from_numpy(pictures).permute(0, 3, 1, 2).div(255).requires_grad_(),
        "gray": pictures[..., 0],
        "one": pictures[0],
        "named": {"mine": pictures},
    }[kind]
    axes = archsearch.show_pictures(given)
    drawn = numpy.asarray(axes.images[0].get_array())
    wanted = pictures[0] if kind != "gray" else numpy.repeat(pictures[0, ..., :1], 3, axis=-1)
    assert (drawn[:4, :6, :3] == wanted).all()
    assert drawn.shape == (4, 6 if kind == "one" else 13, 4)


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ("photo.jpg", TypeError, "can't take a str"),
        (numpy.zeros((2, 4, 4, 7)), InputError, r"shape \(2, 4, 4, 7\) isn't pictures"),
        (numpy.zeros((0, 4, 4, 3)), InputError, "no pictures"),
        (numpy.full((1, 4, 4, 3), 200), InputError, "whole numbers of int64 aren't pictures"),
        (
            {"a": numpy.zeros((4, 4, 3)), "b": numpy.zeros((5, 4, 3))},
            InputError,
            "several sizes: 4×4, 5×4",
        ),
    ],
)
def test_what_is_no_picture_is_told(given: object, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        archsearch.show_pictures(given)  # type: ignore[arg-type]


def test_a_study_without_results_is_told() -> None:
    waiting = synthetic_study(StudyRecipe(complete=0, waiting=0, untouched=3))
    for plot in (archsearch.plot_latent, archsearch.plot_curves):
        with pytest.raises(InputError, match="no trial of 'synthetic' has a result yet"):
            plot(waiting)
    with pytest.raises(InputError, match="no trial of 'synthetic' is complete"):
        archsearch.show_pictures(waiting)


def test_the_pictures_of_a_study_out_of_reach_are_told(results: StudyRecord) -> None:
    with pytest.raises(InputError, match="out of reach"):
        archsearch.show_pictures(results)


def test_a_plot_of_something_else_is_told(results: StudyRecord, run: TrainedRun) -> None:
    with pytest.raises(TypeError, match=r"plot_latent\(results\) must be a StudyRecord"):
        archsearch.plot_latent(run)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"plot_curves\(run\) must be a TrainedRun or StudyRecord"):
        archsearch.plot_curves(results.trials)  # type: ignore[arg-type]


@pytest.mark.parametrize("most", [0, -1])
def test_as_few_pictures_as_none_are_refused(run: TrainedRun, most: int) -> None:
    with pytest.raises(InputError, match=f"most={most} shows no picture"):
        archsearch.show_pictures(run, most=most)


def test_a_study_whose_trainer_told_no_epochs_has_no_curves(results: StudyRecord) -> None:
    trial = results.trials[0]
    seeds = tuple(
        seed.model_copy(update={"result": seed.result.model_copy(update={"history": ()})})
        for seed in trial.seeds
        if seed.result
    )
    study = results.model_copy(update={"trials": (trial.model_copy(update={"seeds": seeds}),)})
    with pytest.raises(InputError, match=r"no trial of .* has a history of epochs"):
        archsearch.plot_curves(study)
