"""Training over time: what became of runs, and what is drawn and said of every epoch."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from archsearch.records import StudyRecord
from archsearch.report.drawing.style import size_colors, styled
from archsearch.report.findings import find
from archsearch.report.sections import training
from archsearch.report.sections.blocks import Drawing, Section
from archsearch.report.sections.training.curves_figure import learning_figure
from archsearch.report.sections.training.stability_figure import stability_figure
from archsearch.report.statistics.epochs import AtEpoch
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.sample import headline_sample
from archsearch.report.subject import of_study
from tests.synthetic import CHANNEL_MEAN, StudyRecipe, synthetic_study


def section_of(
    study: StudyRecord, *epochs: AtEpoch, names: dict[int, str] | None = None
) -> Section | None:
    return training.section(study, headline_sample(study), epochs, names=names)


def warnings_of(study: StudyRecord) -> dict[str, str]:
    section = section_of(study)
    assert section is not None
    return {warning.code: warning.message for warning in section.warnings}


def figures_of(study: StudyRecord, *epochs: AtEpoch) -> dict[str, Drawing]:
    section = section_of(study, *epochs)
    assert section is not None
    return {block.name: block for block in section.blocks if isinstance(block, Drawing)}


def changed_runs(study: StudyRecord, **updates: object) -> StudyRecord:
    """The study with the first trial's results changed."""
    first, *others = study.trials
    seeds = tuple(
        seed.model_copy(update={"result": seed.result.model_copy(update=updates)})
        for seed in first.seeds
    )
    trials = (first.model_copy(update={"seeds": seeds}), *others)
    return study.model_copy(update={"trials": trials})


def at(epoch: int, value: float, low: float, high: float) -> AtEpoch:
    slope = Estimate(-0.5, -0.7, -0.3, 24, None)
    return AtEpoch(epoch, Estimate(value, low, high, 24, None), slope, 0.9)


def test_a_clean_study_has_no_warnings():
    assert warnings_of(synthetic_study(StudyRecipe(complete=40, epochs=40, slope=0.3))) == {}


def test_nothing_is_said_without_a_result():
    assert section_of(synthetic_study(StudyRecipe(complete=0, failed=2))) is None


def test_unequal_epochs():
    told = warnings_of(changed_runs(synthetic_study(StudyRecipe(epochs=40, slope=0.3)), epochs=99))
    assert told == {"unequal-epochs": "Runs differ in epochs (40 to 99): budgets are unequal."}


def test_runs_that_stopped_early_are_told_and_marked():
    """They aren't unequal budgets: the same was planned for all."""
    study = synthetic_study(StudyRecipe(epochs=40, slope=0.3))
    history = study.trials[0].results[0].history[:12]
    stopped = changed_runs(study, epochs=12, history=history, planned_epochs=40, weights_epoch=7)
    told = warnings_of(stopped)
    assert "unequal-epochs" not in told
    assert told["stopped-early"] == (
        "2 of 48 runs stopped early, after 12 of 40 epochs: the validation error no longer fell. "
        "Each keeps the weights of its best epoch."
    )
    assert figures_of(stopped)["learning"].caption == (
        "A dot ends the line of a net that stopped early."
    )
    with styled():
        (axes, *_) = learning_figure(stopped).axes
    (dot,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert [float(x) for x in dot.get_xdata()] == [12.0]
    with styled():
        (axes, *_) = learning_figure(study).axes
    assert not [line for line in axes.lines if line.get_marker() == "o"]


def test_a_few_nets_with_names_have_lines_of_their_own():
    study = synthetic_study(StudyRecipe(complete=3, epochs=5))
    names = {trial.number: f"net {trial.number}" for trial in study.trials}
    with styled():
        (axes,) = learning_figure(study, names).axes
    named = [line for line in axes.lines if line.get_label().endswith(", validation")]
    assert [line.get_label() for line in named] == [
        f"{name}, validation" for name in names.values()
    ]
    assert len({line.get_color() for line in named}) == 3
    dotted = [line for line in axes.lines if line.get_linestyle() == ":" and len(line.get_xdata())]
    histories = [result.history for result in study.trials[0].results]
    for lines, error in ((named, "val_mse"), (dotted, "train_mse")):
        means = [
            np.mean([getattr(row, error) for row in rows]) for rows in zip(*histories, strict=True)
        ]
        np.testing.assert_allclose(lines[0].get_ydata(), means)
    assert len(dotted) == 3
    assert len(axes.figure.legends) == 1
    many = synthetic_study(StudyRecipe(complete=30, epochs=5))
    with styled():
        (axes, *_) = learning_figure(many, {trial.number: "a" for trial in many.trials}).axes
    assert not any(line.get_linestyle() == ":" for line in axes.lines)


def test_curves_that_still_fall():
    falling, flat = (synthetic_study(StudyRecipe(epochs=epochs)) for epochs in (3, 40))
    assert "still-falling" in warnings_of(falling)
    assert figures_of(falling)["learning"].title == "48 of 48 runs haven’t converged"
    assert "still-falling" not in warnings_of(flat)
    assert figures_of(flat)["learning"].title.startswith("No training ended while its error still")


def test_a_collapsed_run_counts_neither_as_converged_nor_as_not():
    study = changed_runs(synthetic_study(StudyRecipe(epochs=3)), collapsed=True)
    assert figures_of(study)["learning"].title == "46 of 46 runs haven’t converged"


def with_rates(study: StudyRecord, last: float) -> StudyRecord:
    """The study with each run's last learning rate changed."""
    trials = []
    for trial in study.trials:
        seeds = []
        for seed in trial.seeds:
            *before, end = seed.result.history
            history = (*before, end.model_copy(update={"lr": last}))
            result = seed.result.model_copy(update={"history": history})
            seeds.append(seed.model_copy(update={"result": result}))
        trials.append(trial.model_copy(update={"seeds": tuple(seeds)}))
    return study.model_copy(update={"trials": tuple(trials)})


def test_curves_that_a_schedule_flattens():
    flat = synthetic_study(StudyRecipe(complete=40, epochs=40))
    assert "annealed" in warnings_of(with_rates(flat, 1e-6))
    assert "annealed" not in warnings_of(with_rates(flat, 1e-3 / 10))
    falling = with_rates(synthetic_study(StudyRecipe(epochs=3)), 1e-6)
    assert warnings_of(falling).keys() & {"annealed", "still-falling"} == {"annealed"}


@pytest.mark.parametrize(("share", "code"), [(0.001, "collapsed-runs"), (None, "marked-runs")])
def test_what_collapsed_is_told_once_and_in_one_word(share, code):
    """Its error is that of a guess, and its curve may fall: neither is told of it."""
    study = synthetic_study(StudyRecipe(epochs=40, slope=0.3))
    test = study.trials[0].seeds[0].result.test
    worse = test.model_copy(update={"mse": 1.1 * CHANNEL_MEAN})
    lost = changed_runs(study, collapsed=True, variance_share=share, test=worse)
    told = warnings_of(lost)
    assert told.keys() == {code}
    assert told[code].startswith("2 of 48 runs")
    assert told[code].endswith("Numbers are given with and without.")
    kept = warnings_of(changed_runs(study, test=worse))
    assert kept.keys() == {"no-better-than-guess"}
    assert kept["no-better-than-guess"].startswith("2 of 48 runs ended no better")


def test_named_nets_are_named():
    study = synthetic_study(StudyRecipe(complete=2, epochs=3, seeds=1))
    section = section_of(study, names={0: "small", 1: "large"})
    assert section is not None
    (warning,) = (one for one in section.warnings if one.code == "still-falling")
    assert warning.message.startswith("small, large ended too early")
    two = synthetic_study(StudyRecipe(complete=1, epochs=3))
    section = section_of(two, names={0: "small"})
    assert section is not None
    (warning,) = (one for one in section.warnings if one.code == "still-falling")
    assert warning.message.startswith("small (seed 0), small (seed 1) ended too early")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((-0.7, -0.8, -0.75), "The correlation lies within the last epoch’s interval at every"),
        ((-0.1, -0.8, -0.75), "From epoch 2 on the correlation lies within the last epoch’s inter"),
        ((-0.7, -0.1, -0.75), "The correlation hasn’t settled: only the last epoch lies within"),
    ],
)
def test_the_answer_is_called_settled_from_the_epoch_on_that_it_is(values, told):
    study = synthetic_study(StudyRecipe(complete=6, epochs=3))
    epochs = [at(epoch, value, -0.9, -0.5) for epoch, value in enumerate(values, 1)]
    figure = figures_of(study, *epochs)["stability"]
    assert figure.title.startswith(told)
    assert f"{values[0]:.2f} after epoch 1".replace("-", "−") in figure.alt
    searched = study.model_copy(update={"designed": False})
    assert "among the search’s trials" in figures_of(searched, *epochs)["stability"].title
    assert "stability" not in figures_of(study, epochs[0])


def test_the_last_epoch_has_the_answer_s_interval():
    found = find(of_study(synthetic_study()))
    assert found.epochs[-1].spearman[:3] == pytest.approx(found.answer.estimate[:3])


def test_a_band_is_the_interval_that_stands_in_the_numbers():
    known = [at(1, -0.6, -0.9, -0.2), at(2, -0.7, -0.8, -0.5)]
    with styled():
        axes = stability_figure(known).axes[0]
    assert axes.lines[0].get_ydata().tolist() == [-0.6, -0.7]
    (band,) = axes.collections
    corners = {(float(x), round(float(y), 6)) for x, y in band.get_paths()[0].vertices}
    assert corners == {(1.0, -0.9), (1.0, -0.2), (2.0, -0.8), (2.0, -0.5)}


def test_a_curve_is_a_net_s_mean_in_the_color_of_its_size():
    study = synthetic_study(StudyRecipe(complete=4, epochs=3))
    with styled():
        axes = learning_figure(study).axes[0]
    trial = study.trials[2]
    histories = [[epoch.val_mse for epoch in seed.result.history] for seed in trial.seeds]
    (line,) = (
        line for line in axes.lines if np.allclose(line.get_ydata(), np.mean(histories, axis=0))
    )
    sizes = np.array([each.plan.latent_size for each in study.trials], dtype=float)
    colormap, norm = size_colors(sizes)
    assert to_rgb(line.get_color()) == pytest.approx(
        colormap(norm(trial.plan.latent_size))[:3], abs=0.01
    )
    assert len(axes.lines) == 4
