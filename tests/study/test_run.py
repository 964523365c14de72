"""Whole studies in real worker processes, with a trainer that stands in for torch."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import optuna
import pytest
from sqlalchemy import update
from toys import SPACE, ToyTrainer, epoch_record, logged, write_study

import archsearch.study.run
from archsearch.config import StudyFile
from archsearch.errors import (
    InputError,
    NothingCompletedError,
    RunFailedError,
    StudyConflictError,
    UnreadableError,
)
from archsearch.records import StudyRecord, load_study, trial_counts
from archsearch.study import Job, RunOptions, StudyEvent, Trained, run_study
from archsearch.study.store.schema import claims_table
from archsearch.study.store.storage import open_engine, open_storage
from tests.report.pages import warnings_of

QUICK = RunOptions(heartbeat_seconds=0.5)


def run(
    study: StudyFile,
    url: str,
    log: Path,
    *,
    workers: int = 1,
    broken: str = "",
    events: list[StudyEvent] | None = None,
) -> StudyRecord:
    heard: list[StudyEvent] = [] if events is None else events
    return run_study(
        study,
        url,
        options=RunOptions(workers=workers, heartbeat_seconds=0.5),
        trainer=ToyTrainer(log, broken=broken),
        on_event=heard.append,
    )


def test_every_trial_is_trained_once_with_every_seed(tmp_path: Path, url: str, log: Path) -> None:
    record = run(write_study(tmp_path, trials=6, seeds=2), url, log, workers=2)
    assert [trial.state for trial in record.trials] == ["complete"] * 6
    assert set(Counter(logged(log, "start")).values()) == {1}
    assert len(logged(log, "start")) == 12
    for number, trial in enumerate(record.trials):
        assert trial.number == number
        assert trial.plan is not None
        assert [seed.seed for seed in trial.seeds] == [0, 1]
        assert trial.value == pytest.approx(1 / trial.plan.latent_size + 0.0005)


@pytest.mark.usefixtures("inline")
def test_one_worker_trains_all_candidates_with_the_first_seed_first(
    tmp_path: Path, url: str, log: Path
) -> None:
    run(write_study(tmp_path, trials=3, seeds=2), url, log)
    assert [seed for _, seed in logged(log, "start")] == [0, 0, 0, 1, 1, 1]


@pytest.mark.usefixtures("inline")
def test_a_finished_study_is_read_and_not_run_again(tmp_path: Path, url: str, log: Path) -> None:
    study = write_study(tmp_path, trials=3)
    first = run(study, url, log)
    assert run(study, url, log).trials == first.trials
    assert len(logged(log, "start")) == 3
    assert len(logged(log, "prepare")) == 1


@pytest.mark.usefixtures("inline")
def test_optuna_reads_the_study(tmp_path: Path, url: str, log: Path) -> None:
    record = run(write_study(tmp_path, trials=4), url, log)
    seen = optuna.load_study(study_name="toys", storage=open_storage(url))
    assert {trial.state.name for trial in seen.trials} == {"COMPLETE"}
    assert seen.best_value == min(trial.value or 1 for trial in record.trials)
    assert seen.trials[0].params == record.trials[0].values


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("nan", "validation error is nan"),
        ("inf", "validation error is inf"),
        ("raise", "seed 0: the loss is nan after step 3"),
        ("bug", "seed 0: ZeroDivisionError: division by zero"),
    ],
)
def test_a_training_that_breaks_fails_its_trial_and_the_study_goes_on(
    tmp_path: Path, url: str, log: Path, broken: str, reason: str
) -> None:
    space = "  last.conv.channels: {int: [1, 3]}"
    study = write_study(tmp_path, space=space, method="grid", trials=3, seeds=2)
    record = run(study, url, log, broken=broken)
    counts = trial_counts(record)
    assert (counts["complete"], counts["failed"], counts["waiting"]) == (2, 1, 0)
    (failed,) = [trial for trial in record.trials if trial.state == "failed"]
    assert reason in failed.reason
    assert failed.value is None
    seen = optuna.load_study(study_name="toys", storage=open_storage(url))
    values = [trial.value for trial in seen.trials if trial.state.name == "COMPLETE"]
    assert len(values) == 2


def test_a_training_that_kills_its_process_fails_and_the_study_goes_on(
    tmp_path: Path, url: str, log: Path
) -> None:
    study = write_study(tmp_path, space="  last.conv.channels: {int: [1, 2]}", method="grid")
    record = run_study(
        study, url, options=RunOptions(max_crashes=2), trainer=ToyTrainer(log, broken="kill")
    )
    assert {trial.state: trial.reason for trial in record.trials} == {
        "complete": "",
        "failed": "seed 0: its worker crashed 2 times, e.g. killed for lack of memory",
    }


def test_a_study_without_a_complete_trial_says_why(tmp_path: Path, url: str, log: Path) -> None:
    study = write_study(tmp_path, space="  last.conv.channels: {int: [1, 1]}", trials=1)
    with pytest.raises(NothingCompletedError, match="1 × seed 0: the loss is nan") as error:
        run(study, url, log, broken="raise")
    assert error.value.exit_code == 3


@pytest.mark.usefixtures("inline")
def test_fewer_candidates_than_trials_is_said_and_all_are_run(
    tmp_path: Path, url: str, log: Path
) -> None:
    events: list[StudyEvent] = []
    study = write_study(tmp_path, space="  last.conv.channels: {int: [1, 3]}", trials=10)
    record = run(study, url, log, events=events)
    assert [trial.state for trial in record.trials] == ["complete"] * 3
    said = "the space has 3 distinct feasible candidates, fewer than 10"
    assert said in {event.text for event in events}
    assert record.note == said
    assert warnings_of(record)["fewer-trials"] == f"Fewer trials than were asked for: {said}."


def test_a_study_whose_workers_leave_it_is_not_taken_for_ended(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when they believe that whoever started them is gone."""
    monkeypatch.setattr(archsearch.study.run, "_watch", lambda study, pool, interrupts, say: None)
    with pytest.raises(RunFailedError, match="all workers ended with 6 of 6 trainings left"):
        run(write_study(tmp_path), url, log)


def test_a_space_without_candidates_leaves_nothing_behind(
    tmp_path: Path, url: str, log: Path
) -> None:
    with pytest.raises(InputError, match="no feasible candidate"):
        run(write_study(tmp_path, constraints="[latent.size > 5000]"), url, log)
    assert run(write_study(tmp_path, trials=2), url, log).planned == 2, "the name is still free"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"trials": 7}, "search.trials: 6 in the storage, 7 now"),
        ({"seeds": 2}, "search.seeds: 1 in the storage, 2 now"),
        ({"constraints": "[params > 1]"}, "constraints: "),
        ({"space": SPACE.replace("9]", "8]")}, "space.first.conv.channels.high: 9 in the storage"),
    ],
)
@pytest.mark.usefixtures("inline")
def test_another_study_of_the_same_name_is_refused(
    tmp_path: Path, either_url: str, log: Path, changes: dict[str, object], named: str
) -> None:
    url = either_url
    first = run(write_study(tmp_path), url, log)
    with pytest.raises(StudyConflictError) as error:
        run(write_study(tmp_path, **changes), url, log)  # type: ignore[arg-type]
    assert named in str(error.value)
    assert load_study(url, "toys") == first


@pytest.mark.usefixtures("inline")
def test_another_spec_under_the_same_study_is_refused(tmp_path: Path, url: str, log: Path) -> None:
    study = write_study(tmp_path)
    run(study, url, log)
    spec = tmp_path / "toy.yaml"
    text = spec.read_text()
    from archsearch.config import load_study as load_file

    spec.write_text(text.replace("relu", "gelu"))
    told = r'model\.defaults\.conv\.activation: "relu" in the storage, "gelu" now'
    with pytest.raises(StudyConflictError, match=told):
        run(load_file(tmp_path / "study.yaml"), url, log)


REWRITTEN = """# the toy, as I like to write it
name: another-name
description: Nothing else is new.
defaults: {conv: {activation: relu, padding: same, kernel: 3}}
input: {width: 8, height: 8, channels: auto}
decoder: [upsample: {scale: 2}, {conv: {activation: sigmoid, channels: auto}}]
encoder:
- {name: first, conv: {channels: 4}}   # searched
- pool:
    kernel: 2
- {name: last, conv: {channels: 4}}
"""


@pytest.mark.usefixtures("inline")
def test_a_comment_another_order_or_layout_is_the_same_study(
    tmp_path: Path, url: str, log: Path
) -> None:
    first = run(write_study(tmp_path), url, log)
    (tmp_path / "toy.yaml").write_text(REWRITTEN)
    path = tmp_path / "study.yaml"
    path.write_text(f"# asked again\n{path.read_text()}")
    from archsearch.config import load_study as load_file

    again = run(load_file(path), url, log)
    assert again.trials == first.trials
    assert len(logged(log, "start")) == len(first.trials)


def test_what_ended_a_run_is_told_where_its_end_breaks_too(
    tmp_path: Path, url: str, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def broken(*_: object) -> None:
        raise UnreadableError("the database is damaged")

    monkeypatch.setattr(archsearch.study.run, "_work", interrupted)
    monkeypatch.setattr(archsearch.study.run, "_end", broken)
    with pytest.raises(KeyboardInterrupt):
        run(write_study(tmp_path), url, log)


@pytest.mark.usefixtures("inline")
def test_a_worker_that_nobody_hears_fails_no_candidate(tmp_path: Path, url: str, log: Path) -> None:
    def gone(event: StudyEvent) -> None:
        if event.kind == "epoch":
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_study(write_study(tmp_path), url, trainer=ToyTrainer(log), on_event=gone)
    assert trial_counts(load_study(url, "toys"))["failed"] == 0


@dataclass(frozen=True)
class Overtaken(ToyTrainer):
    """Loses its first claim while it trains, to another attempt that is gone at once."""

    url: str = ""

    def train(self, job: Job) -> Trained:
        if not logged(self.log, "overtaken"):
            lost = {"attempt": "another", "heartbeat": claims_table.c.heartbeat - 1000}
            with open_engine(self.url).begin() as connection:
                held = claims_table.c.state == "claimed"
                connection.execute(update(claims_table).where(held).values(lost))
            self._note("overtaken", job.plan.key, job.seed)
            for epoch in range(1, 201):
                time.sleep(0.05)
                job.on_epoch(epoch_record(epoch, 0.5))
        return super().train(job)


@pytest.mark.usefixtures("inline")
def test_a_training_whose_claim_was_lost_is_not_gone_on_with(
    tmp_path: Path, url: str, log: Path
) -> None:
    """What it would bring is surplus."""
    events: list[StudyEvent] = []
    record = run_study(
        write_study(tmp_path, trials=2),
        url,
        options=RunOptions(heartbeat_seconds=0.1),
        trainer=Overtaken(log, url=url),
        on_event=events.append,
    )
    assert [trial.state for trial in record.trials] == ["complete"] * 2
    kinds = Counter(event.kind for event in events)
    assert (kinds["surplus"], kinds["trained"], kinds["failed"]) == (1, 2, 0)
    assert len(logged(log, "start")) == 2, "the one that was overtaken was broken off"


@pytest.mark.usefixtures("inline")
def test_what_does_not_decide_results_may_change(tmp_path: Path, url: str, log: Path) -> None:
    run(write_study(tmp_path, trials=2), url, log)
    run(write_study(tmp_path, trials=2, more="budget: {minutes: 5}"), url, log)


def test_a_study_that_optuna_made_is_left_alone(tmp_path: Path, url: str, log: Path) -> None:
    made = optuna.create_study(study_name="toys", storage=open_storage(url))
    made.add_trial(optuna.create_trial(value=1.0))
    with pytest.raises(StudyConflictError, match="that archsearch didn't make"):
        run(write_study(tmp_path), url, log)
    assert len(made.trials) == 1


def test_a_spent_budget_starts_nothing_and_a_larger_one_goes_on(
    tmp_path: Path, url: str, log: Path
) -> None:
    trainer = ToyTrainer(log, seconds=1.0)
    events: list[StudyEvent] = []
    short = write_study(tmp_path, trials=12, more="budget: {minutes: 0.15}")
    record = run_study(short, url, options=QUICK, trainer=trainer, on_event=events.append)
    done = trial_counts(record)["complete"]
    assert 0 < done < 12
    assert len(logged(log, "end")) == len(logged(log, "start")) == done, "none is cut short"
    assert any("budget of 0.15 minutes is spent" in event.text for event in events)
    run_study(short, url, options=QUICK, trainer=trainer)
    assert len(logged(log, "start")) == done, "time is summed over runs"
    longer = write_study(tmp_path, trials=12, more="budget: {minutes: 5}")
    record = run_study(longer, url, options=QUICK, trainer=ToyTrainer(log))
    assert trial_counts(record)["complete"] == 12
    assert len(logged(log, "start")) == 12


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ("sqlite://", "can't be stored in memory"),
        ("nonsense", "is not a storage URL"),
        ("sqlite:////proc/nowhere/studies.db", "can't be used as a storage"),
    ],
)
def test_storages_that_cannot_be_used_are_refused(
    tmp_path: Path, log: Path, storage: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        run(write_study(tmp_path), storage, log)


@pytest.mark.usefixtures("inline")
def test_a_study_that_an_earlier_version_began_goes_on_with_its_recipe(
    tmp_path: Path, url: str, log: Path
) -> None:
    """Its file names neither of two defaults of today, which it was begun without."""
    study = write_study(tmp_path, trials=2)
    recipe = study.settings.train.model_copy(update={"initialization": "torch", "clip_norm": None})
    begun = study.settings.model_copy(update={"train": recipe})
    run(replace(study, settings=begun), url, log)
    record = run(study, url, log)
    assert "initialization" not in record.settings["train"]
    told = study.settings.train.model_copy(update={"initialization": "he"})
    other = replace(study, settings=study.settings.model_copy(update={"train": told}))
    with pytest.raises(StudyConflictError) as raised:
        run(other, url, log)
    assert "train.initialization" in "".join(raised.value.details)
