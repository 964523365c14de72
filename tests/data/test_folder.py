import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archsearch.config.settings import DataSettings
from archsearch.data import Pictures, list_sources, load_pictures
from archsearch.data.folder import FolderSource
from archsearch.errors import DataError


def load(path: Path, height: int = 32, width: int = 32, channels: int = 3, **settings) -> Pictures:
    return load_pictures(
        DataSettings(source=f"folder:{path}", **settings),
        height=height,
        width=width,
        channels=channels,
    )


def fill(write, folder: Path, count: int = 12) -> None:
    for index in range(count):
        write(folder / f"z{index:02}.png")


def images(pictures: Pictures) -> np.ndarray:
    return pictures.images_NCHW.numpy().transpose(0, 2, 3, 1)


def test_flat_folder_keeps_every_pixel_in_the_order_of_names(cache, tmp_path, write):
    expected = [write(tmp_path / "flat" / f"{name}.png") for name in "dcbaefghij"]
    order = sorted(range(10), key=lambda index: "dcbaefghij"[index])
    loaded = load(tmp_path / "flat")
    assert np.array_equal(images(loaded), np.stack([expected[index] for index in order]))
    assert loaded.labels is None
    assert loaded.classes == ()
    assert loaded.note == ""
    assert loaded.splits == {"train": 8, "val": 1, "test": 1}


def test_class_folders_with_train_and_test_give_labels_and_the_official_split(cache, class_folders):
    loaded = load(class_folders, split="official")
    assert loaded.classes == ("cat", "dog")
    assert loaded.labels.tolist() == [0] * 10 + [1] * 10 + [0] * 2 + [1] * 3
    assert sorted(loaded.test.tolist()) == list(range(20, 25))
    assert loaded.splits == {"train": 18, "val": 2, "test": 5}
    assert load(class_folders).splits == {"train": 21, "val": 2, "test": 2}


def test_class_folders_without_parts_refuse_the_official_split(cache, tmp_path, write):
    fill(write, tmp_path / "sets" / "train")  # a class of vehicles, not a part
    fill(write, tmp_path / "sets" / "bus")
    loaded = load(tmp_path / "sets")
    assert loaded.classes == ("bus", "train")
    assert loaded.note == "read as classes, not as parts: train/"
    with pytest.raises(DataError, match="test or validation part") as caught:
        load(tmp_path / "sets", split="official")
    assert "80/10/10" in caught.value.help


@pytest.mark.parametrize(
    "names", [("train", "val"), ("training", "Valid"), ("train", "validation"), ("Train", "dev")]
)
def test_a_val_folder_validates_and_a_tenth_of_training_tests(cache, tmp_path, write, names):
    train, val = names
    fill(write, tmp_path / "set" / train / "cat", count=20)
    fill(write, tmp_path / "set" / train / "dog", count=10)
    fill(write, tmp_path / "set" / val / "cat", count=5)
    loaded = load(tmp_path / "set", split="official")
    assert loaded.classes == ("cat", "dog")
    assert loaded.note == f"parts: {train}/ (30), {val}/ (5)"
    assert loaded.splits == {"train": 27, "val": 5, "test": 3}
    assert sorted(loaded.val.tolist()) == list(range(30, 35))
    assert load(tmp_path / "set").splits == {"train": 29, "val": 3, "test": 3}


def test_all_three_parts_are_kept(cache, tmp_path, write):
    for name, count in (("val", 4), ("train", 20), ("testing", 6), ("extra", 3), ("valid", 3)):
        fill(write, tmp_path / "set" / name, count=count)
    loaded = load(tmp_path / "set", split="official")
    assert loaded.note == (
        "parts: train/ (20), val/ (4), testing/ (6); ignored beside these parts: extra/, valid/"
    )
    assert loaded.splits == {"train": 20, "val": 4, "test": 6}
    assert sorted(loaded.test.tolist()) == list(range(24, 30))


def test_parts_without_one_that_trains(cache, tmp_path, write):
    fill(write, tmp_path / "set" / "val")
    fill(write, tmp_path / "set" / "test")
    assert load(tmp_path / "set").splits == {"train": 20, "val": 2, "test": 2}
    with pytest.raises(DataError, match="0 would train"):
        load(tmp_path / "set", split="official")


def test_the_list_of_sources_tells_a_folder_s_parts(cache, tmp_path, write, class_folders):
    fill(write, tmp_path / "plain")
    fill(write, tmp_path / "set" / "train")
    fill(write, tmp_path / "set" / "val")
    told = {}
    for path in (tmp_path / "plain", tmp_path / "set", class_folders):
        load(path)
        told[path.name] = next(
            each.what for each in list_sources() if each.name.endswith(path.name)
        )
    assert told == {
        "plain": "a folder read before",
        "set": "a folder read before, with a val part",
        "pets": "a folder read before, with a test part",
    }


def test_folders_beside_train_and_test_are_named_in_the_note(cache, class_folders, write):
    fill(write, class_folders / "extra")
    loaded = load(class_folders)
    assert len(loaded.images_NCHW) == 25
    assert "extra/" in loaded.note


def test_links_are_followed_but_not_in_a_loop(cache, tmp_path, write, class_folders):
    fill(write, tmp_path / "elsewhere", count=4)
    (class_folders / "train" / "bird").symlink_to(tmp_path / "elsewhere")
    (class_folders / "train" / "cat" / "again").symlink_to(class_folders / "train")
    loaded = load(class_folders)
    assert loaded.classes == ("bird", "cat", "dog")
    assert len(loaded.images_NCHW) == 25 + 4


def test_other_files_and_hidden_files_are_not_read(cache, class_folders):
    (class_folders / "train" / "README.txt").write_text("about")
    (class_folders / "train" / "cat" / "._00.png").write_bytes(b"resource fork")
    assert len(load(class_folders).images_NCHW) == 25


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".png", ".bmp", ".webp", ".gif", ".tiff"])
def test_each_format_is_read(cache, tmp_path, write, suffix):
    fill(write, tmp_path / "some")
    smooth = np.tile(np.arange(0, 256, 8, dtype=np.uint8)[:, None, None], (1, 32, 3))
    Image.fromarray(smooth).save(tmp_path / "some" / f"a{suffix}")
    read = images(load(tmp_path / "some"))[0].astype(int)
    assert np.abs(read - smooth).max() <= 12  # lossy formats


def test_gray_palette_transparent_and_deep_pictures_become_rgb(cache, tmp_path, write):
    folder = tmp_path / "modes"
    fill(write, folder)
    gray = write(folder / "a-gray.png", channels=1)
    color = write.pixels()
    Image.fromarray(color).quantize(256).save(folder / "b-palette.png")
    quantized = np.asarray(Image.fromarray(color).quantize(256).convert("RGB"))
    half = np.dstack([color, np.repeat(np.uint8([[0], [255]]), [16, 16], 0).repeat(32, 1)])
    Image.fromarray(half).save(folder / "c-transparent.png")
    deep = gray.astype(np.uint16) * 257
    Image.fromarray(deep).save(folder / "d-deep.png")
    loaded = load(folder)
    read = images(loaded)
    assert np.array_equal(read[0], np.repeat(gray[..., None], 3, 2))
    assert np.array_equal(read[1], quantized)
    assert (read[2][:16] == 255).all()
    assert np.array_equal(read[2][16:], color[16:])
    assert np.array_equal(read[3], read[0])
    assert "transparency of 1 of 16 pictures laid over white" in loaded.note


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".jpg"])
def test_exif_orientation_turns_the_picture(cache, tmp_path, write, suffix):
    fill(write, tmp_path / "turned")
    upright = np.zeros((32, 32, 3), np.uint8)
    upright[:16] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise
    options = {"quality": 100} if suffix == ".jpg" else {}
    stored = Image.fromarray(np.ascontiguousarray(np.rot90(upright)))
    stored.save(tmp_path / "turned" / f"a{suffix}", exif=exif, **options)
    assert np.abs(images(load(tmp_path / "turned"))[0].astype(int) - upright).max() < 8


def test_other_sizes_are_covered_cropped_and_recorded(cache, tmp_path, write):
    folder = tmp_path / "sizes"
    fill(write, folder)
    wide = np.zeros((64, 128, 3), np.uint8)
    wide[:, 32:96] = 200  # exactly the center that a square crop keeps
    Image.fromarray(wide).save(folder / "a.png")
    Image.fromarray(np.full((10, 8, 3), 90, np.uint8)).save(folder / "b.png")
    loaded = load(folder)
    read = images(loaded)
    assert (read[0][:, 4:28] == 200).all()
    assert (read[0][:, 0] > 100).all()
    assert (read[1] == 90).all()
    assert "2 of 14 pictures resized (10×8 … 64×128) to 32×32" in loaded.note


def test_shrinking_averages_instead_of_picking_pixels(cache, tmp_path, write):
    fill(write, tmp_path / "fine")
    checkers = (np.indices((256, 256)).sum(0) % 2 * 255).astype(np.uint8)
    Image.fromarray(checkers).convert("RGB").save(tmp_path / "fine" / "a.png")
    assert np.abs(images(load(tmp_path / "fine"))[0].astype(int) - 127).max() <= 2


def test_oblong_nets_get_oblong_pictures(cache, tmp_path, write):
    fill(write, tmp_path / "oblong")
    assert load(tmp_path / "oblong", height=16, width=24).images_NCHW.shape == (12, 3, 16, 24)


@pytest.mark.parametrize(
    ("subsampling", "said"), [(2, "chroma at half resolution"), (0, "chroma at full resolution")]
)
def test_jpeg_and_its_chroma_are_recorded(cache, tmp_path, write, subsampling, said):
    for index in range(12):
        write(tmp_path / "lossy" / f"{index}.jpg", subsampling=subsampling)
    note = load(tmp_path / "lossy").note
    assert note.startswith("JPEG: all 12 pictures")
    assert said in note
    assert ("flatters PCA and colorization" in note) == (subsampling == 2)


def test_large_jpegs_come_out_as_if_decoded_whole(cache, tmp_path):
    folder = tmp_path / "large"
    folder.mkdir()
    ramp = np.linspace(0, 255, 1200)
    pixels = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None], 128), -1).astype(np.uint8)
    for index in range(10):
        Image.fromarray(pixels).save(folder / f"{index}.jpg", quality=95)
    whole = np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BICUBIC))
    assert np.abs(images(load(folder))[0].astype(int) - whole).max() <= 4


def test_gray_folder_feeds_gray_nets_only(cache, tmp_path, write):
    pixels = [write(tmp_path / "gray" / f"{index}.png", channels=1) for index in range(10)]
    loaded = load(tmp_path / "gray", channels=1)
    assert np.array_equal(loaded.images_NCHW.numpy()[:, 0], np.stack(pixels))
    with pytest.raises(DataError, match="RGB") as caught:
        load(tmp_path / "gray", channels=3)
    assert "--set input.channels=1" in caught.value.help


def test_gray_net_is_refused_on_color_pictures(cache, class_folders):
    with pytest.raises(DataError, match="gray"):
        load(class_folders, channels=1)


def test_relative_path_starts_at_the_base(cache, class_folders):
    settings = DataSettings(source="folder:pets")
    loaded = load_pictures(settings, height=32, width=32, base=class_folders.parent)
    assert loaded.source == "folder:pets"
    assert len(loaded.images_NCHW) == 25


def test_missing_folder(cache, tmp_path):
    with pytest.raises(DataError, match="doesn't exist") as caught:
        load(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in caught.value.what
    assert caught.value.help


def test_folder_without_pictures(cache, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("no picture")
    with pytest.raises(DataError, match="no pictures") as caught:
        load(tmp_path / "notes")
    assert ".jpg" in caught.value.help


def test_path_that_is_a_file(cache, tmp_path):
    (tmp_path / "archive.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="is a file"):
        load(tmp_path / "archive.zip")


def test_every_broken_file_is_named_and_nothing_is_cached(cache, tmp_path, write):
    folder = tmp_path / "broken"
    fill(write, folder)
    (folder / "text.jpg").write_text("this is no picture")
    whole = io.BytesIO()
    Image.fromarray(write.pixels()).save(whole, "PNG")
    (folder / "torn.png").write_bytes(whole.getvalue()[:900])
    (folder / "empty.gif").touch()
    with pytest.raises(DataError, match="3 of 15 files named like a picture") as caught:
        load(folder)
    for name in ("text.jpg", "torn.png", "empty.gif"):
        assert str(folder / name) in str(caught.value)
    assert not [path for path in (cache / "pictures").iterdir() if path.is_dir()]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_unreadable_folder(cache, tmp_path, write):
    fill(write, tmp_path / "closed" / "inner")
    (tmp_path / "closed" / "inner").chmod(0)
    try:
        with pytest.raises(DataError, match="can't be listed"):
            load(tmp_path / "closed")
    finally:
        (tmp_path / "closed" / "inner").chmod(0o755)


def test_too_few_pictures_to_split(cache, tmp_path, write):
    fill(write, tmp_path / "few", count=9)
    with pytest.raises(DataError, match="9 pictures are too few") as caught:
        load(tmp_path / "few")
    assert "10" in caught.value.help


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("where", ["folder", "class"])
def test_a_folder_name_that_is_no_utf_8_is_named(tmp_path: Path, where: str) -> None:
    name = b"c\xfft"
    folder = tmp_path / os.fsdecode(name) if where == "folder" else tmp_path / "odd"
    inside = folder / ("cat" if where == "folder" else os.fsdecode(name))
    inside.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(inside / "0.png")
    with pytest.raises(DataError, match=r"the name '.*c\\udcfft.*' isn't UTF-8") as caught:
        FolderSource(folder)
    assert "rename that folder" in caught.value.help


def test_folders_a_thousand_deep_are_walked(tmp_path: Path) -> None:
    deepest = tmp_path
    for _ in range(1_000):
        deepest /= "d"
        deepest.mkdir()
    Image.new("RGB", (8, 8)).save(deepest / "0.png")
    (found,) = FolderSource(tmp_path)._files
    assert (found.relative, found.label) == ("d/" * 1_000 + "0.png", "d")
    while deepest != tmp_path:  # pytest's own way of removing it recurses
        for path in deepest.iterdir():
            path.rmdir() if path.is_dir() else path.unlink()
        deepest = deepest.parent
