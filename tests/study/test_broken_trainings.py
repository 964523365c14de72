"""Real trainings that break: each is recorded with its reason, and the study goes on."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from real import command, finished, write_real
from toys import SPEC

from archsearch.config import StudyFile
from archsearch.records import TrialRecord, load_study
from archsearch.report import write_report
from archsearch.spec import ModelPlan
from archsearch.study import Job, RunOptions, Trained, run_study
from archsearch.study.training.candidates import PictureTrainer

if TYPE_CHECKING:
    from archsearch.nn import Autoencoder

UNBOUNDED = SPEC.replace("activation: sigmoid", "activation: none")

LINEAR = UNBOUNDED.replace("activation: relu", "activation: none")
"""Nothing holds its values back, on either side of zero: they overflow both ways, to inf - inf."""

RECIPE = """
  train.optimizer: {choice: [sgd]}
  train.schedule: {choice: [constant]}
  train.lr: {choice: [0.01, %s]}
  train.batch_size: {choice: [%s]}
"""


def broken(plan: ModelPlan, *, seed: int | None = None) -> Autoencoder:
    """A net with a weight that is not a number, as a broken initialization gives."""
    from archsearch.nn import build

    model = build(plan, seed=seed)
    next(model.parameters()).data[0] = float("nan")
    return model


class Faulty(PictureTrainer):
    """Trains for real, with a fault where the first layer has two channels."""

    def train(self, job: Job) -> Trained:
        if job.plan.layers[0].output.channels == 2:
            self._pictures(job.settings.data, job.plan).missing  # type: ignore[attr-defined]  # noqa: B018
        if job.plan.layers[0].output.channels == 3:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(import_module("archsearch.train.fit"), "nn_build", broken)
                return super().train(job)
        return super().train(job)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))


def outcome(study: StudyFile, url: str, trainer: PictureTrainer | None = None) -> list[TrialRecord]:
    run_study(study, url, options=RunOptions(threads=1), trainer=trainer)
    return list(load_study(url, "real").trials)


@pytest.mark.usefixtures("inline")
@pytest.mark.parametrize(
    ("spec", "lr", "batch", "told"),
    [
        pytest.param(UNBOUNDED, 20.0, 1, "infinite in epoch 1, step", id="infinite-first"),
        pytest.param(UNBOUNDED, 20.0, 16, "infinite in epoch 4, step", id="infinite-later"),
        pytest.param(LINEAR, 5.0, 16, "NaN in epoch 1, step", id="nan-first"),
        pytest.param(LINEAR, 5.0, 32, "NaN in epoch 2, step", id="nan-later"),
    ],
)
def test_a_loss_that_explodes(
    tmp_path: Path, url: str, spec: str, lr: float, batch: int, told: str
) -> None:
    """Its other seed is skipped, and the other candidate is trained."""
    study = write_real(
        tmp_path, space=RECIPE % (lr, batch), method="grid", trials=2, epochs=6, seeds=2, spec=spec
    )
    trials = {trial.values["train.lr"]: trial for trial in outcome(study, url)}
    assert trials[lr].state == "failed"
    assert f"seed 0: the training loss was {told}" in trials[lr].reason
    assert [seed.state for seed in trials[lr].seeds] == ["failed"]
    assert trials[0.01].state == "complete"


@pytest.mark.usefixtures("inline")
def test_nan_and_an_error_are_recorded_and_counted(tmp_path: Path, url: str) -> None:
    space = "  first.conv.channels: {int: [1, 4]}"
    study = write_real(tmp_path, space=space, method="grid", trials=4, epochs=2)
    trainer = Faulty(base=tmp_path)
    trials = {trial.values["first.conv.channels"]: trial for trial in outcome(study, url, trainer)}
    assert [trials[n].state for n in (1, 2, 3, 4)] == ["complete", "failed", "failed", "complete"]
    assert trials[2].reason.startswith("seed 0: AttributeError: ")
    assert "the training loss was NaN in epoch 1, step 1" in trials[3].reason
    status = command(tmp_path, "study", "status", "real", "--storage", url, "--json")
    counts = json.loads(finished(status)[1])["counts"]
    assert (counts["complete"], counts["failed"]) == (2, 2)
    write_report(load_study(url, "real"), tmp_path / "page")
    summary = json.loads((tmp_path / "page" / "summary.json").read_text())
    assert (summary["trials"]["complete"], summary["trials"]["failed"]) == (2, 2)
    told = {warning["code"]: warning["message"] for warning in summary["warnings"]}
    assert told["failed-trials"].startswith("2 trials failed")
    for reason in (trials[2].reason, trials[3].reason):
        assert reason.removeprefix("seed 0: ") in (tmp_path / "page" / "trials.csv").read_text()


def test_a_real_lack_of_memory(tmp_path: Path) -> None:
    """The address space is limited to a little more than the program itself takes."""
    space = "  first.conv.channels: {choice: [2, 60000]}\n  train.batch_size: {choice: [64]}"
    write_real(tmp_path, space=space, method="grid", trials=2)
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (5 << 30, 5 << 30))"
    told_so = ("study", "run", "study.yaml", "--json", "--set", "train.engine=torch")
    code, told = finished(command(tmp_path, *told_so, before=limit))
    assert code == 0, told
    url = f"sqlite:///{tmp_path / 'runs' / 'studies.db'}"
    states = {t.values["first.conv.channels"]: t for t in load_study(url, "real").trials}
    assert states[2].state == "complete"
    assert states[60_000].state == "failed"
    assert "seed 0: not enough memory to train `toy`" in states[60_000].reason
    assert json.loads(told[: told.index("\n}") + 2])["counts"]["failed"] == 1
