"""Pages with pictures from the trainings, and with pictures that are gone."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from archsearch.config import load
from archsearch.records import (
    SeedRecord,
    StudyRecord,
    TrialRecord,
    plan_record,
    read_pictures,
)
from archsearch.records.run_files import checksum
from archsearch.report import ReportFiles, figures, write_report
from archsearch.report.figures.pictures import pictures_figure, sizes_figure
from archsearch.report.formatting import error
from archsearch.train import fit
from archsearch.train.run_folder.sample_grid import sample_grid_png
from tests.synthetic import StudyRecipe, synthetic_study
from tests.train.made import PLAIN, made_pictures, settings

TASKS = ("colorize", "colorize-chroma", "reconstruct", "colorize")
SEEDS = (0, 1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> StudyRecord:
    """Four nets of three tasks, two seeds each; the last saw other pictures."""
    folder = tmp_path_factory.mktemp("artifacts")
    torch.set_num_threads(1)
    trials = []
    for number, task in enumerate(TASKS):
        spec = folder / f"{number}.yaml"
        spec.write_text(PLAIN.replace("channels: 4", f"channels: {2 + number}"))
        plan = load(spec).plan(task=task)
        seeds = []
        for seed in SEEDS:
            recipe = settings(task, epochs=1 + 3 * seed)
            run = fit(plan, recipe, made_pictures(120, seed=int(number == 3)), seed=seed)
            (folder / f"{number}-{seed}").write_bytes(sample_grid_png(run.samples))
            seeds.append(
                SeedRecord(
                    seed=seed, state="complete", result=run.result, pictures=f"{number}-{seed}"
                )
            )
        trials.append(
            TrialRecord(
                number=number, state="complete", values={"task": task}, plan=plan_record(plan),
                seeds=tuple(seeds), value=1.0,
            )
        )  # fmt: skip
    return StudyRecord(
        name="trained", settings={}, designed=True, space_hash="", trials=tuple(trials),
        planned=4, artifacts=str(folder),
    )  # fmt: skip


def stored(study: StudyRecord, number: int, seed: int) -> np.ndarray:
    """The two rows of what a run kept."""
    return np.asarray(Image.open(Path(study.artifacts or "") / f"{number}-{seed}"))


def panels(figure) -> list[tuple[str, np.ndarray]]:
    return [(axes.get_title(), np.asarray(axes.images[0].get_array())) for axes in figure.axes]


def with_pictures(study: StudyRecord, folder: Path, *, checked: bool = False) -> StudyRecord:
    """The study with a grid of photographs, and blurred ones, kept for each seed."""
    folder.mkdir()
    trials = []
    for trial in study.trials:
        seeds = []
        for seed in trial.seeds:
            name = f"grid-{trial.number}-{seed.seed}"
            if trial.state == "complete":
                strip().save(folder / name, format="PNG")
            sums = {"pictures_sha256": checksum((folder / name).read_bytes())} if checked else {}
            seeds.append(seed.model_copy(update={"pictures": name} | sums))
        trials.append(trial.model_copy(update={"seeds": tuple(seeds)}))
    return study.model_copy(update={"trials": tuple(trials), "artifacts": str(folder)})


def strip() -> Image.Image:
    """Eight patches of a photograph in a row, and below them what a net might make of them."""
    photo = Image.fromarray(data.astronaut())
    places = [(32 * (5 * i % 15), 32 * (3 * i % 15)) for i in range(8)]
    made = Image.new("RGB", (256, 64))
    for i, (x, y) in enumerate(places):
        patch = photo.crop((x, y, x + 32, y + 32))
        made.paste(patch, (32 * i, 0))
        blurred = patch.resize((8, 8), Image.Resampling.BOX)
        made.paste(blurred.resize((32, 32), Image.Resampling.BILINEAR), (32 * i, 32))
    return made


@pytest.mark.full
def test_the_page_of_two_hundred_trials_with_pictures_is_under_5_mb(tmp_path):
    recipe = StudyRecipe(complete=194, failed=3, collapsed=3, epochs=10)
    study = with_pictures(synthetic_study(recipe), tmp_path / "artifacts")
    written = write_report(study, tmp_path / "report")
    assert {"figures/reconstructions.svg", "figures/sizes.svg"} <= set(written.summary["figures"])
    assert written.index.stat().st_size < 5_000_000


def test_lost_pictures_are_not_missed(tmp_path, monkeypatch):
    drawn = {name: figures._FIGURES[name] for name in ("reconstructions", "sizes")}
    monkeypatch.setattr(figures, "_FIGURES", drawn)
    recipe = StudyRecipe(complete=4, epochs=2)
    study = with_pictures(synthetic_study(recipe), tmp_path / "artifacts")
    shown = write_report(study, tmp_path / "a")
    assert "figures/reconstructions.svg" in shown.summary["figures"]
    assert "pictures-out-of-reach" not in codes(shown)
    for stored in (tmp_path / "artifacts").iterdir():
        stored.write_bytes(b"no picture")
    lost = write_report(study, tmp_path / "b")
    assert lost.figures == ()
    assert "pictures-out-of-reach" in codes(lost)


def test_damaged_pictures_are_left_out_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "_FIGURES", {"sizes": figures._FIGURES["sizes"]})
    study = synthetic_study(StudyRecipe(complete=4, epochs=2))
    study = with_pictures(study, tmp_path / "artifacts", checked=True)
    assert not {code for code in codes(write_report(study, tmp_path / "a")) if "pictures" in code}
    stored = tmp_path / "artifacts" / str(study.trials[0].seeds[0].pictures)
    content = bytearray(stored.read_bytes())
    content[-60] ^= 1  # a pixel, or what it is packed in
    stored.write_bytes(content)
    assert read_pictures(study, study.trials[0].seeds[0]) is None
    assert read_pictures(study, study.trials[1].seeds[0]) is not None
    found = write_report(study, tmp_path / "b").summary["warnings"]
    (told,) = [warning["message"] for warning in found if warning["code"] == "pictures-damaged"]
    assert told.startswith("Reconstructions of 1 run in ")


def codes(found: ReportFiles) -> set[str]:
    return {warning["code"] for warning in found.summary["warnings"]}
