"""What people who know Optuna, and not archsearch, find in a storage."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

import optuna
import pytest
from toys import SPACE, ToyTrainer, epoch_record, write_study

from archsearch.records import load_study
from archsearch.study import RunOptions, run_study
from archsearch.study.search.pruning import EpochWatch
from archsearch.study.search.setup import open_study

pytestmark = pytest.mark.usefixtures("inline")


def of_optuna(url: str, name: str = "toys") -> optuna.Study:
    return optuna.load_study(study_name=name, storage=url)


@pytest.mark.parametrize(("method", "seeds"), [("random", 2), ("tpe", 1)])
def test_finished_trials_have_flat_numbers(tmp_path, url, log, method, seeds) -> None:
    study = write_study(tmp_path, method=method, trials=4, seeds=seeds)
    record = run_study(study, url, trainer=ToyTrainer(log), options=RunOptions())
    found = of_optuna(url).trials_dataframe()
    for trial, (_, row) in zip(record.trials, found.iterrows(), strict=True):
        assert trial.plan is not None
        for name in ("latent_size", "bottleneck_size", "params", "macs"):
            assert row[f"user_attrs_{name}"] == getattr(trial.plan, name)
        for split in ("val", "test"):
            errors = [getattr(each, split).mse for each in trial.results]
            assert row[f"user_attrs_{split}_mse"] == pytest.approx(fmean(errors))


def test_a_failed_trial_has_its_size_and_no_error(tmp_path: Path, url: str, log: Path) -> None:
    study = write_study(
        tmp_path, method="grid", trials=2, space="  last.conv.channels: {choice: [1, 2]}"
    )
    run_study(study, url, trainer=ToyTrainer(log, broken="raise"))
    (failed,) = (t for t in of_optuna(url).trials if t.state is optuna.trial.TrialState.FAIL)
    assert failed.user_attrs["latent_size"] == 16
    assert "val_mse" not in failed.user_attrs


@pytest.mark.parametrize("objectives", ["[val.mse]", "[val.mse, latent.size]"])
def test_the_objectives_have_their_names(tmp_path, url, log, objectives) -> None:
    study = write_study(tmp_path, trials=2, more=f"objectives: {objectives}")
    run_study(study, url, trainer=ToyTrainer(log))
    assert of_optuna(url).metric_names == objectives.strip("[]").split(", ")


def test_a_study_of_before_gets_names_and_a_foreign_one_stays_as_it_is(tmp_path, url, log) -> None:
    study = write_study(tmp_path, trials=2)
    run_study(study, url, trainer=ToyTrainer(log))
    made = of_optuna(url)
    made._storage.set_study_system_attr(made._study_id, "study:metric_names", [])
    run_study(study, url, trainer=ToyTrainer(log))
    assert of_optuna(url).metric_names == ["val.mse"]
    other = optuna.create_study(study_name="theirs", storage=url)
    other.add_trial(optuna.create_trial(value=1.0))
    with pytest.raises(Exception, match="didn't make"):
        run_study(write_study(tmp_path, name="theirs"), url, trainer=ToyTrainer(log))
    assert of_optuna(url, "theirs").metric_names is None


def test_errors_of_epochs_are_told_without_pruning_too(tmp_path, url, log) -> None:
    study = write_study(tmp_path, trials=2, seeds=2)
    run_study(study, url, trainer=ToyTrainer(log))
    for trial in of_optuna(url).trials:
        assert trial.intermediate_values == {2: 0.5}, "the last epoch, of a quick training"


def test_epochs_are_told_some_a_second_and_the_last_always(tmp_path, url, log, monkeypatch) -> None:
    study = write_study(tmp_path, trials=2)
    run_study(study, url, trainer=ToyTrainer(log))
    opened = open_study(study.settings, study.model, url, lambda event: None)
    made = of_optuna(url)
    trial_id = made.ask()._trial_id
    clock = [0.0]
    monkeypatch.setattr("archsearch.study.search.pruning.time.monotonic", lambda: clock[0])
    watch = EpochWatch(opened, trial_id, epochs=9)
    for epoch in range(1, 10):
        clock[0] += 0.2
        assert watch.reason_to_stop(epoch_record(epoch, 1 / epoch)) == ""
    told = made._storage.get_trial(trial_id).intermediate_values
    assert told == {epoch: 1 / epoch for epoch in (3, 6, 9)}
    opened.close()


def test_the_record_is_read_with_and_without_flat_numbers(tmp_path, url, log) -> None:
    """Storages of before have none; a storage of today reads as one of them."""
    run_study(write_study(tmp_path, trials=2, space=SPACE), url, trainer=ToyTrainer(log))
    whole = load_study(url, "toys")
    made = of_optuna(url)
    with made._storage._backend.engine.begin() as connection:  # type: ignore[attr-defined]
        gone = connection.exec_driver_sql(
            "delete from trial_user_attributes where key in ('latent_size', 'bottleneck_size', "
            "'params', 'macs', 'val_mse', 'test_mse')"
        )
        assert gone.rowcount == 12
    assert load_study(url, "toys").trials == whole.trials
