"""The codes of a person's pictures are the encoder's, tile by tile."""

import csv
import json
from pathlib import Path

import numpy
import pytest
import torch
from PIL import Image

from archsearch.apply import encode_run
from archsearch.apply.luminance import gray_of
from archsearch.cli import main
from archsearch.errors import InputError, RunFailedError
from archsearch.train import load_trained

SIDE = 16


@pytest.fixture
def place(tmp_path: Path, face: Image.Image, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with pictures of and above the net's size."""
    face.crop((0, 0, SIDE, SIDE)).save(tmp_path / "small.png")
    face.save(tmp_path / "face.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(trained: Path, *more: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["encode", str(trained), *more])
    return int(ended.value.code or 0)


def encoder_on(folder: Path, pixels_NHWC: numpy.ndarray) -> numpy.ndarray:
    """What the encoder gives for 8-bit tiles, without anything of ``apply``."""
    _, model = load_trained(folder)
    tiles_NCHW = torch.tensor(pixels_NHWC).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        return model.encode(tiles_NCHW).numpy()


def test_a_picture_of_the_nets_size_has_one_code(trained, place) -> None:
    done = encode_run(trained, [Path("small.png")])
    pixels_HWC = numpy.asarray(Image.open("small.png"))
    numpy.testing.assert_allclose(done.codes, encoder_on(trained, pixels_HWC[None]), atol=1e-6)
    assert numpy.array_equal(numpy.load("codes.npy", allow_pickle=False), done.codes)
    assert done.encoded[0].corners == ((0, 0),)


def test_a_larger_picture_has_a_code_for_each_tile_beside_the_other(trained, place) -> None:
    """75×61 pixels: five by four tiles; numpy's ``reflect`` is the mirror."""
    done = encode_run(trained, [Path("face.png")])
    pixels_HWC = numpy.asarray(Image.open("face.png"))
    whole_HWC = numpy.pad(pixels_HWC, ((0, 3), (0, 5), (0, 0)), mode="reflect")
    tiles = [
        whole_HWC[top : top + SIDE, left : left + SIDE] for top, left in done.encoded[0].corners
    ]
    assert len(tiles) == len(set(done.encoded[0].corners)) == 20
    wanted = encoder_on(trained, numpy.stack(tiles))
    numpy.testing.assert_allclose(done.codes, wanted, atol=1e-6)


def test_a_table_has_picture_place_and_numbers(trained, place) -> None:
    done = encode_run(trained, [Path("small.png"), Path("face.png")], out=Path("codes.csv"))
    with Path("codes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["picture"] for row in rows] == ["small.png"] + ["face.png"] * 20
    assert (rows[2]["top"], rows[2]["left"], rows[6]["top"]) == ("0", "16", "16")
    numbers = [[float(row[f"code_{i}"]) for i in range(1, 257)] for row in rows]
    assert numpy.array_equal(numpy.float32(numbers), done.codes.reshape(21, -1))


def test_a_net_that_colors_encodes_the_luminance(trained_for, place) -> None:
    folder = trained_for("colorize")
    done = encode_run(folder, [Path("small.png")])
    gray_HWC = gray_of(numpy.asarray(Image.open("small.png")))
    numpy.testing.assert_allclose(done.codes, encoder_on(folder, gray_HWC[None]), atol=1e-6)


def test_a_net_that_fills_sees_transparent_areas_as_masked(trained_for, place) -> None:
    folder = trained_for("inpaint")
    picture = Image.open("small.png").convert("RGBA")
    pixels_HWC = numpy.array(picture)
    pixels_HWC[4:9, 4:9, 3] = 0
    Image.fromarray(pixels_HWC).save("through.png")
    done = encode_run(folder, [Path("through.png")])
    masked_HWC = pixels_HWC[..., :3] * (pixels_HWC[..., 3:] > 0)
    numpy.testing.assert_allclose(done.codes, encoder_on(folder, masked_HWC[None]), atol=1e-6)


def test_a_picture_that_fails_keeps_no_other_from_its_code(trained, place, capsys) -> None:
    Path("broken.png").write_bytes(b"nothing")
    assert run(trained, "broken.png", "small.png", "--json") == 2
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert told["shape"] == [1, 4, 8, 8]
    assert [each["picture"] for each in told["failed"]] == ["broken.png"]
    assert "1 of 2 pictures have no result" in captured.err
    assert numpy.load("codes.npy").shape == (1, 4, 8, 8)


def test_without_any_code_no_file_is_written(trained, place, capsys) -> None:
    assert run(trained, "nowhere.png") == 2
    assert "nowhere.png: no such file" in capsys.readouterr().err
    assert not Path("codes.npy").exists()


def test_rows_of_each_picture_are_told(trained, place, capsys) -> None:
    assert run(trained, "small.png", "face.png") == 0
    assert capsys.readouterr().out.splitlines() == [
        "small.png (16×16): row 0",
        "face.png (75×61): rows 1 to 20",
        "codes.npy: 21 codes of 4×8×8",
    ]


def test_a_file_that_is_there_stays(trained, place) -> None:
    Path("codes.npy").write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        encode_run(trained, [Path("small.png")])
    assert Path("codes.npy").read_text() == "mine"
    encode_run(trained, [Path("small.png")], overwrite=True)
    assert numpy.load("codes.npy").shape == (1, 4, 8, 8)


@pytest.mark.parametrize(
    ("out", "error", "said"),
    [
        ("codes.txt", InputError, "ends in neither .npy nor .csv"),
        ("small.png/codes.npy", RunFailedError, "can't be written"),
    ],
)
def test_a_place_that_takes_no_codes_is_told(trained, place, out, error, said) -> None:
    with pytest.raises(error, match=said):
        encode_run(trained, [Path("small.png")], out=Path(out))


def test_python_gives_paths_as_texts(trained, place) -> None:
    done = encode_run(str(trained), ["small.png"], out="codes.csv")
    assert done.out == Path("codes.csv")
    for wrong in ("small.png", [3]):
        with pytest.raises(TypeError, match=r"encode_run\(pictures\) must be"):
            encode_run(trained, wrong)


def test_a_folder_is_no_file_for_codes(trained, place) -> None:
    Path("codes.npy").mkdir()
    with pytest.raises(InputError, match=r"^codes\.npy is a folder") as caught:
        encode_run(trained, [Path("small.png")], overwrite=True)
    assert "--overwrite" not in caught.value.help
