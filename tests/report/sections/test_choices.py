"""What is said and drawn of a searched choice is no surer than its p, and says why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from scipy import stats

from archsearch.records import RunResult, StudyRecord
from archsearch.report.drawing.style import styled
from archsearch.report.outcome import collapsed_word
from archsearch.report.sections import choices
from archsearch.report.sections.blocks import Drawing, Section, Table, Text
from archsearch.report.sections.choices.effects_figure import effects_figure
from archsearch.report.sections.choices.factors_figure import factors_figure, student_interval
from archsearch.report.sections.choices.importances_figure import importances_figure
from archsearch.report.sections.choices.sentences import sentences
from archsearch.report.sections.correction import correct
from archsearch.report.sections.untried import never_drawn
from archsearch.report.statistics.effects import Effect, FactorTest
from archsearch.report.statistics.importance import importances
from archsearch.report.statistics.intervals import Estimate, nothing
from archsearch.report.statistics.pairs import Paired
from archsearch.report.statistics.sample import Sample, headline_sample
from tests.report.varied import with_one_collapse
from tests.synthetic import StudyRecipe, synthetic_study


def made(name: str, low: float, high: float, p_holm: float | None) -> FactorTest:
    estimate = Estimate(value=(low + high) / 2, low=low, high=high, n=24, p=0.03)
    return FactorTest(name, (Effect(name, "5 against 3", estimate, estimate),), 0.2, 0.03, p_holm)


def pair(p_holm: float) -> Paired:
    estimate = Estimate(-0.2, -0.3, -0.1, 12, 0.001)
    return Paired("depth", "each step of 1", "all other choices", 6, estimate, p_holm)


@dataclass(frozen=True)
class Findings:
    study: StudyRecord
    sample: Sample
    choices: choices.Choices

    @property
    def collapsed_word(self) -> str:
        collapsed = self.sample.collapsed
        return collapsed_word(collapsed["variance_share"]) if len(collapsed) else ""


def found_in(study: StudyRecord) -> Findings:
    """What the section's numbers are, corrected for each other alone."""
    sample = headline_sample(study)
    found, _ = correct(choices.compute(study, sample), choices.corrected)
    return Findings(study, sample, found)


@pytest.fixture(scope="module")
def findings() -> Findings:
    return found_in(synthetic_study(StudyRecipe(complete=8)))


def with_effects(findings: Findings, *tests: FactorTest, **updates: object) -> Findings:
    effects = replace(findings.choices.all, effects=tests, **updates)
    return replace(findings, choices=replace(findings.choices, all=effects))


def section_of(findings: Findings, looks: int = 21) -> Section | None:
    return choices.section(
        findings.choices, findings.study, findings.sample, looks=looks,
        word=findings.collapsed_word,
    )  # fmt: skip


def said(findings: Findings, looks: int = 21) -> str:
    section = section_of(findings, looks)
    blocks = section.blocks if section else ()
    return " ".join(block.text for block in blocks if isinstance(block, Text))


def figures_of(findings: Findings) -> dict[str, Drawing]:
    section = section_of(findings)
    assert section is not None
    return {block.name: block for block in section.blocks if isinstance(block, Drawing)}


def table_of(findings: Findings, name: str) -> Table:
    section = section_of(findings)
    assert section is not None
    return next(b for b in section.blocks if isinstance(b, Table) and b.name == name)


def points_of(axes: Axes) -> list[tuple[float, float]]:
    """Every point of every line: seaborn draws points with intervals as these."""
    return [
        (float(x), float(y))
        for line in axes.lines
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


@pytest.mark.parametrize(("p_holm", "shown"), [(0.01, True), (0.20, False), (None, False)])
def test_an_effect_is_told_where_its_corrected_p_says_so(findings, p_holm, shown):
    found = with_effects(findings, made("kernel", 0.1, 0.7, p_holm))
    assert ("these change the error: kernel" in said(found)) is shown
    title = figures_of(found)["effects"].title
    assert (title == "1 of 1 choice is shown to change the error") is shown


def test_an_interval_that_excludes_zero_and_is_not_shown_says_why(findings):
    tests = (
        made("kernel", 0.1, 0.7, 0.01),
        made("width", -0.27, -0.01, 0.2),
        made("depth", -0.2, 0.3, 0.9),
    )
    found = with_effects(findings, *tests)
    assert "these change the error: kernel, 5 against 3: +49 % (+11 % to +101 %)." in said(found)
    assert "Not shown to: width*, depth (*: before correction for 21 comparisons)." in said(found)
    figure = figures_of(found)["effects"]
    assert figure.caption.endswith("*: not shown once corrected.")
    names = [text.get_text() for text in figure.draw().axes[0].get_yticklabels()]
    assert names == [f"{name}\n5 against 3" for name in ("kernel", "width*", "depth")]
    plain = with_effects(findings, tests[0], tests[2])
    assert "*" not in said(plain)
    assert "*" not in figures_of(plain)["effects"].caption


def test_effects_that_are_not_shown_are_not_claimed(findings):
    found = with_effects(findings, made("kernel", 0.1, 0.7, 0.3), made("width", -0.2, 0.1, 0.9))
    assert "none is shown to change the error (corrected for 21 comparisons)" in said(found)
    assert "these change the error" not in said(found)
    assert figures_of(found)["effects"].title == "No choice is shown to change the error"


def test_without_effects_that_hold_others_equal_only_those_alone_are_drawn(findings):
    alone = Estimate(0.4, 0.1, 0.7, 24, 0.02)
    test = FactorTest("kernel", (Effect("kernel", "5 against 3", alone, nothing(24)),), None, None)
    found = with_effects(findings, test)
    assert "no effect can be computed" in said(found)
    figure = figures_of(found)["effects"]
    assert figure.title == "Each choice alone: the others vary too"
    (legend,) = figure.draw().legends
    assert [text.get_text() for text in legend.get_texts()] == ["alone"]


def test_a_figure_has_the_intervals_of_the_table(findings):
    """seaborn would make others of its own."""
    adjusted, alone = Estimate(0.4, 0.1, 0.6, 24, 0.01), Estimate(-0.3, -0.9, 0.2, 24, 0.3)
    test = FactorTest("kernel", (Effect("kernel", "5 against 3", adjusted, alone),), 0.2, 0.01, 0.2)
    with styled():
        axes = effects_figure((test,)).axes[0]
    drawn = sorted(float(np.log(x)) for x, _ in points_of(axes) if x != 1)
    assert drawn == pytest.approx([-0.9, -0.3, 0.1, 0.2, 0.4, 0.6])


def test_what_like_architectures_show_is_told_where_it_is_shown(findings):
    shown = with_effects(findings, made("kernel", 0.1, 0.7, 0.01), paired=(pair(0.01),))
    told = "that differ in one thing: depth, each step of 1, at equal all other choices: −18 %"
    assert told in said(shown)
    assert table_of(shown, "paired").title == "Architectures that differ in one thing"
    silent = with_effects(findings, made("kernel", 0.1, 0.7, 0.01), paired=(pair(0.2),))
    assert "in one thing" not in said(silent)
    assert table_of(silent, "paired").title.startswith("No effect is shown between architectures")


def test_refused_importances_say_why(findings):
    assert "Importances aren’t given: 8 architectures are too few; it takes 30." in said(findings)
    assert "importances" not in figures_of(findings)
    assert importances_figure(findings.choices.importances) is None
    assert importances(findings.choices.factors, np.ones(24)).refused != ""


@pytest.mark.parametrize("chance", [0.05, 0.7])
def test_an_importance_stands_beside_what_chance_gets(findings, chance):
    told = replace(
        findings.choices.importances, refused="", shares={"width": 0.6, "depth": 0.1},
        noise_column=chance,
    )  # fmt: skip
    found = replace(findings, choices=replace(findings.choices, importances=told))
    figure = figures_of(found)["importances"]
    beaten = "By fANOVA no choice explains more than a random column"
    assert figure.title == (
        beaten
        if chance > 0.6
        else "By fANOVA width gets 60 % of the explained variance, a random column 5 %"
    )
    axes = figure.draw().axes[0]
    assert [bar.get_width() for bar in axes.patches if bar.get_width()] == [60.0, 10.0]
    assert axes.lines[-1].get_xdata()[0] == 100 * chance
    assert "not a test" in figure.caption


def test_a_search_is_named_once_and_a_design_never(findings):
    told = " ".join(sentences(findings.choices, looks=3, designed=False, word=""))
    assert told.count("A search chose these trials by their errors") == 1
    assert "A search" not in said(findings)


def test_nothing_is_said_of_nothing():
    assert section_of(found_in(synthetic_study(StudyRecipe(complete=0, failed=2)))) is None


def valued(study: StudyRecord, *values: str) -> StudyRecord:
    """The study with the first trials' activation, over a space of five."""
    trials = [
        trial.model_copy(update={"values": trial.values | {"activation": value}})
        for trial, value in zip(study.trials, values, strict=False)
    ]
    levels = {"activation": {"choices": ["relu", "gelu", "elu", "tanh", "silu"]}}
    settings = study.settings | {"space": levels}
    return study.model_copy(
        update={"trials": (*trials, *study.trials[len(trials) :]), "settings": settings}
    )


def test_levels_that_no_training_had_are_named():
    study = valued(synthetic_study(StudyRecipe(complete=8)), *["relu", "gelu"] * 4)
    assert "Never trained: activation elu, tanh, silu." in said(found_in(study))


@pytest.mark.parametrize("state", ["failed", "pruned", "running"])
def test_a_level_that_was_tried_without_a_result_is_not_called_untrained(state):
    study = valued(synthetic_study(StudyRecipe(complete=8)), *["relu", "gelu"] * 3, "elu", "tanh")
    trials = list(study.trials)
    trials[6] = trials[6].model_copy(update={"state": state, "seeds": ()})
    trials[7] = trials[7].model_copy(update={"state": "waiting", "seeds": ()})
    study = study.model_copy(update={"trials": tuple(trials)})
    assert never_drawn(study) == {"activation": ["tanh", "silu"]}


def test_effects_are_told_without_the_collapse_where_it_changes_what_is_shown():
    """Of one choice's two architectures one collapses: its effect drowns, and comes back."""
    plain = synthetic_study(StudyRecipe(slope=0.0, architecture_noise=0.02, seed_noise=0.02))
    trials = tuple(
        trial.model_copy(
            update={
                "seeds": tuple(
                    seed.model_copy(update={"result": _scaled(seed.result, trial.values)})
                    for seed in trial.seeds
                )
            }
        )
        for trial in plain.trials
    )
    shifted = plain.model_copy(update={"trials": trials})
    told = said(found_in(with_one_collapse(shifted)))
    assert "none is shown to change the error" in told
    assert "Without the collapsed runs: with the other choices held equal, these" in told
    assert "Without the collapsed runs" not in said(found_in(shifted))
    assert told.replace("collapsed", "marked") == said(
        found_in(with_one_collapse(shifted, share=None))
    )


def _scaled(of: RunResult, values: dict[str, object]) -> RunResult:
    factor = 1.25 if values["residual"] else 1.0
    return of.model_copy(
        update={"val": of.val.model_copy(update={"mse": 0.01 * factor * of.val.mse / 0.02})}
    )


@pytest.mark.parametrize("tied", [True, False])
def test_a_choice_that_goes_along_with_a_size_is_warned_of(tied):
    study = synthetic_study(StudyRecipe(complete=40, slope=0.9, architecture_noise=0.05))
    sides = {trial.plan.latent_height for trial in study.trials}
    trials = tuple(
        trial.model_copy(
            update={
                "values": {"depth": trial.plan.latent_height if tied else trial.number % len(sides)}
            }
        )
        for trial in study.trials
    )
    section = section_of(found_in(study.model_copy(update={"trials": trials})))
    told = [warning.message for warning in section.warnings if warning.code == "confounded-choices"]
    assert told == (
        ["depth correlates with latent height×width (ρ = 1.00): their effects can’t be told apart."]
        if tied
        else []
    )


def test_a_level_has_students_interval_from_four_trials_on():
    errors = np.array([0.010, 0.012, 0.009, 0.011])
    logs = np.log(errors)
    expected = stats.t.interval(0.95, 3, logs.mean(), stats.sem(logs))
    assert student_interval(logs) == pytest.approx(expected)
    for few in (1, 2, 3):
        assert np.isnan(student_interval(logs[:few])).all()


def test_a_level_is_drawn_with_its_geometric_mean_and_interval():
    study = valued(synthetic_study(StudyRecipe(complete=8)), *["relu"] * 4, *["gelu"] * 4)
    only = tuple(
        trial.model_copy(update={"values": {"activation": trial.values["activation"]}})
        for trial in study.trials
    )
    study = study.model_copy(update={"trials": only})
    with styled():
        (axes,) = factors_figure(study, headline_sample(study)).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["gelu", "relu"]
    for place, of in enumerate((only[4:], only[:4])):
        errors = [np.mean([seed.result.val.mse for seed in trial.seeds]) for trial in of]
        logs = np.log(errors)
        ends = np.exp(stats.t.interval(0.95, 3, logs.mean(), stats.sem(logs)))
        drawn = [y for x, y in points_of(axes) if x == pytest.approx(place + 0.3)]
        assert sorted(drawn) == pytest.approx(sorted([*ends, stats.gmean(errors)]))


def test_the_same_study_is_drawn_the_same(findings):
    """What seaborn shakes apart, it shakes differently each time."""
    with styled():
        one, other = (factors_figure(findings.study, findings.sample) for _ in range(2))
    for panel, again in zip(one.axes, other.axes, strict=True):
        pairs = zip(panel.collections, again.collections, strict=True)
        assert all(np.array_equal(a.get_offsets(), b.get_offsets()) for a, b in pairs)
