"""Pages with pictures from the trainings, and with pictures that are gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from archsearch.records import StudyRecord, read_pictures
from archsearch.records.run_files import checksum
from archsearch.report import ReportFiles, figures, write_report
from tests.synthetic import StudyRecipe, synthetic_study


def with_pictures(study: StudyRecord, folder: Path, *, checked: bool = False) -> StudyRecord:
    """The study with a strip of photographs, and blurred ones, kept for each seed."""
    folder.mkdir()
    trials = []
    for trial in study.trials:
        seeds = []
        for seed in trial.seeds:
            name = f"strip-{trial.number}-{seed.seed}"
            if trial.state == "complete":
                strip(trial.number).save(folder / name, format="PNG")
            sums = {"pictures_sha256": checksum((folder / name).read_bytes())} if checked else {}
            seeds.append(seed.model_copy(update={"pictures": name} | sums))
        trials.append(trial.model_copy(update={"seeds": tuple(seeds)}))
    return study.model_copy(update={"trials": tuple(trials), "artifacts": str(folder)})


def strip(number: int) -> Image.Image:
    """Eight patches of a photograph in a row, and below them what a net might make of them."""
    photo = Image.fromarray(data.astronaut())
    places = [(32 * ((5 * i + number) % 15), 32 * ((3 * i + number) % 15)) for i in range(8)]
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
