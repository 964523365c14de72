"""Every task end to end: trained for an epoch, then applied to files."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from PIL import Image

from archsearch.apply import apply_run, load_net
from archsearch.config import TASKS
from archsearch.errors import InputError
from tests.train.made import drop_checksums

TrainedFor = Callable[..., Path]
LUMINANCE = numpy.array([0.299, 0.587, 0.114])

COLORING = [name for name, kind in TASKS.builtin.items() if kind.keeps == "luminance"]


@pytest.fixture
def place(tmp_path: Path, astronaut: Image.Image, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a photograph in color and in gray, 301×203."""
    photograph = astronaut.crop((100, 0, 401, 203))
    photograph.save(tmp_path / "color.png")
    photograph.convert("L").save(tmp_path / "gray.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pixels(path: Path | str | None) -> numpy.ndarray:
    assert path is not None
    with Image.open(path) as picture:
        return numpy.asarray(picture)


@pytest.mark.parametrize("task", COLORING)
def test_a_color_picture_and_its_gray_version_come_out_alike(
    trained_for: TrainedFor, place: Path, task: str
) -> None:
    done = apply_run(trained_for(task), [Path("color.png"), Path("gray.png")])
    done.require()
    of_color, of_gray = (pixels(one.result) for one in done.written)
    assert of_color.shape == (203, 301, 3)
    assert numpy.array_equal(of_color, of_gray)


@pytest.mark.parametrize("task", COLORING)
def test_every_pixel_keeps_its_luminance(trained_for: TrainedFor, place: Path, task: str) -> None:
    (one,) = apply_run(trained_for(task), [Path("gray.png")]).written
    result = pixels(one.result)
    assert numpy.abs(result @ LUMINANCE - pixels("gray.png")).max() <= 0.501
    assert result.std(axis=2).max() > 0


def test_side_by_side_shows_what_a_coloring_net_saw(trained_for: TrainedFor, place: Path) -> None:
    (one,) = apply_run(
        trained_for("colorize-chroma"), [Path("color.png")], side_by_side=True
    ).written
    row = pixels(one.side_by_side)
    assert row.shape == (203, 3 * 301 + 2 * 8, 3)
    assert numpy.array_equal(row[:, :301], pixels("color.png"))
    assert numpy.array_equal(row[:, 309:610, 1], pixels("gray.png"))
    assert numpy.array_equal(row[:, 618:], pixels(one.result))


def test_a_picture_to_denoise_gets_no_more_noise(trained_for: TrainedFor, place: Path) -> None:
    """Of one gray all tiles are alike, and so is what the net makes of them."""
    Image.new("RGB", (80, 64), (90, 120, 150)).save("even.png")
    (one,) = apply_run(trained_for("denoise"), [Path("even.png")]).written
    result = pixels(one.result)
    assert numpy.array_equal(result[8:], result[:-8])
    assert numpy.array_equal(result[:, 8:], result[:, :-8])


def test_a_hole_is_filled_and_nothing_else_changes(trained_for: TrainedFor, place: Path) -> None:
    mask = Image.new("L", (301, 203))
    mask.paste(255, (40, 50, 52, 58))
    mask.save("mask.png")
    (one,) = apply_run(trained_for("inpaint"), [Path("color.png")], mask=Path("mask.png")).written
    hole = pixels("mask.png") > 0
    result, original = pixels(one.result), pixels("color.png")
    assert numpy.array_equal(result[~hole], original[~hole])
    assert not numpy.array_equal(result[hole], original[hole])


def test_what_is_under_the_hole_has_no_part_in_the_result(
    trained_for: TrainedFor, place: Path
) -> None:
    mask = Image.new("L", (301, 203))
    mask.paste(255, (40, 50, 52, 58))
    mask.save("mask.png")
    with Image.open("color.png") as picture:
        picture.load()
    picture.paste((255, 0, 255), (40, 50, 52, 58))
    picture.save("spoiled.png")
    done = apply_run(
        trained_for("inpaint"), [Path("color.png"), Path("spoiled.png")], mask=Path("mask.png")
    )
    assert numpy.array_equal(*(pixels(one.result) for one in done.written))


def test_transparent_pixels_are_filled_and_become_opaque(
    trained_for: TrainedFor, place: Path
) -> None:
    with Image.open("color.png") as picture:
        alpha = Image.new("L", picture.size, 200)
        alpha.paste(0, (40, 50, 52, 58))
        picture.putalpha(alpha)
        picture.save("through.png")
    (one,) = apply_run(trained_for("inpaint"), [Path("through.png")]).written
    result = pixels(one.result)
    assert (result[50:58, 40:52, 3] == 255).all()
    assert (numpy.asarray(alpha) == result[..., 3]).sum() == 301 * 203 - 96


def test_nothing_to_fill_is_told(trained_for: TrainedFor, place: Path) -> None:
    done = apply_run(trained_for("inpaint"), [Path("color.png")])
    with pytest.raises(InputError, match=r"color.png has no area to fill"):
        done.require()


def test_a_mask_is_never_written_over(trained_for: TrainedFor, place: Path) -> None:
    Image.new("L", (301, 203), 255).save("color-inpaint.png")
    done = apply_run(
        trained_for("inpaint"),
        [Path("color.png")],
        mask=Path("color-inpaint.png"),
        overwrite=True,
    )
    with pytest.raises(InputError, match="which is an input"):
        done.require()


def test_a_standardized_net_is_fed_as_it_was_trained(trained_for: TrainedFor, place: Path) -> None:
    """The run holds mean and std; its pictures aren't needed, and taking them away is told."""
    run = trained_for("reconstruct", "--set", "data.standardize=true")
    (one,) = apply_run(run, [Path("color.png")]).written
    error = ((pixels(one.result) - pixels("color.png").astype(float)) ** 2).mean()
    assert error < pixels("color.png").var() / 2
    metrics = run / "metrics.json"
    kept = metrics.read_text()
    drop_checksums(run)  # as earlier versions wrote it
    numbers = json.loads(metrics.read_text())
    del numbers["result"]["fed_mean"]
    metrics.write_text(json.dumps(numbers))
    try:
        with pytest.raises(InputError, match="lacks the mean and std"):
            load_net(run)
    finally:
        metrics.write_text(kept)


def test_a_net_of_gray_pictures_gives_gray(
    trained_for: TrainedFor, place: Path, astronaut: Image.Image
) -> None:
    (place / "patches").mkdir()
    for number in range(60):
        left, top = number % 10 * 50, number // 10 * 80
        patch = astronaut.convert("L").crop((left, top, left + 16, top + 16))
        patch.save(place / f"patches/{number}.png")
    run = trained_for("reconstruct", "--data", f"folder:{place / 'patches'}", spec="gray.yaml")
    done = apply_run(run, [Path("color.png"), Path("gray.png")])
    of_color, of_gray = (pixels(one.result) for one in done.written)
    assert of_color.shape == (203, 301)
    assert numpy.array_equal(of_color, of_gray)
