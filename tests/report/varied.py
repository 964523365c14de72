"""Studies of every kind that a page must speak of without contradicting itself.

``STUDIES`` makes twenty by name; :func:`drawn_study` makes one from any seed, and tells of what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from archsearch.records import Baselines, PlanRecord, RunResult, StudyRecord, TrialRecord
from archsearch.report.subject import Subject, of_study
from tests.report.colored import color_study, strip_of
from tests.synthetic import CHANNEL_MEAN, StudyRecipe, synthetic_study

Change = Callable[[StudyRecord], StudyRecord]

TRUNK_SIZES = (8, 16, 32, 64, 128, 256)


def with_one_collapse(study: StudyRecord, share: float | None = 0.001) -> StudyRecord:
    """The study with its sixth trial's second run collapsed to the channel mean."""
    trial = study.trials[5]
    first, second = trial.seeds
    lost = {"collapsed": True, "variance_share": share}
    lost["val"] = second.result.val.model_copy(update={"mse": CHANNEL_MEAN})
    second = second.model_copy(update={"result": second.result.model_copy(update=lost)})
    trials = list(study.trials)
    trials[5] = trial.model_copy(update={"seeds": (first, second)})
    return study.model_copy(update={"trials": tuple(trials)})


def with_results(study: StudyRecord, change: Callable[[RunResult, TrialRecord], RunResult]):
    """The study with another result for each run; trials' values stay the means of their runs."""
    return study.model_copy(
        update={"trials": tuple(_with_results(trial, change) for trial in study.trials)}
    )


def _with_results(
    trial: TrialRecord, change: Callable[[RunResult, TrialRecord], RunResult]
) -> TrialRecord:
    seeds = tuple(
        seed.model_copy(update={"result": change(seed.result, trial)}) if seed.result else seed
        for seed in trial.seeds
    )
    made = trial.model_copy(update={"seeds": seeds})
    errors = [result.val.mse for result in made.results]
    value = float(np.mean(errors)) if errors and trial.state == "complete" else None
    return made.model_copy(update={"value": value})


def with_plans(study: StudyRecord, change: Callable[[PlanRecord, int], dict[str, object]]):
    """The study with some numbers of its plans changed; ``change`` is told the trial's place."""
    trials = tuple(
        trial.model_copy(update={"plan": trial.plan.model_copy(update=change(trial.plan, place))})
        if trial.plan
        else trial
        for place, trial in enumerate(study.trials)
    )
    return study.model_copy(update={"trials": trials})


def with_error(result: RunResult, mse: float) -> RunResult:
    """A result with another validation and test error; its history ends there."""
    share = mse / max(result.val.mse, 1e-12)
    history = tuple(
        # Rounded, so that equal errors have equal histories.
        row.model_copy(update={"val_mse": float(f"{row.val_mse * share:.10g}")})
        for row in result.history
    )
    return result.model_copy(
        update={
            "val": result.val.model_copy(update={"mse": mse}),
            "test": result.test.model_copy(update={"mse": mse}),
            "history": history,
        }
    )


def tied(study: StudyRecord) -> StudyRecord:
    """Errors of one digit, so that many are equal."""
    return with_results(study, lambda result, _: with_error(result, float(f"{result.val.mse:.0e}")))


def all_equal(study: StudyRecord) -> StudyRecord:
    """All errors the same."""
    return with_results(study, lambda result, _: with_error(result, 0.01))


def leaking(which: Callable[[int], bool], study: StudyRecord) -> StudyRecord:
    """Encoder layers of 4,096 numbers led past the latent of some trials, which do better."""

    def change(plan: PlanRecord, place: int) -> dict[str, object]:
        return {"effective_size": plan.latent_size + 4096} if which(place) else {}

    def better(result: RunResult, trial: TrialRecord) -> RunResult:
        leaks = trial.plan is not None and trial.plan.effective_size > trial.plan.latent_size
        return with_error(result, result.val.mse / 3) if leaks else result

    return with_results(with_plans(study, change), better)


def narrow(most: int, study: StudyRecord) -> StudyRecord:
    """At most so many numbers get through each net."""
    return with_plans(study, lambda plan, _: {"bottleneck_size": min(plan.latent_size, most)})


def with_baselines(study: StudyRecord, baselines: Callable[[RunResult], dict[str, float | None]]):
    """The study with other errors of what its nets are compared with."""

    def change(result: RunResult, _: TrialRecord) -> RunResult:
        told = result.baselines.model_dump() | baselines(result)
        return result.model_copy(update={"baselines": Baselines.model_validate(told)})

    return with_results(study, change)


def pca_is(share: float, study: StudyRecord) -> StudyRecord:
    """PCA of each net's own size has this share of the net's error."""
    study = with_baselines(
        study,
        lambda result: {
            "pca_val": share * result.val.mse,
            "pca_test": share * result.test.mse,
            "patch_pca_val": 1.4 * share * result.val.mse,
            "patch_pca_test": 1.4 * share * result.test.mse,
        },
    )
    return study.model_copy(update={"curves": None})


def denoising(study: StudyRecord) -> StudyRecord:
    """A task that has no PCA, but the best linear map."""
    none = dict.fromkeys(("pca_val", "pca_test", "patch_pca_val", "patch_pca_test"))
    study = with_baselines(
        study, lambda result: {**none, "linear_val": 0.011, "linear_test": 0.0111}
    )
    study = with_results(study, lambda result, _: result.model_copy(update={"task": "denoise"}))
    return study.model_copy(
        update={"curves": None, "settings": study.settings | {"task": {"name": "denoise"}}}
    )


def of_trunks(study: StudyRecord) -> StudyRecord:
    """Architectures of two trunks, each with every one of six sizes."""

    def change(plan: PlanRecord, place: int) -> dict[str, object]:
        size = TRUNK_SIZES[place % len(TRUNK_SIZES)]
        trunk = "ab"[place // len(TRUNK_SIZES) % 2]
        return {
            "latent_size": size, "effective_size": size, "bottleneck_size": size, "trunk": trunk,
            "key": f"{trunk}{place}",
        }  # fmt: skip

    return with_codes(with_plans(study, change))


def one_size(study: StudyRecord) -> StudyRecord:
    """All latents of the same size."""
    same = {"latent_size": 64, "effective_size": 64, "bottleneck_size": 64}
    return with_codes(with_plans(study, lambda plan, _: dict(same)))


def with_codes(study: StudyRecord) -> StudyRecord:
    """The study with codes of as many units as its latents have."""

    def change(result: RunResult, trial: TrialRecord) -> RunResult:
        size = trial.plan.latent_size if trial.plan else 1
        told = {"units": size, "active": size * 9 // 10, "rank": max(1, size // 3)}
        codes = result.codes and result.codes.model_copy(update=told)
        return result.model_copy(update={"codes": codes})

    return with_results(study, change)


def one_level(study: StudyRecord) -> StudyRecord:
    """Complete nets have no residuals and one activation; all others have residuals."""

    def values(trial: TrialRecord) -> dict[str, object]:
        whole = trial.results and trial.state == "complete"
        return {"residual": False, "activation": "gelu"} if whole else {"residual": True}

    trials = tuple(
        trial.model_copy(update={"values": {**trial.values, **values(trial)}})
        for trial in study.trials
    )
    return study.model_copy(update={"trials": trials})


def of_unequal_epochs(study: StudyRecord) -> StudyRecord:
    """Every third net ended after half of the epochs."""

    def change(result: RunResult, trial: TrialRecord) -> RunResult:
        if trial.number % 3 or result.epochs < 2:
            return result
        half = result.epochs // 2
        return result.model_copy(update={"epochs": half, "history": result.history[:half]})

    return with_results(study, change)


def of_duplicates(study: StudyRecord) -> StudyRecord:
    """Each fifth trial has the plan and the results of the one before."""
    trials = list(study.trials)
    for place in range(5, len(trials), 5):
        before, trial = trials[place - 1], trials[place]
        if before.state == "complete" and before.plan is not None and before.duplicate_of is None:
            same = {name: getattr(before, name) for name in ("plan", "values", "seeds", "value")}
            trials[place] = trial.model_copy(
                update={**same, "state": "complete", "duplicate_of": before.number, "reason": ""}
            )
    return study.model_copy(update={"trials": tuple(trials)})


def annealed(study: StudyRecord) -> StudyRecord:
    """Rates fall to nothing, and so do the last gains: every training has converged."""

    def change(result: RunResult, _: TrialRecord) -> RunResult:
        rows = tuple(
            row.model_copy(update={"lr": 1e-6 if row.epoch == result.epochs else 1e-3})
            for row in result.history
        )
        return result.model_copy(update={"history": rows})

    return with_results(study, change)


def pictured(study: StudyRecord) -> StudyRecord:
    """Every run kept pictures."""
    trials = tuple(
        trial.model_copy(
            update={
                "seeds": tuple(
                    seed.model_copy(update={"pictures": f"{trial.number}-{seed.seed}"})
                    if seed.result
                    else seed
                    for seed in trial.seeds
                )
            }
        )
        for trial in study.trials
    )
    return study.model_copy(update={"trials": trials})


def as_subject(study: StudyRecord) -> Subject:
    """The study's nets; runs that kept pictures have those of :func:`strip_of`."""
    strip = strip_of(1200)
    read = of_study(study)
    if study.artifacts is not None:
        return read
    return replace(read, pictures=lambda seed: strip if seed.pictures else None)


def changed(recipe: StudyRecipe, *changes: Change) -> StudyRecord:
    """The study of a recipe, changed in turn."""
    study = synthetic_study(recipe)
    for change in changes:
        study = change(study)
    return study


make = partial(partial, changed)

STUDIES: Mapping[str, Callable[[], StudyRecord]] = {
    "plain": make(StudyRecipe(complete=20), pictured),
    "sixty": make(StudyRecipe(complete=60, seeds=1, slope=0.0, epochs=2, seed=5), pictured),
    "three": make(StudyRecipe(complete=3)),
    "five": make(StudyRecipe(complete=5, seeds=1)),
    "noise": make(StudyRecipe(complete=14, slope=0.0, seed_noise=0.4), annealed),
    "little within trunks": make(
        StudyRecipe(complete=18, slope=0.0, architecture_noise=0.01, seed_noise=0.005), of_trunks
    ),
    "wrong way": make(StudyRecipe(complete=20, slope=-0.5), pictured),
    "ties": make(StudyRecipe(complete=12), tied),
    "equal errors": make(StudyRecipe(complete=8), all_equal),
    "one size": make(StudyRecipe(complete=8), one_size, pictured),
    "collapses": make(StudyRecipe(complete=10, collapsed=3, failed=1, pruned=2, waiting=2)),
    "all collapsed": make(StudyRecipe(complete=0, collapsed=8, seeds=2), pictured),
    "some skips": make(StudyRecipe(complete=14), partial(leaking, lambda n: n % 3 == 0), pictured),
    "all skips": make(StudyRecipe(complete=9), partial(leaking, lambda n: True), pictured),
    "narrow": make(StudyRecipe(complete=16), partial(narrow, 60)),
    "search": make(StudyRecipe(complete=16, designed=False, pruned=3, infeasible=2)),
    "tasks": make(StudyRecipe(complete=18), color_study),
    "denoise": make(StudyRecipe(complete=12, curves=False), denoising),
    "trunks": make(StudyRecipe(complete=12), of_trunks),
    "one level": make(
        StudyRecipe(complete=12, pruned=1, failed=2), one_level, of_unequal_epochs, of_duplicates
    ),
}


def drawn_study(seed: int) -> tuple[str, StudyRecord]:
    """A study of traits that a seed draws, and what was drawn."""
    rng = np.random.default_rng([7, seed])

    def maybe(chance: float, value: int) -> int:
        return int(value if rng.random() < chance else 0)

    recipe = StudyRecipe(
        complete=int(rng.integers(3, 15)) if rng.random() < 0.6 else int(rng.integers(15, 61)),
        seeds=int(rng.integers(1, 4)),
        failed=maybe(0.3, 1 + seed % 3),
        pruned=maybe(0.3, 1 + seed % 2),
        infeasible=maybe(0.2, 2),
        collapsed=maybe(0.35, 1 + seed % 4),
        waiting=maybe(0.2, 2),
        untouched=maybe(0.2, 3),
        designed=bool(rng.random() < 0.85),
        slope=float(rng.choice([-0.3, 0.0, 0.0, 0.1, 0.2, 0.6])),
        architecture_noise=float(rng.choice([0.02, 0.25, 0.6])),
        seed_noise=float(rng.choice([0.01, 0.05, 0.3])),
        epochs=int(rng.choice([1, 2, 6, 12])),
        curves=bool(rng.random() < 0.8),
        seed=seed,
    )
    changes = [name for name, chance in CHANCES.items() if rng.random() < chance]
    if {"color", "tasks"} & set(changes):  # these have no PCA, and a linear map of their own
        changes = [name for name in changes if name not in ("denoise", "pca")]
    if "denoise" in changes and "pca" in changes:
        changes.remove("pca")
    shares = (0.5, 0.99, 1.01, 2.0)
    study = changed(recipe, *(CHANGES[name] for name in changes))
    if "pca" in changes:
        study = pca_is(shares[seed % len(shares)], study)
    return f"{recipe}, {', '.join(changes)}", study


CHANGES: Mapping[str, Change] = {
    "tied": tied,
    "one size": one_size,
    "trunks": of_trunks,
    "skips": partial(leaking, lambda place: place % 4 == 1),
    "all skips": partial(leaking, lambda place: True),
    "narrow": partial(narrow, 100),
    "one level": one_level,
    "unequal epochs": of_unequal_epochs,
    "duplicates": of_duplicates,
    "annealed": annealed,
    "color": partial(color_study, tasks=("colorize",)),
    "tasks": color_study,
    "denoise": denoising,
    "pca": lambda study: study,
    "pictures": pictured,
}
CHANCES: Mapping[str, float] = {
    "tied": 0.15, "one size": 0.03, "trunks": 0.15, "skips": 0.15, "all skips": 0.04,
    "narrow": 0.15, "one level": 0.2, "unequal epochs": 0.2, "duplicates": 0.15, "annealed": 0.4,
    "color": 0.1, "tasks": 0.1, "denoise": 0.1, "pca": 0.2, "pictures": 0.5,
}  # fmt: skip
