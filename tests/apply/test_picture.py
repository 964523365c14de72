"""Picture files of every mode, depth and orientation, and files that are none."""

from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageCms

from archsearch.apply import read_mask, read_photograph
from archsearch.errors import DataError


def save(path: Path, picture: Image.Image, **more: object) -> Path:
    picture.save(path, **more)
    return path


def pixels(picture: Image.Image) -> numpy.ndarray:
    return numpy.asarray(picture.convert("RGB"))


@pytest.mark.parametrize(("mode", "name"), [("RGB", "x.png"), ("P", "x.gif"), ("YCbCr", "x.tif")])
def test_color_modes_are_read_as_rgb(face: Image.Image, tmp_path, mode: str, name: str) -> None:
    stored = face.convert(mode)
    read = read_photograph(save(tmp_path / name, stored))
    assert not read.gray
    assert read.alpha_HW is None
    assert numpy.array_equal(read.pixels_HWC, pixels(stored))


@pytest.mark.parametrize("mode", ["L", "1", "RGB"])
def test_gray_is_gray_however_it_is_stored(face: Image.Image, tmp_path, mode: str) -> None:
    gray = face.convert("L").convert(mode)
    read = read_photograph(save(tmp_path / "x.png", gray))
    assert read.gray
    assert numpy.array_equal(read.pixels_HWC[..., 0], numpy.asarray(gray.convert("L")))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_opacity_stands_apart_from_the_colors(face: Image.Image, tmp_path, mode: str) -> None:
    see_through = face.convert("L").point(lambda level: 0 if level < 90 else level)
    face = face.copy()
    face.putalpha(see_through)
    read = read_photograph(save(tmp_path / "x.png", face.convert(mode)))
    assert read.gray is (mode == "LA")
    assert numpy.array_equal(read.alpha_HW, numpy.asarray(see_through))
    if mode == "RGBA":
        assert numpy.array_equal(read.pixels_HWC, pixels(face))


def test_a_palette_with_a_transparent_color(face: Image.Image, tmp_path) -> None:
    palette = face.quantize(16)
    read = read_photograph(save(tmp_path / "x.png", palette, transparency=3))
    through = numpy.asarray(palette) == 3
    assert through.any()
    assert numpy.array_equal(read.alpha_HW == 0, through)
    assert numpy.array_equal(read.pixels_HWC, pixels(palette))


@pytest.mark.parametrize("name", ["x.png", "x.tif"])
def test_16_bits_keep_their_depth(face: Image.Image, tmp_path, name: str) -> None:
    levels = numpy.asarray(face.convert("L")).astype(numpy.uint16) * 257 - 100
    read = read_photograph(save(tmp_path / name, Image.fromarray(levels)))
    assert (read.gray, read.white) == (True, 65535)
    assert numpy.array_equal(read.pixels_HWC[..., 0], levels)
    part = read.part(numpy.arange(2), numpy.arange(3))
    assert part.numpy() == pytest.approx(levels[None, :2, :3] / 65535, abs=1e-7)
    assert numpy.array_equal(read.in_8_bits()[..., 0], numpy.asarray(face.convert("L")))


def test_inks_without_a_profile_are_read_as_pillow_does(face: Image.Image, tmp_path) -> None:
    inks = face.convert("CMYK")
    read = read_photograph(save(tmp_path / "x.tif", inks))
    assert numpy.array_equal(read.pixels_HWC, pixels(inks))


def test_inks_with_a_damaged_profile_are_read_all_the_same(face: Image.Image, tmp_path) -> None:
    inks = face.convert("CMYK")
    read = read_photograph(save(tmp_path / "x.tif", inks, icc_profile=b"no profile"))
    assert numpy.array_equal(read.pixels_HWC, pixels(inks))
    assert read.profile is None


def test_the_profile_of_a_color_picture_is_kept(face: Image.Image, tmp_path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    read = read_photograph(save(tmp_path / "x.png", face, icc_profile=profile))
    assert read.profile == profile


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_as_exif_says(face: Image.Image, tmp_path, orientation: int) -> None:
    """The camera stored ``turned``; a person sees ``face``."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    turned = face if orientation == 1 else face.transpose(back[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = read_photograph(save(tmp_path / "x.png", turned, exif=exif))
    assert numpy.array_equal(read.pixels_HWC, numpy.asarray(face))


def png(face: Image.Image, path: Path) -> bytes:
    face.save(path, "PNG")
    return path.read_bytes()


def test_what_is_no_picture_is_told_with_the_reason(face: Image.Image, tmp_path) -> None:
    whole = png(face, tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.png").write_bytes(b"")
    Image.fromarray(numpy.ones((4, 4), numpy.float32)).save(tmp_path / "float.tif")
    Image.fromarray(numpy.full((4, 4), -1, numpy.int32)).save(tmp_path / "deep.tif")
    told = {
        "nowhere.png": "nowhere.png: no such file",
        "cut.png": "cut.png can't be read as a picture: ",
        "text.jpg": "text.jpg can't be read as a picture: not a picture",
        "empty.png": "empty.png can't be read as a picture: not a picture",
        "float.tif": "its pixels are floats without a defined range",
        "deep.tif": "its pixels go from -1 to -1, not from 0 to 65535",
    }
    for name, reason in told.items():
        with pytest.raises(DataError) as raised:
            read_photograph(tmp_path / name)
        assert reason in str(raised.value)
        assert raised.value.help


def test_a_folder_is_told_apart(tmp_path) -> None:
    with pytest.raises(DataError, match="is a folder\n  help: name its pictures"):
        read_photograph(tmp_path)


def test_a_mask_is_where_it_is_light(face: Image.Image, tmp_path) -> None:
    photograph = read_photograph(save(tmp_path / "x.png", face))
    mask = Image.new("RGB", face.size, "black")
    mask.paste((255, 255, 255), (10, 20, 30, 25))
    found = read_mask(save(tmp_path / "mask.png", mask), photograph)
    assert found.sum() == 100
    assert found[20:25, 10:30].all()


def test_a_mask_of_another_size_is_refused(face: Image.Image, tmp_path) -> None:
    photograph = read_photograph(save(tmp_path / "x.png", face))
    mask = save(tmp_path / "mask.png", Image.new("L", (10, 20)))
    with pytest.raises(DataError, match=r"mask.png has 10×20 pixels, the picture 75×61"):
        read_mask(mask, photograph)
