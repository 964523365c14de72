"""CIFAR's pickles read without unpickling, compared with torchvision, which unpickles."""

from __future__ import annotations

import hashlib
import io
import pickle
import struct
import tarfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from torchvision import datasets

from archsearch.config.settings import DataSettings
from archsearch.data import load_pictures
from archsearch.data.cifar import read_cifar
from archsearch.errors import DataError

FOLDER = "cifar-10-batches-py"
NAMES = ("batches.meta", "label_names")
CLASSES = ["airplane", "automobile", "bird"]


def text(content: bytes) -> bytes:
    """Python 2's str."""
    if len(content) < 256:
        return b"U" + bytes([len(content)]) + content
    return b"T" + struct.pack("<i", len(content)) + content


def batch(pixels: np.ndarray, labels: list[int]) -> bytes:
    """A batch as Python 2 wrote the official ones, opcode by opcode."""
    rows, columns = (b"M" + struct.pack("<H", size) for size in pixels.shape)
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR"
    order = b"(K\x03U\x01|NNN" + 2 * b"J\xff\xff\xff\xff" + b"K\x00tb"
    kind = b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR" + order
    state = b"(K\x01" + rows + columns + b"\x86" + kind + b"\x89" + text(pixels.tobytes()) + b"tb"
    numbers = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return (
        b"\x80\x02}q\x01("
        + (text(b"batch_label") + text(b"training batch 1 of 5"))
        + (text(b"labels") + numbers)
        + (text(b"data") + array + state)
        + b"u."
    )


def names() -> bytes:
    listed = b"](" + b"".join(text(name.encode()) for name in CLASSES) + b"e"
    return b"\x80\x02}q\x01(" + text(b"label_names") + listed + b"u."


def packed(path: Path, files: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"{FOLDER}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def install(monkeypatch: pytest.MonkeyPatch, archive: Path, files: dict[str, bytes]) -> None:
    """Have torchvision take these for the official files."""
    cls = datasets.CIFAR10
    monkeypatch.setattr(cls, "tgz_md5", md5(archive.read_bytes()))
    monkeypatch.setattr(cls, "train_list", [[n, md5(files[n])] for n in ("data_batch_1",)])
    monkeypatch.setattr(cls, "test_list", [["test_batch", md5(files["test_batch"])]])
    monkeypatch.setattr(cls, "meta", {**cls.meta, "md5": md5(files["batches.meta"])})


def test_batches_read_as_torchvision_reads_them(tmp_path, monkeypatch):
    drawn = np.random.default_rng(0)
    pixels = drawn.integers(0, 256, (7, 3072), np.uint8)
    files = {
        "data_batch_1": batch(pixels[:4], [0, 1, 2, 1]),
        "test_batch": batch(pixels[4:], [2, 2, 0]),
        "batches.meta": names(),
    }
    archive = packed(tmp_path / datasets.CIFAR10.filename, files)
    install(monkeypatch, archive, files)
    for train in (True, False):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, of what Python 2 wrote
            expected = datasets.CIFAR10(tmp_path, train=train, download=True)
        found = read_cifar(archive, FOLDER, ["data_batch_1" if train else "test_batch"], NAMES)
        assert np.array_equal(found.pixels_NHWC, expected.data)
        assert found.labels.tolist() == expected.targets
        assert list(found.classes) == expected.classes


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pickle",
        pickle.dumps([1]),
        pickle.dumps({}),
        pickle.dumps({"data": 3, "labels": []}),
        batch(np.zeros((2, 3072), np.uint8), [0, 0])[:-40],
        batch(np.zeros((2, 3072), np.uint8), [0, 0]).replace(b"U\x02u1", b"U\x02f4"),
        b"\x80\x02cnumpy\nload\nU\x01x\x85R.",
    ],
)
def test_what_is_no_batch_is_an_error_that_names_the_set(cache, monkeypatch, content):
    files = {"data_batch_1": content, "test_batch": content, "batches.meta": names()}
    archive = packed(cache / "downloads" / "cifar10" / datasets.CIFAR10.filename, files)
    install(monkeypatch, archive, files)
    with pytest.raises(DataError, match=r"the archives of `cifar10` in .* can't be read"):
        load_pictures(DataSettings(source="cifar10"), height=32, width=32)


def test_a_batch_that_calls_something_is_refused_and_nothing_runs(cache, monkeypatch, tmp_path):
    marker = tmp_path / "UNPICKLED"
    content = pickle.dumps({"data": Payload(marker), "labels": []})
    files = {"data_batch_1": content, "test_batch": content, "batches.meta": names()}
    archive = packed(cache / "downloads" / "cifar10" / datasets.CIFAR10.filename, files)
    install(monkeypatch, archive, files)
    with pytest.raises(DataError, match=r"it would call (io|_io)\.open"):
        load_pictures(DataSettings(source="cifar10"), height=32, width=32)
    assert not marker.exists()


def test_a_file_of_an_earlier_torchvision_in_the_cache_is_not_loaded(cache, monkeypatch):
    """torchvision takes ``processed/training.pt``, where there is one, before all else."""
    import torch

    from tests.data.test_torchvision_sets import idx

    raw = cache / "downloads" / "mnist" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    pixels = np.random.default_rng(2).integers(0, 256, (6, 28, 28), np.uint8)
    labels = np.arange(6, dtype=np.uint8)
    contents = [idx(pixels), idx(labels)] * 2
    resources = []
    for (file, _), content in zip(datasets.MNIST.resources, contents, strict=True):
        (raw / file).write_bytes(content)
        resources.append((file, md5(content)))
    monkeypatch.setattr(datasets.MNIST, "resources", resources)
    processed = raw.parent / "processed"
    processed.mkdir()
    for name in ("training.pt", "test.pt"):
        torch.save((torch.zeros(6, 28, 28, dtype=torch.uint8), torch.zeros(6)), processed / name)
    loaded = load_pictures(DataSettings(source="mnist"), height=28, width=28, channels=1)
    assert np.array_equal(loaded.images_NCHW.numpy()[:6, 0], pixels)
