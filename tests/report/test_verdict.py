"""The answer goes by the slope within trunks where the design has them, else by Spearman's ρ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from archsearch.records import StudyRecord
from archsearch.report.pages.summary import summarize
from archsearch.report.verdict import slope_within_trunks
from tests.report.reading import findings_of
from tests.synthetic import StudyRecipe, synthetic_study

SIZES = (8, 16, 32, 64, 128, 256)


def of_trunks(trunks: str) -> StudyRecord:
    """Twelve architectures of six latent sizes, each with the trunk of its letter.

    Errors fall by a fifth a doubling inside a trunk, and trunk b's are ten times trunk a's.
    """
    study = synthetic_study(StudyRecipe(complete=12, seeds=2, seed_noise=0.01))
    trials = []
    for place, (trial, trunk) in enumerate(zip(study.trials, trunks, strict=True)):
        size = SIZES[place % len(SIZES)]
        mse = 1e-3 * (10 if trunk == "b" else 1) * 0.8 ** np.log2(size / 8)
        plan = trial.plan.model_copy(
            update={
                "latent_size": size,
                "effective_size": size,
                "trunk": trunk,
                "key": f"{trunk}{place}",
            }
        )
        seeds = tuple(
            seed.model_copy(
                update={
                    "result": seed.result.model_copy(
                        update={"val": seed.result.val.model_copy(update={"mse": wobbled})}
                    )
                }
            )
            for seed, wobbled in zip(
                trial.seeds, (mse * (1.01 + 0.002 * place), mse / 1.01), strict=True
            )
        )
        trials.append(trial.model_copy(update={"plan": plan, "seeds": seeds}))
    return study.model_copy(update={"trials": tuple(trials)})


def test_within_trunks_the_slope_is_what_each_has() -> None:
    found = findings_of(of_trunks("a" * 6 + "b" * 6))
    said = summarize(found, [])
    assert said["answer"]["verdict"] == "yes"
    assert said["answer"]["measure"] == "slope_within_trunks"
    assert said["answer"]["trunks"] == 2
    slope = said["slope_within_trunks"]
    assert 2 ** slope["value"] == pytest.approx(0.8, abs=0.01)
    assert slope["low"] < slope["value"] < slope["high"] < 0
    rho = said["correlations"]["latent_size"]["spearman"]
    assert rho["low"] < 0 < rho["high"]  # the trunks' own levels hide it from ρ


def test_where_trunks_are_not_shared_it_is_spearmans() -> None:
    said = summarize(findings_of(of_trunks("abcdefghijkl")), [])
    assert said["slope_within_trunks"] is None
    assert said["answer"]["measure"] == "spearman"
    rho = said["correlations"]["latent_size"]["spearman"]
    assert all(said["answer"][name] == rho[name] for name in ("value", "low", "high", "n"))


def test_a_search_is_told_as_one_and_gives_no_numbers() -> None:
    searched = of_trunks("a" * 6 + "b" * 6).model_copy(update={"designed": False})
    said = summarize(findings_of(searched), [])
    assert said["answer"]["verdict"] == "searched"
    assert said["answer"]["value"] is None
    assert said["slope_within_trunks"] is None


def test_trunks_that_chance_made_alike_do_not_make_the_answer() -> None:
    """Two trunks of three sizes among twenty architectures of their own."""
    trunks = list("aaabbb") + [f"own {place}" for place in range(20)]
    table = pd.DataFrame(
        {
            "trunk": trunks,
            "latent_size": [8, 16, 32, 8, 16, 32, *range(20, 40)],
            "val_mse": np.linspace(1e-3, 5e-3, 26),
        }
    )
    assert slope_within_trunks(table)[1] == 0
    assert slope_within_trunks(table.iloc[:8])[1] == 2
    assert slope_within_trunks(table.assign(trunk=None))[1] == 0
