"""Noise of the seed: its words and figure hold the statistics' numbers, collapsed runs apart."""

from __future__ import annotations

import dataclasses

from archsearch.report.sections.noise import Noise, noise_figure
from tests.report.reading import (
    drawings_of,
    findings_of,
    said,
    section_of,
    synthetic_findings,
    warnings_of,
)
from tests.synthetic import StudyRecipe, synthetic_study


def test_the_words_are_the_statistics(findings):
    noise = findings.noise.all
    text = said(findings, "noise")
    assert f"must differ by a factor of {noise.discernible:.2f}" in text
    share, low = (min(round(100 * part), 99) for part in (noise.share, noise.low))
    assert (
        f"explains {share} % (95 % interval {low} to "
        in drawings_of(findings, "noise")["noise"].title
    )
    assert "noise" not in warnings_of(findings)
    assert "without" not in text


def test_noise_as_large_as_the_effect_is_warned_of():
    study = synthetic_study(StudyRecipe(slope=0.0, architecture_noise=0.01, seed_noise=0.5))
    assert "noise" in warnings_of(findings_of(study))


def test_one_collapsed_run_does_not_make_noise_of_a_study(findings):
    """One seed of one net collapsed: it is told apart, and no warning comes of it."""
    study = synthetic_study()
    trial = study.trials[0]
    first, *others = trial.seeds
    val = first.result.val.model_copy(update={"mse": 0.06})
    update = {"val": val, "collapsed": True, "variance_share": 0.0003}
    broken = first.model_copy(update={"result": first.result.model_copy(update=update)})
    trials = (trial.model_copy(update={"seeds": (broken, *others)}), *study.trials[1:])
    found = findings_of(study.model_copy(update={"trials": trials}))
    text = said(found, "noise")
    assert "That is without 1 architecture with a collapsed run; with it it would be" in text
    assert "by the collapsed runs and not by noise" in text
    assert found.noise.all.discernible > 1.1 * found.noise.kept.discernible
    assert "noise" not in warnings_of(found)
    spoilt = dataclasses.replace(found, noise=Noise(found.noise.all, None))
    assert "That is without" not in said(spoilt, "noise")


def test_one_seed_can_not_be_told_from_the_architecture():
    found = synthetic_findings(seeds=1)
    assert "one-seed" in warnings_of(found)
    assert section_of(found, "noise").blocks == ()
    assert "one-seed" not in warnings_of(synthetic_findings(complete=6))


def test_the_figure_shows_every_run_in_order_of_means(findings):
    axes = noise_figure(findings.sample).axes[0]
    points = axes.collections[1].get_offsets()
    assert len(points) == len(findings.sample.runs)
    means = axes.lines[0].get_ydata()
    assert list(means) == sorted(means)


def test_nothing_is_said_of_nothing():
    assert section_of(synthetic_findings(complete=0), "noise") is None
