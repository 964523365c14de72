"""Picture files of each format, mutated, and pictures of extreme sizes, depths and profiles."""

from __future__ import annotations

import io
import random
from functools import cache

import numpy as np
from PIL import Image, ImageCms

from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import faults, run
from tests.reliability.place import new_place, said

FORMATS = {
    "png": "PNG",
    "jpg": "JPEG",
    "webp": "WEBP",
    "gif": "GIF",
    "bmp": "BMP",
    "tif": "TIFF",
    "avif": "AVIF",
}
AT_ONCE = 50
LONGEST = 120.0


def mutated(seed: int) -> Outcome:
    """Fifty mutations of one format, in one folder with one good picture."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    kind = list(FORMATS)[seed % len(FORMATS)]
    with new_place() as folder:
        inside = folder / "mutated"
        inside.mkdir()
        (inside / "good.png").write_bytes(_encoded("png"))
        ending = "png" if kind == "avif" else kind  # Pillow goes by content
        for number in range(AT_ONCE):
            (inside / f"{number}.{ending}").write_bytes(_changed(_encoded(kind), draw))
        ended = run(("data", "prepare", "folder:mutated", "--size=8"), folder, seconds=LONGEST)
    return Outcome(f"{AT_ONCE} × {kind}", f"{kind}: {said(ended)}", tuple(faults(ended, {0, 2})))


def extreme(seed: int) -> Outcome:
    """One odd picture among thirty, through `data prepare` and a training."""
    name, content = EXTREMES[seed % len(EXTREMES)]()
    with new_place() as folder:
        (folder / "pictures" / name).write_bytes(content)
        words = ("train", "small.yaml", "--data=folder:pictures", "--epochs=1", "--out=kept/run")
        ended = run(words, folder, seconds=LONGEST)
    return Outcome(name, f"{name}: {said(ended)}", tuple(faults(ended, {0, 2})))


@cache
def _encoded(kind: str) -> bytes:
    pixels = np.random.default_rng(0).integers(0, 255, (24, 24, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, FORMATS[kind])
    return file.getvalue()


def _changed(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(draw.choice([1, 4, 40])):
        place = draw.randrange(len(changed))
        match draw.randrange(4):
            case 0:
                changed[place] = draw.randrange(256)
            case 1:
                changed[place] ^= 1 << draw.randrange(8)
            case 2:
                changed[place : place + 4] = draw.choice([b"\xff" * 4, bytes(4), draw.randbytes(4)])
            case _:
                del changed[place : place + draw.randrange(64)]
        if not changed:
            return b""
    return bytes(changed)


def _saved(name: str, picture: Image.Image, **options: object) -> tuple[str, bytes]:
    file = io.BytesIO()
    picture.save(file, FORMATS[name[-3:]], **options)
    return name, file.getvalue()


def _noise(*shape: int, kind: type[np.generic] = np.uint8) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, shape).astype(kind)


def _bomb() -> tuple[str, bytes]:
    """A small file that claims to have 4·10⁹ pixels."""
    name, content = _saved("bomb.png", Image.new("L", (8, 8)))
    import struct
    import zlib

    header = b"IHDR" + struct.pack(">IIBBBBB", 65_535, 65_535, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return name, content[:8] + chunk + content[33:]


EXTREMES = (
    lambda: _saved("one.png", Image.new("RGB", (1, 1))),
    lambda: _saved("wide.png", Image.new("RGB", (60_000, 1))),
    lambda: _saved("tall.png", Image.new("L", (1, 60_000))),
    lambda: _saved("large.png", Image.new("1", (9_999, 9_999))),
    lambda: _saved("toolarge.png", Image.new("1", (10_001, 10_001))),
    _bomb,
    lambda: _saved("deep.png", Image.fromarray(_noise(9, 9, kind=np.uint16))),
    lambda: _saved("floats.tif", Image.fromarray(_noise(9, 9, kind=np.float32))),
    lambda: _saved("whole.tif", Image.fromarray(_noise(9, 9, kind=np.int32))),
    lambda: _saved("inks.jpg", Image.fromarray(_noise(9, 9, 4), "CMYK")),
    lambda: _saved("lab.tif", Image.fromarray(_noise(9, 9, 3), "LAB")),
    lambda: _saved("palette.gif", Image.fromarray(_noise(9, 9), "P")),
    lambda: _saved("clear.png", Image.new("RGBA", (9, 9))),
    lambda: _saved("profile.png", Image.new("RGB", (9, 9)), icc_profile=b"not a profile"),
    lambda: _saved("gray.png", Image.new("L", (9, 9)), icc_profile=_srgb()),
    lambda: _saved("turned.jpg", Image.new("RGB", (9, 8)), exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
    lambda: ("empty.png", b""),
    lambda: ("text.png", b"no picture"),
    lambda: ("page.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
)


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


PICTURES = Campaign(
    "pictures",
    f"each of {len(FORMATS)} formats, mutated, {AT_ONCE} files a case, `data prepare`",
    "Each broken picture is named; the command ends with 0 or 2.",
    wanted=10 * len(FORMATS),
    few=(0,),
    try_one=mutated,
)
EXTREME_PICTURES = Campaign(
    "odd-pictures",
    f"{len(EXTREMES)} pictures of extreme size, depth, mode and profile, one beside thirty plain "
    "ones, `train`",
    "The training ends well, or the picture is named.",
    wanted=len(EXTREMES),
    few=(5,),
    try_one=extreme,
)
