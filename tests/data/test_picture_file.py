"""One reader for trainings and ``apply``: every format, depth and limit, the same for both."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from archsearch.apply import Photograph, read_photograph
from archsearch.data.decode import decode_files
from archsearch.data.picture_file import MOST_PIXELS, in_8_bits
from archsearch.errors import DataError

SIDE = 24
COLORS = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")
DEEP = ("I", "I;16", "I;16B")
FORMATS = ("PNG", "TIFF", "JPEG", "WEBP", "GIF", "BMP", "PPM", "TGA", "ICO", "JPEG2000", "AVIF")


def trained_on(*files: Path, side: int = SIDE) -> np.ndarray:
    """What `data prepare` makes of files, N×H×W×3."""
    images_NCHW = np.zeros((len(files), 3, side, side), np.uint8)
    decode_files(files, [1] * len(files), images_NCHW, lambda done, total: None)
    return images_NCHW.transpose(0, 2, 3, 1)


def over_white(read: Photograph) -> np.ndarray:
    """What `apply` read, as a training shows it."""
    colors_HWC = np.broadcast_to(read.in_8_bits(), (read.height, read.width, 3))
    if read.alpha_HW is None:
        return colors_HWC
    whole = Image.fromarray(np.dstack([colors_HWC, read.alpha_HW]), "RGBA")
    white = Image.new("RGBA", whole.size, "white")
    return np.asarray(Image.alpha_composite(white, whole).convert("RGB"))


def picture(mode: str, seed: int, most: int) -> Image.Image:
    """Noise of one mode; ``most`` is the largest level of the deep ones."""
    random = np.random.default_rng(seed)
    if mode in DEEP:
        levels = random.integers(0, most + 1, (SIDE, SIDE))
        if mode == "I":
            return Image.fromarray(levels.astype(np.int32))
        order = ">u2" if mode == "I;16B" else "<u2"
        return Image.frombytes(mode, (SIDE, SIDE), levels.astype(order).tobytes())
    image = Image.fromarray(random.integers(0, 256, (SIDE, SIDE, 4), np.uint8), "RGBA")
    return image.convert("RGB").convert(mode) if mode in {"CMYK", "YCbCr"} else image.convert(mode)


@given(
    st.sampled_from(FORMATS),
    st.sampled_from(COLORS + DEEP),
    st.integers(0, 99),
    st.sampled_from([1, 250, 260, 4095, 65535]),
    st.integers(1, 8),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_training_and_apply_see_the_same_pixels(tmp_path, form, mode, seed, most, turned):
    exif = Image.Exif()
    exif[0x0112] = turned
    path = tmp_path / "x.png"  # the content tells the format, not the name
    try:
        picture(mode, seed, most).save(path, form, exif=exif.tobytes(), sizes=[(SIDE, SIDE)])
    except (OSError, KeyError, ValueError):
        return  # not a mode of this format, or Pillow was built without it
    assert np.array_equal(trained_on(path)[0], over_white(read_photograph(path)))


@pytest.mark.parametrize(("form", "mode"), [("PNG", "I;16"), ("TIFF", "I;16B"), ("TIFF", "I")])
def test_the_scale_is_the_format_s_whatever_the_largest_level(tmp_path, form, mode):
    """Pictures whose largest levels are 250 and 260 were once 257 times apart."""
    paths = [tmp_path / f"{most}.png" for most in (250, 260, 65535)]
    for path, most in zip(paths, (250, 260, 65535), strict=True):
        picture(mode, 0, most).resize((SIDE, SIDE)).save(path, form)
    largest = trained_on(*paths).max((1, 2, 3))
    assert largest.tolist() == [
        round(int(np.asarray(Image.open(path)).max()) / 257) for path in paths
    ]
    assert largest[2] > 250


def tiff(bits: int, packed: bytes, side: int) -> bytes:
    """A gray TIFF of ``bits`` a pixel, from its rows."""
    tags = [(256, side), (257, side), (258, bits), (259, 1), (262, 1)]
    tags += [(273, 8), (277, 1), (278, side), (279, len(packed))]
    listed = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    offset = struct.pack("<I", 8 + len(packed))
    return b"II*\0" + offset + packed + struct.pack("<H", len(tags)) + listed + bytes(4)


def test_a_tiff_of_12_bits_has_its_white_at_4095(tmp_path):
    row = bytes([0xFF, 0xF0, 0x00]) * (SIDE // 2)  # 4095 and 0 by turns
    (tmp_path / "x.tif").write_bytes(tiff(12, row * SIDE, SIDE))
    read = read_photograph(tmp_path / "x.tif")
    assert read.pixels_HWC[0, :2, 0].tolist() == [65535, 0]
    assert trained_on(tmp_path / "x.tif")[0, 0, :2, 0].tolist() == [255, 0]


@given(st.integers(0, 65535))
def test_16_bits_are_rounded_to_the_nearest_of_8(level):
    assert in_8_bits(np.array([level], np.uint16))[0] == round(level / 257)


def bomb(side: int) -> bytes:
    """A PNG of a hundred bytes that claims side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0" * 99)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def broken() -> dict[str, bytes]:
    """Files that no training and no ``apply`` can read, and what is told of them."""
    whole, avif, floats, deep = (io.BytesIO() for _ in range(4))
    picture("RGB", 0, 0).save(whole, "PNG")
    Image.fromarray(np.ones((4, 4), np.float32)).save(floats, "TIFF")
    Image.fromarray(np.full((4, 4), 70_000, np.int32)).save(deep, "TIFF")
    found = {
        "can't be read as a picture: not a picture": b"no picture",
        "can't be read as a picture: ": whole.getvalue()[:200],
        "its pixels are floats without a defined range": floats.getvalue(),
        "its pixels go from 70000 to 70000, not from 0 to 65535": deep.getvalue(),
        "has more than 100 million pixels": bomb(10_001),
    }
    try:
        picture("RGB", 0, 0).save(avif, "AVIF")
    except (OSError, KeyError):
        return found  # Pillow was built without it
    head, mark, pixels = avif.getvalue().partition(b"mdat")
    return {**found, "Failed to decode": head + mark + b"\xff" * len(pixels)}  # a RuntimeError


@pytest.mark.parametrize("told", broken())
def test_what_can_t_be_read_is_named_by_both_in_the_same_words(tmp_path, told):
    path = tmp_path / "x.png"
    path.write_bytes(broken()[told])
    with pytest.raises(DataError) as applied:
        read_photograph(path)
    with pytest.raises(DataError) as trained:
        trained_on(path)
    assert told in applied.value.what
    assert f"- {applied.value.what}" in trained.value.details
    assert applied.value.help
    assert trained.value.help


@pytest.mark.parametrize("side", [9_999_999, 13_500, 12_000, 10_001])
def test_a_small_file_that_claims_a_huge_size_is_refused(tmp_path, side: int) -> None:
    (tmp_path / "x.png").write_bytes(bomb(side))
    for read in (read_photograph, trained_on):
        with pytest.raises(DataError) as raised:
            read(tmp_path / "x.png")
        assert "x.png has more than 100 million pixels" in str(raised.value)


def test_a_size_that_is_large_but_allowed_is_not_refused_for_it(tmp_path) -> None:
    (tmp_path / "x.png").write_bytes(bomb(9_999))
    with pytest.raises(DataError, match="can't be read as a picture"):
        read_photograph(tmp_path / "x.png")


def test_the_limit_is_the_one_that_is_told() -> None:
    assert MOST_PIXELS == 100_000_000
