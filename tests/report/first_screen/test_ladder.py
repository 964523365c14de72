"""Pictures through nets of growing latent size: each belongs to the number beside it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archsearch.records import StudyRecord
from archsearch.report.findings import find
from archsearch.report.first_screen.ladder import ladder
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import PictureRows
from archsearch.report.subject import of_study
from tests.report.trained_studies import trained_study

SIDE = 16


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> StudyRecord:
    """Four nets of growing latents, two seeds each; the last saw other pictures."""
    folder = tmp_path_factory.mktemp("artifacts")
    return trained_study(
        folder, ("reconstruct",), (2, 3, 4, 5), pictures=120, others=1,
        epochs=lambda number, seed: 1 + 3 * ((seed + number) % 2),
    )  # fmt: skip


def rows_of(study: StudyRecord) -> PictureRows:
    found = ladder(find(of_study(study)))
    assert found is not None
    return found


def pixels(png: bytes) -> list[np.ndarray]:
    """The pictures of a row, each H×W×3."""
    row = np.asarray(Image.open(io.BytesIO(png)))
    assert row.shape[0] == SIDE
    return [
        row[:, left : left + SIDE, :3] for left in range(0, row.shape[1], SIDE + 1)
    ]  # a clear pixel between two


def stored(study: StudyRecord, number: int, seed: int) -> tuple[list[np.ndarray], ...]:
    """What a run kept: the originals, and what it made of them."""
    grid = np.asarray(Image.open(Path(study.artifacts or "") / f"{number}-{seed}"))[..., :3]
    columns = range(0, grid.shape[1], SIDE)
    return tuple(
        [grid[SIDE * half : SIDE * (half + 1), left : left + SIDE] for left in columns]
        for half in (0, 1)
    )


def test_every_row_is_of_the_pictures_above_it_and_of_the_run_it_names(trained):
    """Pixel by pixel, against what each run kept."""
    same = trained.model_copy(update={"trials": trained.trials[:3]})
    first, *rows = rows_of(same).rows
    assert (first.label, first.trial) == ("original", None)
    sizes = []
    for row in rows:
        trial = same.trials[row.trial]
        sizes.append(trial.plan.latent_size)
        assert row.label == f"{trial.plan.latent_size:,} numbers"
        best = min(trial.seeds, key=lambda seed: seed.result.val.mse)
        told = f"trial {row.trial}, seed {best.seed}: val MSE {error(best.result.val.mse)}"
        assert row.small == told
        originals, made = stored(same, row.trial, best.seed)
        for shown, kept in zip(pixels(first.png), originals, strict=False):
            assert np.array_equal(shown, kept)
        for shown, kept in zip(pixels(row.png), made, strict=False):
            assert np.array_equal(shown, kept)
    assert sizes == sorted(sizes)
    assert len(sizes) == 3


def test_runs_of_other_pictures_stand_in_no_row(trained):
    mixed = trained.model_copy(update={"trials": trained.trials[2:]})
    found = rows_of(mixed)
    assert len(found.rows) == 2
    assert found.caption.endswith("1 of the nets saw other pictures and aren’t shown.")


def test_lost_pictures_leave_no_rows(trained, tmp_path):
    lost = trained.model_copy(update={"artifacts": str(tmp_path)})
    assert ladder(find(of_study(lost))) is None
    (tmp_path / "0-0").write_bytes(b"no picture")
    assert ladder(find(of_study(lost))) is None


def test_nets_of_one_size_are_shown_from_best_to_worst(trained):
    plan = trained.trials[0].plan
    trials = [
        trial.model_copy(update={"plan": plan.model_copy(update={"key": str(trial.number)})})
        for trial in trained.trials[:3]
    ]
    rows = rows_of(trained.model_copy(update={"trials": tuple(trials)})).rows[1:]
    errors = [float(row.small.rpartition(" ")[2]) for row in rows]
    assert len(rows) == 3
    assert errors == sorted(errors)
