"""Where the trainings of a study compute."""

from pathlib import Path

import pytest
import torch
from real import write_real

from archsearch.config import load_study as load_study_file
from archsearch.errors import InputError
from archsearch.records import load_study
from archsearch.study import RayOptions, RunOptions, run_study

NEEDS_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no GPU")


@pytest.mark.parametrize(
    ("options", "device"),
    [
        (RunOptions(), "cpu"),
        (RunOptions(device="cuda"), "cuda"),
        (RunOptions(engine="ray", ray=RayOptions(gpus=0.25)), "cuda"),
        (RunOptions(engine="ray", ray=RayOptions(gpus=1), device="cpu"), "cpu"),
        (RunOptions(engine="ray"), "cpu"),
        (RunOptions(ray=RayOptions(gpus=1)), "cpu"),
    ],
)
def test_a_gpu_that_ray_gives_is_trained_on(options, device) -> None:
    assert options.training_device == device


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_nothing_is_started(tmp_path: Path) -> None:
    study = write_real(tmp_path, trials=2)
    storage = f"sqlite:///{tmp_path}/studies.db"
    with pytest.raises(InputError, match="torch finds no GPU that it can use here"):
        run_study(study, storage, options=RunOptions(device="cuda"))
    assert not (tmp_path / "studies.db").exists()


def test_a_precision_that_workers_lack_ends_the_study_not_its_trials(tmp_path: Path) -> None:
    """TF32 is a GPU's."""
    write_real(tmp_path, trials=2)
    path = tmp_path / "study.yaml"
    path.write_text(path.read_text().replace("epochs: 1", "precision: tf32, epochs: 1"))
    storage = f"sqlite:///{tmp_path}/studies.db"
    with pytest.raises(InputError, match=r"train\.precision is tf32"):
        run_study(load_study_file(path), storage, options=RunOptions())
    assert not [trial for trial in load_study(storage, "real").trials if trial.seeds]


def test_an_engine_that_can_not_train_the_task_ends_the_study_not_its_trials(
    tmp_path: Path,
) -> None:
    write_real(tmp_path, trials=2)
    path = tmp_path / "study.yaml"
    text = path.read_text().replace("epochs: 1", "engine: native, epochs: 1")
    path.write_text(f"{text}\ntask: colorize-bins\n")
    storage = f"sqlite:///{tmp_path}/studies.db"
    with pytest.raises(InputError, match=r"train\.engine is native, which can't train `toy`"):
        run_study(load_study_file(path), storage, options=RunOptions())
    assert not [trial for trial in load_study(storage, "real").trials if trial.seeds]


def test_a_searched_precision_that_workers_lack_ends_the_study_not_its_trials(
    tmp_path: Path,
) -> None:
    write_real(tmp_path, trials=2)
    path = tmp_path / "study.yaml"
    text = path.read_text()
    searched = "  train.precision: {choice: [float32, tf32]}\n"
    path.write_text(text.replace("space:\n", f"space:\n{searched}"))
    storage = f"sqlite:///{tmp_path}/studies.db"
    with pytest.raises(InputError, match=r"train\.precision is tf32"):
        run_study(load_study_file(path), storage, options=RunOptions())
    assert not [trial for trial in load_study(storage, "real").trials if trial.seeds]


@NEEDS_GPU
def test_two_workers_share_a_gpu(tmp_path: Path) -> None:
    study = write_real(tmp_path, trials=4, epochs=2)
    storage = f"sqlite:///{tmp_path}/studies.db"
    run_study(study, storage, options=RunOptions(device="cuda", workers=2))
    results = [s.result for t in load_study(storage, study.settings.name).trials for s in t.seeds]
    assert len(results) >= 4
    assert all(result and result.environment.device != "cpu" for result in results)
