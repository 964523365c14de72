"""Rows of pictures that trained nets left: each is what its label names."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archsearch.records import StudyRecord, read_pictures
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import PictureRows
from archsearch.report.sections.colors import Colors, compute
from archsearch.report.sections.colors.chroma_figures import chroma_drawings
from archsearch.report.sections.colors.pictures import chosen_pictures, same_pictures
from archsearch.report.sections.colors.variants import find_variants
from tests.report.trained_studies import trained_study

TASKS = ("colorize", "colorize-chroma", "colorize")
SIDE = 16


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> StudyRecord:
    """Nets of two tasks, two seeds each; the last saw other pictures."""
    folder = tmp_path_factory.mktemp("artifacts")
    return trained_study(
        folder, TASKS, (2, 3, 4), pictures=120, others=1, epochs=lambda _, seed: 1 + seed
    )


def colors_in(study: StudyRecord) -> Colors:
    found = compute(study, partial(read_pictures, study), "trial {}".format)
    assert found is not None
    return found


def stored(study: StudyRecord, number: int, half: int) -> np.ndarray:
    """Pictures that the first seed kept, N×H×W×3: originals in the first half."""
    grid = np.asarray(Image.open(Path(study.artifacts or "") / f"{number}-0"))
    row = grid[half * SIDE : (half + 1) * SIDE]
    return row.reshape(SIDE, -1, SIDE, 3).swapaxes(0, 1)


def shown(rows: PictureRows, place: int) -> np.ndarray:
    """The pictures of a row, without what is clear between them."""
    row = np.asarray(Image.open(io.BytesIO(rows.rows[place].png)))
    solid = row[:, row[0, :, 3] == 255, :3]
    return solid.reshape(SIDE, -1, SIDE, 3).swapaxes(0, 1)


def test_only_variants_of_the_same_pictures_are_compared(trained):
    found = colors_in(trained)
    assert {variant.trial for variant in found.ranked} == {0, 1}
    assert found.left_out == 1


def test_rows_name_their_run_and_share_their_pictures(trained):
    """Pixel by pixel, against what each run kept."""
    found = colors_in(trained)
    rows = same_pictures(found.ranked, "")
    assert rows is not None
    assert [row.label for row in rows.rows[:2]] == ["gray", "original"]
    assert np.array_equal(shown(rows, 1), stored(trained, 0, 0)[:8])
    gray = shown(rows, 0)
    assert (gray[..., 0] == gray[..., 1]).all()
    assert len(rows.rows) == 4
    for place, row in enumerate(rows.rows[2:], 2):
        assert row.trial is not None
        assert np.array_equal(shown(rows, place), stored(trained, row.trial, 1)[:8])
        result = trained.trials[row.trial].seeds[0].result
        numbers = f"val MSE {error(result.val.mse)}, ΔE {result.test.color.delta_e:.2f}"
        assert row.small == f"{result.task}, seed 0: {numbers}"


def test_grids_of_other_pictures_stand_in_no_column(trained):
    """Where fingerprints don't tell, the originals do."""
    every = find_variants(trained, partial(read_pictures, trained), "trial {}".format)
    rows = same_pictures(every, "")
    assert rows is not None
    assert [row.trial for row in rows.rows] == [None, None, 0, 1]
    assert rows.caption.endswith("1 with other pictures left out.")


def test_the_best_and_worst_pictures_are_the_best_variants_own(trained):
    found = colors_in(trained)
    rows = chosen_pictures(found.ranked)
    assert rows is not None
    best = found.ranked[0].trial
    assert [row.label for row in rows.rows] == ["gray", "original", f"trial {best}"]
    assert np.array_equal(shown(rows, 1), stored(trained, best, 0)[8:])
    assert np.array_equal(shown(rows, 2), stored(trained, best, 1)[8:])


def test_pictures_out_of_reach_are_left_out(trained):
    every = find_variants(trained, lambda seed: None, "trial {}".format)
    assert same_pictures(every, "") is None
    assert chosen_pictures(every) is None


def test_chroma_is_held_against_the_truth_of_the_same_pictures(trained):
    found = colors_in(trained)
    planes, rings = (each.draw() for each in chroma_drawings(found.shown))
    assert planes is not None
    assert rings is not None
    names = ["original", *(variant.name for variant in found.ranked)]
    titles = [axes.get_title().replace("\n", " ") for axes in planes.axes]
    assert [title for title in titles if title] == names
    assert [text.get_text() for text in rings.legends[0].get_texts()] == names
