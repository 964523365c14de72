"""Correlations: right in sign and number, never surer than the interval; what limits them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from archsearch.report.findings import Findings
from archsearch.report.formatting import decimal, interval
from archsearch.report.sections.correlations.figures import map_figure, rivals_figure
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.rank import spearman
from archsearch.report.statistics.rivals import RIVALS
from archsearch.report.verdict import answer_of
from tests.report.reading import (
    column_of,
    drawings_of,
    findings_of,
    said,
    section_of,
    synthetic_findings,
    tables_of,
    warnings_of,
)
from tests.synthetic import StudyRecipe, synthetic_study

NAME = "correlations"


@pytest.fixture(scope="module")
def collapsed() -> Findings:
    return synthetic_findings(complete=20, collapsed=4)


def with_rivals(findings: Findings, **updates: object) -> Findings:
    """The findings with parameters changed among the rivals."""
    rivals = tuple(
        rival._replace(**updates) if rival.name == "params" else rival
        for rival in findings.correlations.rivals
    )
    sizes = dataclasses.replace(findings.correlations, rivals=rivals)
    return dataclasses.replace(findings, correlations=sizes)


def with_partial(findings: Findings, estimate: Estimate, p_holm: float | None) -> Findings:
    """The findings with another correlation given the other sizes."""
    found = findings.correlations.sizes
    latent = {**found.measures["latent_size"], "partial_spearman": estimate}
    measures = {**found.measures, "latent_size": latent}
    sizes = dataclasses.replace(
        findings.correlations,
        sizes=dataclasses.replace(found, measures=measures),
        partial_p=p_holm,
    )
    return dataclasses.replace(findings, correlations=sizes)


def test_within_trunks_the_slope_over_all_of_them_is_called_that(findings):
    rho = Estimate(-0.2, -0.6, 0.3, 24, 0.4)
    within = Estimate(-0.3, -0.4, -0.2, 24, 0.01)
    made = dataclasses.replace(findings, answer=answer_of(rho, within, 3, designed=True))
    slope = "latent twice as large comes with an error changed by"
    assert f"Over all trunks together, a {slope}" in said(made, NAME)
    assert f"A {slope}" in said(findings, NAME)
    title = drawings_of(made, NAME)["rivals"].title
    assert title.startswith("Latent size and error, over all trunks: ρ = ")


def test_the_slope_is_the_statistics(findings):
    slope = findings.correlations.sizes.slopes["latent_size"]
    change, low, high = (f"{100 * (2**part - 1):.0f}".replace("-", "−") for part in slope[:3])
    assert f"changed by {change} % (95 % interval {low} % to {high} %)" in said(findings, NAME)


@pytest.mark.parametrize(
    ("estimate", "p_holm", "words"),
    [
        ((-0.6, -0.8, -0.3), 0.01, "latent size explains something that these don’t"),
        ((-0.6, -0.8, -0.3), 0.3, "not shown to differ from 0, corrected for"),
        ((-0.2, -0.5, 0.2), 0.9, "neither an effect of latent size nor its absence is shown"),
    ],
)
def test_with_other_sizes_equal_no_more_is_said_than_is_shown(findings, estimate, p_holm, words):
    made = with_partial(findings, Estimate(*estimate, n=24, p=0.01), p_holm)
    text = said(made, NAME)
    assert words in text
    assert "another question" in text
    told = ["explains something", "not shown to differ", "neither an effect"]
    assert sum(each in text for each in told) == 1


def test_what_correlates_more_strongly_with_the_error_is_named(findings):
    closer = "The error correlates more strongly with parameters than with latent size"
    gap = Estimate(-0.3, -0.5, -0.1, 24, None)
    for p_holm, told in ((0.01, True), (0.3, False)):
        made = with_rivals(findings, gap=gap, p_holm=p_holm)
        assert (closer == drawings_of(made, NAME)["rivals"].title) is told
    assert "more strongly" not in said(findings, NAME)


@pytest.mark.parametrize(
    ("rho", "p_holm", "title"),
    [
        ((-0.8, -0.9, -0.6), 0.3, "Latent size correlates with the error"),
        ((-0.8, -0.9, -0.6), 0.01, "Latent size and parameters correlate with the error"),
        ((-0.2, -0.5, 0.1), 0.3, "No size is shown to correlate with the error"),
        (
            (-0.2, -0.5, 0.1),
            0.01,
            "Correlations with the error are shown for parameters, not for latent size",
        ),
    ],
)
def test_the_figures_title_says_no_more_than_the_answer(findings, rho, p_holm, title):
    """Of latent size by the page's verdict, of the others by their corrected p."""
    none = Estimate(None, None, None, 24, None)
    answer = answer_of(Estimate(*rho, n=24, p=0.01), none, 0, designed=True)
    clear = Estimate(-0.5, -0.8, -0.1, 24, 0.01)
    made = with_rivals(findings, estimate=clear, p_holm=p_holm)
    quiet = tuple(
        r if r.name == "params" else r._replace(p_holm=None) for r in made.correlations.rivals
    )
    sizes = dataclasses.replace(made.correlations, rivals=quiet)
    made = dataclasses.replace(made, answer=answer, correlations=sizes)
    assert drawings_of(made, NAME)["rivals"].title == title


def test_too_few_for_an_answer_are_told_without_a_claim():
    few = synthetic_findings(complete=5)
    assert few.answer.verdict == "too-few"
    title = drawings_of(few, NAME)["rivals"].title
    assert title.startswith("Latent size and error, 5 architectures: ρ = ")


def test_a_searchs_trials_are_named_as_such():
    found = synthetic_findings(designed=False)
    assert "adaptive-search" in warnings_of(found)
    title = section_of(found, NAME).title
    assert title == "Correlations with the error, among trials that a search chose"
    assert drawings_of(found, NAME)["rivals"].title.startswith("Latent size and error, 24 arch")


def test_one_number_has_one_interval_wherever_it_stands(findings):
    rho = findings.correlations.sizes.measures["latent_size"]["spearman"]
    told = (decimal(rho.value), interval(rho))
    for name, table in tables_of(findings, NAME).items():
        place = [column.name for column in table.columns].index("Spearman ρ")
        cell = table.rows[0].cells[place]
        assert (cell.text, cell.small.split(";")[0]) == told, name


def test_tables_stand_twice_where_collapsed_runs_change_them(findings, collapsed):
    titles = {name: table.title for name, table in tables_of(collapsed, NAME).items()}
    assert titles["measures"] == "All runs"
    assert titles["measures-without-collapsed"] == "Without collapsed runs"
    all_, without = (
        column_of(tables_of(collapsed, NAME)[name], "Spearman ρ")[0]
        for name in ("measures", "measures-without-collapsed")
    )
    measures = (collapsed.correlations.sizes, collapsed.correlations.without_collapsed)
    told = [decimal(each.measures["latent_size"]["spearman"].value) for each in measures]
    assert [all_, without] == told
    assert all_ != without
    assert [*tables_of(findings, NAME)] == ["rivals", "measures"]


def test_figures_show_the_numbers(findings):
    rivals = findings.correlations.rivals
    axes = rivals_figure(rivals).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == [RIVALS[r.name] for r in rivals]
    assert [text.get_text() for text in axes.texts] == [decimal(r.estimate.value) for r in rivals]
    points = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    assert points == [rival.estimate.value for rival in rivals]
    x = np.arange(9.0)
    columns = {"error": x, "size": (x * 4) % 9, "width": -x}
    axes = map_figure(columns).axes[0]
    size = decimal(spearman(x, columns["size"]))
    width = decimal(spearman(columns["size"], columns["width"]))
    assert [text.get_text() for text in axes.texts] == [size, "−1.00", width]


def test_the_maps_title_names_what_latent_size_is_tied_to_most(findings):
    table = findings.code_sample.architectures()
    title = drawings_of(findings, NAME)["map"].title
    label, rho = title.removeprefix("Latent size correlates most with ").rstrip(")").split(" (ρ = ")
    column = next(name for name, each in RIVALS.items() if each == label)
    assert rho == decimal(spearman(table["latent_size"], table[column]))
    rivals = [name for name in RIVALS if name in table and table[name].nunique() > 1]
    others = set(rivals) - {"latent_size", "bottleneck_size", column}
    strongest = max(abs(spearman(table["latent_size"], table[name])) for name in others)
    assert strongest <= abs(spearman(table["latent_size"], table[column]))


def codes(**recipe: object) -> set[str]:
    return set(warnings_of(synthetic_findings(**recipe)))


def test_few_architectures_are_warned_of():
    assert "few-architectures" in codes(complete=11)
    few = codes(complete=3)
    assert few & {"too-few-architectures", "few-architectures"} == {"too-few-architectures"}
    assert not codes() & {"too-few-architectures", "few-architectures"}


def test_nothing_left_for_a_partial_correlation():
    assert "partial-undetermined" in codes(complete=5)
    assert "partial-undetermined" not in codes()


def test_one_latent_size_has_no_effect_to_be_seen():
    study = synthetic_study(StudyRecipe(latents=(64,)))
    found = findings_of(study)
    assert warnings_of(found)["constant-latent"].startswith("All architectures have the same")
    assert "confounded" not in warnings_of(found)


def test_sizes_tied_to_latent_size_are_warned_of():
    study = synthetic_study(StudyRecipe(complete=6))
    tied = []
    for trial in study.trials:
        update = {"encoder_depth": trial.plan.latent_size}
        tied.append(trial.model_copy(update={"plan": trial.plan.model_copy(update=update)}))
    found = findings_of(study.model_copy(update={"trials": tuple(tied)}))
    assert "encoder depth (ρ = 1.00)" in warnings_of(found)["confounded"]
    assert "confounded" not in codes()


def test_several_tasks_are_told_within_each():
    study = synthetic_study(StudyRecipe(complete=24))
    trials = []
    for trial in study.trials:
        task = "denoise" if trial.number % 2 else "reconstruct"
        seeds = tuple(
            seed.model_copy(update={"result": seed.result.model_copy(update={"task": task})})
            for seed in trial.seeds
        )
        trials.append(trial.model_copy(update={"seeds": seeds}))
    found = findings_of(study.model_copy(update={"trials": tuple(trials)}))
    assert "mixed-tasks" in warnings_of(found)
    told = [f"{task} {decimal(e.value)}" for task, e in found.correlations.by_task.items()]
    assert len(told) == 2
    assert all(each in said(found, NAME) for each in told)
    assert "within each task" not in said(synthetic_findings(), NAME)


def test_of_nothing_there_is_only_the_warning():
    section = section_of(synthetic_findings(complete=0), NAME)
    assert section.blocks == ()
    assert [warning.code for warning in section.warnings] == ["too-few-architectures"]
