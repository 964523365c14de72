"""``train.log``: what each tracker's own library reads back, and that none stops a training."""

from __future__ import annotations

import json
import logging
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from archsearch.config import METRICS, RunSettings, TrainSettings
from archsearch.config.trackers import TensorboardSettings
from archsearch.records import RunResult, load_run
from archsearch.train import train_run
from archsearch.train.trackers import Tracked, to_mlflow, to_tensorboard
from tests.train.made import PLAIN, made_pictures, settings

_BLOCK = 1 << 15

pytestmark = pytest.mark.filterwarnings("ignore")  # of the trackers' libraries


def logged(log: object, **train: object) -> RunSettings:
    told = settings(**train)
    changed = TrainSettings.model_validate({**told.train.model_dump(), "log": log})
    return told.model_copy(update={"train": changed})


@pytest.fixture
def run(plan_from, tmp_path: Path):
    def train(log: object, name: str = "run", **train: object) -> Path:
        train_run(plan_from(PLAIN), logged(log, **train), made_pictures(), tmp_path / name)
        return tmp_path / name

    return train


def final_scores(result: RunResult) -> dict[str, float]:
    """What is told at the end: each metric but the error that each epoch told, and PCA's."""
    scores = {"pca_test_mse": result.baselines.test("pca")}
    for name in METRICS.builtin:
        scores |= {f"val_{name}": result.val.value(name), f"test_{name}": result.test.value(name)}
    del scores["val_mse"]
    return scores


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("wandb", ["wandb"]),
        (["tensorboard", "mlflow"], ["tensorboard", "mlflow"]),
        ({"mlflow": {"experiment": "nets"}}, ["mlflow"]),
        (None, None),
    ],
)
def test_trackers_are_named_or_set_up(written, used) -> None:
    log = TrainSettings(log=written).log
    assert (log and [name for name, _ in log.used()]) == used


@pytest.mark.parametrize("written", ["tensorbord", ["mlflow", 3], {"wandb": {"projekt": "x"}}])
def test_what_no_tracker_is_called_is_refused(written) -> None:
    with pytest.raises(ValidationError):
        TrainSettings(log=written)


def test_tensorboard_reads_it_back(run) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder = run("tensorboard")
    read = EventAccumulator(str(folder / "tensorboard"))
    read.Reload()
    record = load_run(folder)
    assert [e.step for e in read.Scalars("val_mse")] == [1, 2, 3]
    assert read.Scalars("val_mse")[-1].value == pytest.approx(record.result.history[-1].val_mse)
    scores = final_scores(record.result)
    for name, value in scores.items():
        (told,) = read.Scalars(f"scores/{name}")
        assert (told.step, told.value) == (3, pytest.approx(value))
    (picture,) = read.Images("pictures")
    assert (picture.height, picture.width) == (32, 8 * 16)
    assert "conv" in read.Tensors("spec/text_summary")[0].tensor_proto.string_val[0].decode()
    hparams = read.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    assert b"train.lr" in hparams
    metrics = read.SummaryMetadata("_hparams_/experiment").plugin_data.content
    assert all(name.encode() in metrics for name in ("val_mse", *scores))
    kept = (folder / "tensorboard" / "model.safetensors").read_bytes()
    assert kept == (folder / "model.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("study", "below"), [("", "net-seed-0"), ("../../nets", "nets/net-seed-0")]
)
def test_a_studys_name_leads_out_of_no_folder(tmp_path: Path, study: str, below: str) -> None:
    pytest.importorskip("tensorboard")
    told = Tracked("net-seed-0", study, tmp_path / "runs" / "trackers" / below, {}, "")
    settings = TensorboardSettings(folder=str(tmp_path / "all"))
    to_tensorboard.start(told, settings).end(failed=False)
    (events,) = tmp_path.rglob("events.*")
    assert events.parent == tmp_path / "all" / below


def test_mlflow_reads_it_back(run, tmp_path: Path) -> None:
    mlflow = pytest.importorskip("mlflow")
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    client = mlflow.MlflowClient(uri)
    client.create_experiment("nets", artifact_location=(tmp_path / "kept").as_uri())
    folder = run({"mlflow": {"tracking_uri": uri, "experiment": "nets"}})
    experiment = client.get_experiment_by_name("nets")
    (found,) = client.search_runs([experiment.experiment_id])
    assert (found.info.run_name, found.info.status) == ("run", "FINISHED")
    assert found.data.params["train.epochs"] == "3"
    assert found.data.params["latent_size"] == "256"
    curve = client.get_metric_history(found.info.run_id, "val_mse")
    record = load_run(folder)
    assert [(m.step, m.value) for m in curve] == [
        (row.epoch, row.val_mse) for row in record.result.history
    ]
    assert final_scores(record.result).items() <= found.data.metrics.items()
    assert found.data.metrics["val_mse"] == record.result.val.mse
    kept = {path.name: path for path in (tmp_path / "kept").rglob("*") if path.is_file()}
    assert set(kept) == {"pictures.png", "model.safetensors", "spec.yaml"}
    weights = kept["model.safetensors"].read_bytes()
    assert weights == (folder / "model.safetensors").read_bytes()


def wandb_records(content: bytes) -> Iterator[bytes]:
    """What an offline run's log holds: records in blocks, split as LevelDB splits them."""
    assert content.startswith(b":W&B")
    place, parts = 7, b""
    while place + 7 <= len(content):
        if (left := _BLOCK - place % _BLOCK) < 7:
            place += left
            continue
        _, size, kind = struct.unpack_from("<IHB", content, place)
        parts += content[place + 7 : place + 7 + size]
        place += 7 + size
        if kind in {1, 4}:  # the whole of one, or its last part
            yield parts
            parts = b""


@pytest.mark.full
def test_wandb_reads_it_back_offline(run, monkeypatch) -> None:
    pytest.importorskip("wandb")
    from wandb.proto import wandb_internal_pb2

    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    folder = run({"wandb": {"project": "nets", "mode": "offline"}})
    (file,) = folder.rglob("*.wandb")
    rows, config, artifacts, summary = [], {}, [], {}
    for data in wandb_records(file.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        rows += [
            {(i.key or i.nested_key[0]): json.loads(i.value_json) for i in record.history.item}
        ]
        config |= {i.key or i.nested_key[0]: i.value_json for i in record.run.config.update}
        artifacts += [record.artifact.type] if record.artifact.type else []
        summary |= {i.key or i.nested_key[0]: i.value_json for i in record.summary.update}
    curve = [(row["epoch"], row["val_mse"]) for row in rows if "val_mse" in row]
    recorded = load_run(folder).result
    assert curve == [(row.epoch, row.val_mse) for row in recorded.history]
    assert config["train.epochs"] == "3"
    assert [row["epoch"] for row in rows if "pictures" in row] == [3]
    assert {name: json.loads(summary[name]) for name in final_scores(recorded)} == (
        final_scores(recorded)
    )
    assert "model" in artifacts


class _Breaks:
    """A tracker of which one call fails."""

    def __init__(self, at: str) -> None:
        self.calls: list[str] = []
        self._at = at

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name == self._at:
            raise ConnectionError("the server is away")

    def epoch(self, row: object) -> None:
        self._call("epoch")

    def result(self, finished: object) -> None:
        self._call("result")

    def end(self, *, failed: bool) -> None:
        self._call("failed" if failed else "end")


@pytest.mark.parametrize("at", ["start", "epoch", "result", "end"])
def test_a_tracker_that_fails_is_told_once_and_the_training_ends(
    run, monkeypatch, caplog, at
) -> None:
    tracker = _Breaks(at)

    def start(told: object, settings: object) -> _Breaks:
        if at == "start":
            raise ConnectionError("the server is away")
        return tracker

    monkeypatch.setattr(to_tensorboard, "start", start)
    with caplog.at_level(logging.WARNING):
        folder = run("tensorboard")
    assert (folder / "metrics.json").exists()
    said = [text for text in caplog.messages if "goes on without it" in text]
    assert said == [
        "tensorboard fails (ConnectionError: the server is away); the training goes on without it"
    ]
    assert tracker.calls.count(at) == (at != "start")


def test_files_that_can_not_be_written_for_trackers_end_no_training(
    run, monkeypatch, caplog, tmp_path
) -> None:
    tracker = _Breaks("nowhere")
    monkeypatch.setattr(to_tensorboard, "start", lambda told, settings: tracker)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert (run("tensorboard") / "metrics.json").exists()
    assert "tensorboard fails (FileNotFoundError: " in caplog.text
    assert tracker.calls == ["epoch"] * 3 + ["end"]


def test_a_library_that_is_missing_is_told_with_how_to_get_it(run, monkeypatch, caplog) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    folder = run("wandb")
    assert (folder / "metrics.json").exists()
    assert "no wandb here: pip install 'archsearch[wandb]'" in caplog.text


def test_a_training_that_breaks_is_closed_as_failed(run, monkeypatch, plan_from, tmp_path) -> None:
    tracker = _Breaks("nowhere")
    monkeypatch.setattr(to_tensorboard, "start", lambda told, settings: tracker)

    def stop(row: object) -> None:
        raise KeyboardInterrupt

    told = logged("tensorboard")
    with pytest.raises(KeyboardInterrupt):
        train_run(plan_from(PLAIN), told, made_pictures(), tmp_path / "run", on_epoch=stop)
    assert tracker.calls == ["epoch", "failed"]
    again = _Breaks("nowhere")
    monkeypatch.setattr(to_tensorboard, "start", lambda told, settings: again)
    run("tensorboard")
    assert again.calls == ["epoch"] * 3 + ["result", "end"], "the epoch before the stop, too"


def test_trackers_are_no_part_of_a_run(run, plan_from, tmp_path: Path) -> None:
    """Resumed or asked for again with others, or with none, it is the same run."""
    seen: list[int] = []

    def stop(row: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_run(
            plan_from(PLAIN), logged("tensorboard"), made_pictures(), tmp_path / "run",
            on_epoch=stop,
        )  # fmt: skip
    train_run(
        plan_from(PLAIN), settings(), made_pictures(), tmp_path / "run",
        on_epoch=lambda row: seen.append(row.epoch),
    )  # fmt: skip
    assert seen == [2, 3]
    assert "log" not in json.loads((tmp_path / "run" / "config.json").read_text())["train"]
    first = load_run(tmp_path / "run").result
    run("tensorboard")
    assert load_run(tmp_path / "run").result == first
    whole = load_run(run(None, "whole")).result
    assert (first.val, first.test) == (whole.val, whole.test)


def test_why_mlflow_makes_no_experiment_is_told() -> None:
    exceptions = pytest.importorskip("mlflow.exceptions")

    class Client:
        def get_experiment_by_name(self, name: str) -> None:
            return None

        def create_experiment(self, name: str) -> str:
            raise exceptions.MlflowException("not allowed to")

    with pytest.raises(exceptions.MlflowException, match="not allowed to"):
        to_mlflow._experiment(Client(), "nets")


def test_mlflow_writes_no_address_to_stdout(run, tmp_path: Path, monkeypatch, capfd) -> None:
    """A server's are written at the end of a run, among what ``--json`` prints."""
    pytest.importorskip("mlflow")
    from mlflow.tracking._tracking_service import client

    monkeypatch.chdir(tmp_path)  # where MLflow puts artifacts
    monkeypatch.delenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", raising=False)
    monkeypatch.setattr(client, "RestStore", object)
    monkeypatch.setattr(client, "get_workspace_url", lambda: "http://a-server")
    run({"mlflow": {"tracking_uri": f"sqlite:///{tmp_path / 'mlflow.db'}"}})
    assert capfd.readouterr().out == ""
