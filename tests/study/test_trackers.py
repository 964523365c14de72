"""A real study whose workers tell a tracker of each training."""

from __future__ import annotations

from pathlib import Path

import pytest
from real import write_real

from archsearch.config import load_study
from archsearch.records import load_study as stored
from archsearch.study import RunOptions, run_study

pytestmark = pytest.mark.filterwarnings("ignore")  # of MLflow's own libraries


@pytest.mark.full
def test_each_training_is_a_run_and_the_study_stays_the_same(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.chdir(tmp_path)
    study = write_real(tmp_path, trials=2, epochs=2)
    text = study.path.read_text()
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    log = f"epochs: 2, log: {{mlflow: {{tracking_uri: '{uri}', experiment: nets}}}}"
    study.path.write_text(text.replace("epochs: 2", log))
    record = run_study(load_study(study.path), url, options=RunOptions(workers=2))
    client = mlflow.MlflowClient(uri)
    runs = client.search_runs([client.get_experiment_by_name("nets").experiment_id])
    assert {run.data.tags["study"] for run in runs} == {"real"}
    assert {run.info.status for run in runs} == {"FINISHED"}
    named = {f"toy-latent-{run.data.params['latent_size']}-" for run in runs}
    assert {run.info.run_name.partition("seed")[0][:-9] for run in runs} == named
    told = {run.data.metrics["val_mse"] for run in runs}
    assert told == {trial.value for trial in record.trials}
    study.path.write_text(text)  # without trackers it is the same study
    again = run_study(load_study(study.path), url)
    assert again.trials == stored(url, "real").trials == record.trials
