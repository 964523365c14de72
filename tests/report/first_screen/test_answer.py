"""The first sentences: the verdict first, right in sign and number, never surer than that."""

from __future__ import annotations

import dataclasses

import pytest

from archsearch.records import Baselines, StudyRecord
from archsearch.report.findings import Findings, find
from archsearch.report.first_screen.answer import answer_sentence, cause_sentence
from archsearch.report.pages.study import page_of
from archsearch.report.sections.blocks import Text
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.subject import of_study
from archsearch.report.verdict import answer_of
from tests.synthetic import StudyRecipe, synthetic_study


def found(study: StudyRecord | None = None) -> Findings:
    return find(of_study(study or synthetic_study()))


@pytest.fixture(scope="module")
def findings() -> Findings:
    return found()


def with_answer(findings: Findings, rho: Estimate, within: Estimate, trunks: int) -> Findings:
    return dataclasses.replace(findings, answer=answer_of(rho, within, trunks, designed=True))


NOTHING = Estimate(None, None, None, 24, None)


@pytest.mark.parametrize(
    ("estimate", "verdict", "opening", "limit"),
    [
        ((-0.8, -0.9, -0.6, 24), "yes", "Yes: each doubling", "interval −0.90 to −0.60"),
        ((0.8, 0.6, 0.9, 24), "yes", "Yes, but the other way: nets with", "0.60 to 0.90"),
        ((-0.2, -0.5, 0.1, 24), "not-shown", "Not shown: ", "24 architectures would have found"),
        ((0.1, -0.6, 0.7, 6), "not-shown", "Not shown: ", "6 architectures"),
        ((0.02, -0.2, 0.25, 24), "little", "Little or none: ", "interval −0.20 to 0.25"),
    ],
)
def test_the_answer_follows_the_interval(findings, estimate, verdict, opening, limit):
    *numbers, n = estimate
    made = with_answer(findings, Estimate(*numbers, n=n, p=0.01), NOTHING, 0)
    assert made.answer.verdict == verdict
    said = answer_sentence(made)
    assert said.startswith(opening)
    assert limit in said
    assert len(said.split()) <= 30


@pytest.mark.parametrize(
    ("slope", "verdict", "said"),
    [
        (
            (-0.3, -0.4, -0.2),
            "yes",
            "Yes: each doubling of the latent lowers the error by 19 % (95 % interval 13 to 24 %).",
        ),
        (
            (0.3, 0.2, 0.4),
            "yes",
            "Yes, but the other way: each doubling of the latent raises the error by 23 % "
            "(95 % interval 15 to 32 %).",
        ),
        (
            (-0.01, -0.05, 0.03),
            "little",
            "Little or none: each doubling of the latent changes the error by −1 % "
            "(95 % interval −3 % to +2 %).",
        ),
        (
            (-0.1, -0.4, 0.2),
            "not-shown",
            "Not shown: each doubling of the latent changes the error by −7 % "
            "(95 % interval −24 % to +15 %).",
        ),
    ],
)
def test_within_trunks_the_answer_is_the_slope(findings, slope, verdict, said):
    rho = Estimate(-0.2, -0.6, 0.3, 24, 0.4)
    made = with_answer(findings, rho, Estimate(*slope, n=24, p=0.01), 3)
    assert (made.answer.verdict, made.answer.measure) == (verdict, "slope_within_trunks")
    assert said in answer_sentence(made)
    assert len(answer_sentence(made).split()) <= 30


def test_the_numbers_are_the_statistics(findings):
    estimate = findings.correlations.sizes.measures["latent_size"]["spearman"]
    said = answer_sentence(findings)
    for value in (estimate.value, estimate.low, estimate.high):
        assert f"{value:.2f}".replace("-", "−") in said
    slope = findings.correlations.sizes.slopes["latent_size"].value
    assert f"by about {100 * abs(2**slope - 1):.0f} %" in said


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (StudyRecipe(complete=0, failed=3), "Too few: no architecture with a result"),
        (
            StudyRecipe(complete=5),
            "Too few: 5 architectures with a result; an answer needs at least 6",
        ),
        (
            StudyRecipe(complete=8, latents=(64,)),
            "No answer: all architectures have the same latent",
        ),
        (StudyRecipe(designed=False), "No answer: "),
    ],
)
def test_where_there_is_no_answer_the_reason_is_told(recipe, said):
    assert answer_sentence(found(synthetic_study(recipe))).startswith(said)


def leaking(study: StudyRecord, numbers: set[int]) -> StudyRecord:
    """The study with nets whose decoders read twice the latent."""
    trials = [
        trial.model_copy(
            update={
                "plan": trial.plan.model_copy(update={"effective_size": 2 * trial.plan.latent_size})
            }
        )
        if trial.number in numbers
        else trial
        for trial in study.trials
    ]
    return study.model_copy(update={"trials": tuple(trials)})


def test_nets_that_read_past_their_latent_give_no_answer():
    study = synthetic_study(StudyRecipe(complete=10))
    every = found(leaking(study, set(range(10))))
    assert answer_sentence(every) == (
        "Not comparable: the decoder of every net reads more than the latent."
    )
    some = found(leaking(study, {0, 1}))
    assert some.answer.estimate.n == 8
    assert 0 not in some.ranked
    assert 1 not in some.ranked


def scaled(study: StudyRecord, factor: float, beyond: float = 0) -> StudyRecord:
    """The study whose PCA has ``factor`` times each net's error, or twice it up to a size."""
    trials = []
    for trial in study.trials:
        seeds = []
        for seed in trial.seeds:
            mse = seed.result.val.mse
            share = factor if trial.plan.latent_size >= beyond else 2.0
            baselines = Baselines.of(
                {"channel_mean": (0.06, 0.06), "pca": (mse * share, mse * share)}
            )
            result = seed.result.model_copy(update={"baselines": baselines})
            seeds.append(seed.model_copy(update={"result": result}))
        trials.append(trial.model_copy(update={"seeds": tuple(seeds)}))
    return study.model_copy(update={"trials": tuple(trials)})


def test_what_limits_the_nets_is_read_from_pca():
    study = synthetic_study(StudyRecipe(complete=24, seeds=1))
    said = cause_sentence(found(scaled(study, 0.25)))
    assert said == (
        "At every size PCA of the same size has a lower error (the nets’ is 4.0 times as high in "
        "the median): these nets could use their latent better, by training or design."
    )
    assert cause_sentence(found(scaled(study, 2))) == (
        "PCA of the same size does no better than any of these nets."
    )
    sizes = sorted(trial.plan.latent_size for trial in study.trials)
    middle = sizes[12]
    said = cause_sentence(found(scaled(study, 0.5, beyond=middle)))
    assert said == (
        f"With {middle:,} numbers or more, PCA of the same size has a lower error (the nets’ is "
        "2.0 times as high in the median): there these nets could use their latent better, by "
        "training or design."
    )


@pytest.mark.parametrize(
    ("share", "cause"),
    [
        (None, ": there the bottleneck limits what is coded, not the latent."),
        (1.1, ": there the bottleneck limits what is coded, not the latent."),
        (
            0.5,
            ", but PCA with as few is 2.0 times better: training or design limits these nets more.",
        ),
    ],
    ids=["unknown", "worse", "better"],
)
def test_a_narrower_bottleneck_is_told_first(share, cause):
    """``share``: of each net's error, that of PCA with as many numbers as get through."""
    study = synthetic_study(StudyRecipe(complete=9, seeds=1))
    trials = []
    for trial in study.trials:
        (seed,) = trial.seeds
        error = None if share is None else share * seed.result.val.mse
        pca = None if error is None else (error, error)
        known = {name: seed.result.baselines.pair(name) for name in ("channel_mean", "pca")}
        baselines = Baselines.of(known | {"pca_bottleneck": pca})
        result = seed.result.model_copy(update={"baselines": baselines})
        narrow = trial.plan.model_copy(update={"bottleneck_size": 2})
        seeds = (seed.model_copy(update={"result": result}),)
        trials.append(trial.model_copy(update={"plan": narrow, "seeds": seeds}))
    said = cause_sentence(found(study.model_copy(update={"trials": tuple(trials)})))
    assert said == "In 9 of 9 nets fewer numbers get through than the latent has" + cause


def test_a_search_for_the_lowest_error_opens_on_the_best_net():
    study = synthetic_study(StudyRecipe(designed=False))
    page = page_of(found(study))
    lead, *_, last = [block.text for block in page.answer.blocks if isinstance(block, Text)]
    assert page.answer.title == "Which net is best?"
    assert " has the lowest mean validation error, " in lead
    assert last.startswith("No answer on latent size: tpe chose these trials by their errors")
    for others in (["val.mse", "latent.size"], ["val.ssim"]):
        settings = {**study.settings, "objectives": others}
        page = page_of(found(study.model_copy(update={"settings": settings})))
        assert page.answer.title == "Does latent size correlate with error?"


def test_a_net_that_was_proposed_again_is_ranked_once():
    study = synthetic_study()
    first, second = found(study).ranked[:2]
    copy = next(trial for trial in study.trials if trial.number == first)
    again = copy.model_copy(update={"number": len(study.trials), "duplicate_of": first})
    ranked = found(study.model_copy(update={"trials": (*study.trials, again)})).ranked
    assert ranked[:2] == [first, second]
    assert again.number not in ranked
