"""From files to files with a net that was really trained, and every way to go wrong."""

import json
import shutil
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageCms

from archsearch.apply import Photograph, apply_run, write_png
from archsearch.cli import main
from archsearch.errors import InputError, RunFailedError, WriteError


@pytest.fixture
def place(tmp_path: Path, face: Image.Image, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two pictures."""
    face.save(tmp_path / "face.png")
    face.convert("L").rotate(90, expand=True).save(tmp_path / "turned.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def opened(path: str | Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture


def run(trained: Path, *more: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["apply", str(trained), *more])
    return int(ended.value.code or 0)


def files(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def test_results_lie_beside_the_pictures(trained, place, capsys) -> None:
    assert run(trained, "face.png", "turned.jpg") == 0
    names = ["face-reconstruct.png", "face.png", "turned-reconstruct.png", "turned.jpg"]
    assert files(place) == names
    printed = capsys.readouterr()
    assert printed.out == (
        "face.png (75×61) → face-reconstruct.png\nturned.jpg (61×75) → turned-reconstruct.png\n"
    )
    assert printed.err == ""
    color, gray = opened("face-reconstruct.png"), opened("turned-reconstruct.png")
    assert (color.mode, color.size, gray.mode, gray.size) == ("RGB", (75, 61), "L", (61, 75))


def test_a_trained_net_gives_something_like_the_picture(trained, place, astronaut) -> None:
    astronaut.save("astronaut.png")
    done = apply_run(trained, [Path("astronaut.png")])
    result = numpy.asarray(opened(done.written[0].result)) / 255
    original = numpy.asarray(astronaut) / 255
    assert ((result - original) ** 2).mean() < original.var() / 2


def test_out_names_the_folder_and_side_by_side_adds_a_picture(trained, place, capsys) -> None:
    assert run(trained, "face.png", "--out", "a/b", "--side-by-side") == 0
    assert files(place / "a") == ["b/face-side-by-side.png", "b/face.png"]
    both = opened("a/b/face-side-by-side.png")
    assert (both.mode, both.size) == ("RGB", (75 * 2 + 8, 61))
    assert both.crop((0, 0, 75, 61)).tobytes() == opened("face.png").tobytes()
    assert both.crop((83, 0, 158, 61)).tobytes() == opened("a/b/face.png").tobytes()


def test_json_tells_what_was_written_and_what_failed(trained, place, capsys) -> None:
    (place / "notes.txt").write_text("no picture")
    assert run(trained, "notes.txt", "face.png", "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert next(iter(told)) == "version"
    assert (told["version"], told["run"], told["task"]) == (1, "run", "reconstruct")
    (written,) = told["written"]
    expected = {"picture": "face.png", "result": "face-reconstruct.png", "side_by_side": None}
    assert written == expected | {"width": 75, "height": 61, "tiles": written["tiles"]}
    assert [each["picture"] for each in told["failed"]] == ["notes.txt"]
    assert told["failed"][0]["what"].startswith("notes.txt can't be read as a picture")


def test_pictures_that_fail_keep_no_other_back_and_are_told_at_the_end(
    trained, place, capsys
) -> None:
    (place / "notes.txt").write_text("no picture")
    assert run(trained, "notes.txt", "face.png", "nowhere.png", "turned.jpg") == 2
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 2
    assert (
        "error: 2 of 4 pictures have no result:\n- notes.txt can't be read as a picture"
        in printed.err
    )
    assert "- nowhere.png: no such file\n    help: check the path" in printed.err
    assert "face-reconstruct.png" in files(place)
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["nowhere.png"], "error: nowhere.png: no such file"),
        (["."], "is a folder"),
        (["face.png", "--device", "tpu"], "there is no device 'tpu'"),
        (["face.png", "--mask", "face.png"], "--mask needs a run of the task inpaint"),
        (["face.png", "--out", "turned.jpg"], "turned.jpg is a file, not a folder"),
        (["face.png", "./face.png"], "would both be written to"),
    ],
)
def test_wrong_input_ends_with_2_and_a_reason(trained, place, capsys, more, told) -> None:
    before = files(place)
    assert run(trained, *more) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert "help: " in printed.err
    assert (printed.out, files(place)) == ("", before)


def test_pictures_with_one_name_in_two_folders(trained, place, capsys) -> None:
    (place / "other").mkdir()
    shutil.copy("face.png", "other/face.png")
    assert run(trained, "face.png", "other/face.png", "--out", "done") == 2
    assert "face.png and other/face.png would both be written to done/face.png" in (
        capsys.readouterr().err
    )
    assert run(trained, "face.png", "other/face.png") == 0


def test_a_folder_that_holds_no_run(trained, place, capsys) -> None:
    assert run(place, "face.png") == 2
    assert "no finished run in " in capsys.readouterr().err


def test_an_unfinished_run(trained, place, capsys) -> None:
    shutil.copytree(trained, "begun")
    (place / "begun/metrics.json").unlink()
    assert run(Path("begun"), "face.png") == 2
    assert "no finished run in begun (metrics.json is missing)" in capsys.readouterr().err


def test_a_run_without_its_weights(trained, place, capsys) -> None:
    shutil.copytree(trained, "broken")
    (place / "broken/model.safetensors").write_bytes(b"nothing")
    assert run(Path("broken"), "face.png") == 2
    assert "broken/model.safetensors was changed or damaged" in capsys.readouterr().err


def test_what_is_there_is_replaced_only_when_told_to(trained, place, capsys) -> None:
    (place / "face-reconstruct.png").write_text("mine")
    assert run(trained, "face.png") == 2
    assert "face-reconstruct.png exists already" in capsys.readouterr().err
    assert (place / "face-reconstruct.png").read_text() == "mine"
    assert run(trained, "face.png", "--overwrite") == 0
    assert opened("face-reconstruct.png").size == (75, 61)


def test_a_side_by_side_picture_is_not_replaced_either(trained, place, capsys) -> None:
    (place / "face-reconstruct-side-by-side.png").write_text("mine")
    assert run(trained, "face.png", "--side-by-side") == 2
    assert (place / "face-reconstruct-side-by-side.png").read_text() == "mine"


def test_an_input_is_never_replaced(trained, place, capsys) -> None:
    before = (place / "face.png").read_bytes()
    (place / "link").symlink_to(place)
    for out in (".", "link"):
        assert run(trained, "face.png", "--out", out, "--overwrite") == 2
        assert "which is an input" in capsys.readouterr().err
        assert (place / "face.png").read_bytes() == before


def test_a_folder_that_cannot_be_written_ends_with_1(trained, place) -> None:
    """One failure that is nobody's input decides the exit code."""
    (place / "blocked").write_text("a file where a folder would have to be")
    done = apply_run(trained, [Path("nowhere.png"), Path("face.png")], out=Path("blocked/deeper"))
    assert [type(each.error) for each in done.failed][1] is WriteError
    with pytest.raises(RunFailedError, match="2 of 2 pictures have no result"):
        done.require()


def test_a_profile_goes_along_only_where_it_fits(place, face) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    pixels = numpy.asarray(face)
    write_png(Path("color.png"), Photograph(pixels, None, profile))
    write_png(Path("gray.png"), Photograph(pixels[..., :1], None, profile))
    assert opened("color.png").info["icc_profile"] == profile
    assert "icc_profile" not in opened("gray.png").info


def test_opacity_is_written(trained, place, face) -> None:
    alpha = face.convert("L")
    for mode in ("RGBA", "LA"):
        stored = face.copy()
        stored.putalpha(alpha)
        stored.convert(mode).save(f"{mode}.png")
        done = apply_run(trained, [Path(f"{mode}.png")], side_by_side=True)
        result = opened(done.written[0].result)
        assert result.mode == mode
        assert result.getchannel("A").tobytes() == alpha.tobytes()
        assert opened(done.written[0].side_by_side).mode == "RGBA"


def test_the_errors_of_one_picture_stay_as_they_are(trained, place) -> None:
    done = apply_run(trained, [Path("nowhere.png")])
    with pytest.raises(InputError, match=r"^nowhere.png: no such file"):
        done.require()
