"""Every adaptive method learns to leave the infeasible half alone; several objectives; pruning."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import optuna
import pytest
from toys import ToyTrainer, epoch_record, logged, result, write_study

from archsearch.config import SearchSettings
from archsearch.errors import InputError
from archsearch.records import StudyRecord, pareto_front, pareto_order, trial_counts
from archsearch.study import Job, RunOptions, Trained, run_study
from archsearch.study.search.samplers import make_sampler, sampler_options
from archsearch.study.store.storage import open_storage
from archsearch.study.summary import required_best, status

FULL = pytest.mark.full  # half a minute each

HALF = """
  first.conv.channels: {int: [1, 64]}
  last.conv.channels: {int: [1, 64]}
"""
FEASIBLE = "[last.channels <= 32]"


@dataclass(frozen=True)
class Flat(ToyTrainer):
    """All errors alike: only what is infeasible can be learned."""

    def train(self, job: Job) -> Trained:
        self._note("start", job.plan.key, job.seed)
        return Trained(result(0.02, job.seed))


@dataclass(frozen=True)
class Bowl(ToyTrainer):
    """Smallest in the middle of the feasible half."""

    def train(self, job: Job) -> Trained:
        self._note("start", job.plan.key, job.seed)
        off = (job.plan.latent.channels - 12) / 64
        return Trained(result(0.02 + off * off, job.seed))


def run(folder: Path, url: str, trainer: ToyTrainer, **study: object) -> StudyRecord:
    return run_study(
        write_study(folder, **study),  # type: ignore[arg-type]
        url,
        options=RunOptions(heartbeat_seconds=0.5),
        trainer=trainer,
    )


def share(record: StudyRecord, first: int, last: int) -> float:
    """Infeasible among the proposals with numbers from first to last, in shares of all."""
    states = [trial.state for trial in sorted(record.trials, key=lambda t: t.number)]
    part = states[len(states) * first // 4 : len(states) * last // 4]
    return part.count("infeasible") / len(part)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    "method", ["tpe", *(pytest.param(each, marks=FULL) for each in ("nsga2", "gp", "cmaes"))]
)
def test_the_share_of_infeasible_proposals_falls(
    tmp_path: Path, url: str, log: Path, method: str
) -> None:
    trainer = Bowl(log) if method == "cmaes" else Flat(log)
    trials = 18 if method == "gp" else 26
    record = run(
        tmp_path, url, trainer, space=HALF, constraints=FEASIBLE, method=method, trials=trials
    )
    counts = trial_counts(record)
    assert counts["complete"] == trials
    assert counts["waiting"] == counts["running"] == counts["failed"] == counts["pruned"] == 0
    assert counts["infeasible"] > 0
    assert set(Counter(logged(log, "start")).values()) == {1}  # infeasible ones aren't trained
    assert share(record, 3, 4) < share(record, 0, 1)
    assert share(record, 2, 4) < 0.35
    front = pareto_front(record)
    assert all(trial.state == "complete" for trial in front)
    told = {
        trial.number: trial
        for trial in optuna.load_study(study_name="toys", storage=open_storage(url)).trials
    }
    for trial in record.trials:
        if trial.state == "infeasible":
            assert trial.value is None
            assert not trial.seeds
            kept = told[trial.number]
            assert kept.state.name == ("COMPLETE" if method in {"nsga2", "gp"} else "PRUNED")
            assert kept.constraints["last.channels <= 32"] == pytest.approx(
                1 - 32 / kept.params["last.conv.channels"]
            )
    assert all(t.constraints.keys() == told[0].constraints.keys() for t in told.values())


CORNER = "[first.channels <= 6, last.channels <= 6]"


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(("method", "most"), [pytest.param("nsga2", 60, marks=FULL), ("gp", 30)])
def test_violations_alone_lead_to_the_feasible_corner(
    tmp_path: Path, url: str, log: Path, method: str, most: int
) -> None:
    """One point in 114 is feasible: drawing blindly, the first is found in 114 draws on average."""
    record = run(tmp_path, url, Flat(log), space=HALF, constraints=CORNER, method=method, trials=2)
    first = min(trial.number for trial in record.trials if trial.state == "complete")
    assert 3 < first < most


@pytest.mark.usefixtures("inline")
def test_infeasible_points_are_as_good_as_the_median(tmp_path: Path, url: str, log: Path) -> None:
    run(
        tmp_path, url, Bowl(log), space=HALF, constraints=FEASIBLE, method="gp", trials=8,
        more="objectives: [val.mse, params]",
    )  # fmt: skip
    trials = optuna.load_study(study_name="toys", storage=open_storage(url)).trials
    seen: list[float] = []
    for trial in trials:
        if trial.user_attrs.get("infeasible"):
            assert min(seen, default=0.03) <= trial.values[0] <= max(seen, default=0.03)
            assert trial.values[1] > 100  # its plan's own parameters
        else:
            seen.append(trial.values[0])
    assert len(seen) < len(trials)


@pytest.mark.parametrize("method", ["tpe", "nsga2", "gp", "cmaes"])
def test_every_option_of_the_sampler_is_named(method: str) -> None:
    """All but the seed, and what Optuna has deprecated."""
    import inspect

    search = SearchSettings(method=method, trials=40)  # type: ignore[arg-type]
    named = set(sampler_options(search, 3)) - {"optuna", "method"}
    known = set(inspect.signature(type(make_sampler(search, 3, 0)).__init__).parameters)
    deprecated = {
        "constraints_func", "consider_prior", "prior_weight", "consider_magic_clip",
        "consider_endpoints", "gamma", "weights", "warn_independent_sampling",
        "restart_strategy", "inc_popsize",
    }  # fmt: skip
    assert known - {"self", "seed"} - deprecated <= named <= known


@pytest.mark.usefixtures("inline")
def test_methods_refuse_what_they_cannot_search(tmp_path: Path, url: str, log: Path) -> None:
    with pytest.raises(InputError, match="only choices"):
        run(
            tmp_path, url, Flat(log), method="cmaes",
            space="  defaults.conv.kernel: {choice: [3, 5]}",
        )  # fmt: skip


@dataclass(frozen=True)
class Tradeoff(ToyTrainer):
    """Larger latents are better, and cost more."""

    def train(self, job: Job) -> Trained:
        return Trained(result(1 / job.plan.latent.size, job.seed))


@pytest.mark.usefixtures("inline")
def test_several_objectives_give_a_front(tmp_path: Path, url: str, log: Path) -> None:
    record = run(
        tmp_path, url, Tradeoff(log), method="nsga2", trials=20, space=HALF,
        more="objectives: [val.mse, latent.size]",
    )  # fmt: skip
    study = optuna.load_study(study_name="toys", storage=open_storage(url))
    front = pareto_front(record)
    assert {trial.number for trial in front if trial.duplicate_of is None} <= {
        trial.number for trial in study.best_trials
    }
    latents = [trial.plan.latent_size for trial in front if trial.plan]
    assert latents == sorted(latents, reverse=True)  # each smaller, and worse
    assert len(set(latents)) == len(latents) > 3
    told = status(record)
    assert [point["number"] for point in told["pareto"]] == [trial.number for trial in front]  # type: ignore[attr-defined, index]
    assert required_best(record).number == front[0].number
    assert required_best(record, front[-1].number).number == front[-1].number
    beaten = next(t.number for t in record.trials if t not in front)
    assert required_best(record, beaten).number == beaten
    with pytest.raises(InputError, match="no trial 20 of 'toys' is complete"):
        required_best(record, 20)


def test_the_front_is_what_comparing_all_pairs_gives() -> None:
    import numpy as np

    drawn = np.random.default_rng(0)
    names = ["val.mse", "val.ssim", "params"]
    for _ in range(30):
        points = [tuple(int(n) for n in drawn.integers(5, size=3)) for _ in range(25)]

        def beats(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
            return (a[0] <= b[0] and a[1] >= b[1] and a[2] <= b[2]) and a != b

        expected = {p for p in points if not any(beats(q, p) for q in points)}
        found = [points[place] for place in pareto_order(points, names)]
        assert set(found) == expected
        assert len(found) == len(expected)


@dataclass(frozen=True)
class Curves(ToyTrainer):
    """Nine epochs that fall towards 1/latent, watched one by one."""

    def train(self, job: Job) -> Trained:
        self._note("start", job.plan.key, job.seed)
        end = 1 / job.plan.latent.size
        for epoch in range(1, 10):
            job.on_epoch(epoch_record(epoch, end + math.exp(-epoch)))
            self._note("epoch", job.plan.key, job.seed)
        return Trained(result(end, job.seed))


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    ("method", "prune"),
    [("random", "median"), ("random", "asha"), ("random", "hyperband"), ("tpe", "median")],
)
def test_bad_trainings_end_early_on_their_first_seed(
    tmp_path: Path, url: str, log: Path, method: str, prune: str
) -> None:
    record = run(
        tmp_path, url, Curves(log), method=method, trials=12, seeds=2,
        more=f"prune: {prune}",
    )  # fmt: skip
    counts = trial_counts(record)
    assert counts["pruned"] > 0
    assert counts["pruned"] + counts["complete"] == 12
    watched = Counter(logged(log, "epoch"))
    for trial in record.trials:
        if trial.state != "pruned":
            continue
        assert trial.reason.startswith(f"seed 0: pruned by {prune} after epoch ")
        assert [(seed.seed, seed.state) for seed in trial.seeds] == [(0, "pruned")]
        assert trial.seeds[0].ended is not None  # the report's timeline shows it
        assert trial.plan is not None
        assert watched[trial.plan.key, 0] < 9
        assert (trial.plan.key, 1) not in watched  # its second seed is skipped
    complete = [t for t in record.trials if t.state == "complete"]
    best = min(t.value for t in complete if t.value)
    assert best == min(1 / t.plan.latent_size for t in record.trials if t.plan)


@pytest.mark.usefixtures("inline")
def test_without_pruning_nothing_is_pruned(tmp_path: Path, url: str, log: Path) -> None:
    record = run(tmp_path, url, Curves(log), trials=8)
    assert trial_counts(record)["complete"] == 8


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    "method",
    [
        "stratified",
        "cmaes",
        *(pytest.param(one, marks=FULL) for one in ("gp", "nsga2", "sobol")),
    ],
)
def test_the_same_seed_gives_the_same_trials_and_values_twice(
    tmp_path: Path, log: Path, method: str
) -> None:
    records = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        url = f"sqlite:///{tmp_path / name / 'studies.db'}"
        records.append(
            run(
                tmp_path / name, url, Bowl(log), space=HALF, constraints=FEASIBLE,
                method=method, trials=13,
            )
        )  # fmt: skip
    assert [t.values for t in records[0].trials] == [t.values for t in records[1].trials]
    assert [t.value for t in records[0].trials] == [t.value for t in records[1].trials]


@pytest.mark.usefixtures("inline")
def test_adaptive_methods_leave_out_what_is_switched_off(
    tmp_path: Path, url: str, log: Path
) -> None:
    space = """
  last.conv.channels: {int: [1, 8]}
  defaults.conv.kernel: {choice: [3, 5], when: $(last.conv.channels > 4)}
"""
    record = run(tmp_path, url, Flat(log), space=space, method="tpe", trials=16)
    for trial in record.trials:
        channels = trial.values["last.conv.channels"]
        assert ("defaults.conv.kernel" in trial.values) is (channels > 4)  # type: ignore[operator]


@pytest.mark.usefixtures("inline")
def test_a_stratified_study_records_its_criterion(tmp_path: Path, url: str, log: Path) -> None:
    run(tmp_path, url, Flat(log), space=HALF, method="stratified", trials=6)
    kept = optuna.load_study(study_name="toys", storage=open_storage(url)).user_attrs
    assert "the mean of 100 random designs" in " ".join(kept["archsearch:design"])


@pytest.mark.usefixtures("inline")
def test_samplers_and_pruners_are_recorded(tmp_path: Path, url: str, log: Path) -> None:
    run(tmp_path, url, Curves(log), method="nsga2", trials=3, more="prune: hyperband")
    kept = optuna.load_study(study_name="toys", storage=open_storage(url)).user_attrs
    assert kept["archsearch:sampler"]["population_size"] == 6
    assert kept["archsearch:sampler"]["optuna"] == optuna.__version__
    assert kept["archsearch:pruner"]["max_resource"] == 2
