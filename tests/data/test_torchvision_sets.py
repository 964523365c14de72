import gzip
import hashlib
import http.server
import io
import pickle
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest
from torchvision import datasets

from archsearch.config import SOURCES
from archsearch.config.settings import DataSettings
from archsearch.data import load_pictures
from archsearch.data.torchvision_sets import _SETS, TorchvisionSource
from archsearch.errors import DataError

CLASSES = ["airplane", "automobile", "bird"]
UNREACHABLE = "http://127.0.0.1:9/"


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class SmallCifar10:
    """An archive in the official format: 2 batches of 10, 5 to test; each picture its own."""

    def __init__(self) -> None:
        self.pixels_NCHW = np.random.default_rng(1).integers(0, 256, (25, 3, 32, 32), np.uint8)
        self.labels = [index % 3 for index in range(25)]
        parts = {"data_batch_1": (0, 10), "data_batch_2": (10, 20), "test_batch": (20, 25)}
        files = {
            name: pickle.dumps(
                {
                    "data": self.pixels_NCHW[start:stop].reshape(-1, 3072),
                    "labels": self.labels[start:stop],
                }
            )
            for name, (start, stop) in parts.items()
        }
        files["batches.meta"] = pickle.dumps({"label_names": CLASSES})
        self.sums = {name: md5(content) for name, content in files.items()}
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        self.archive = stream.getvalue()

    def install(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        cls = datasets.CIFAR10
        monkeypatch.setattr(cls, "url", url)
        monkeypatch.setattr(cls, "tgz_md5", md5(self.archive))
        train = [[name, self.sums[name]] for name in ("data_batch_1", "data_batch_2")]
        monkeypatch.setattr(cls, "train_list", train)
        monkeypatch.setattr(cls, "test_list", [["test_batch", self.sums["test_batch"]]])
        monkeypatch.setattr(cls, "meta", {**cls.meta, "md5": self.sums["batches.meta"]})


@pytest.fixture(scope="module")
def small() -> SmallCifar10:
    return SmallCifar10()


@pytest.fixture
def archive_path(cache: Path) -> Path:
    return cache / "downloads" / "cifar10" / "cifar-10-python.tar.gz"


@pytest.fixture
def host(tmp_path: Path):
    """A web server on this machine that serves ``tmp_path/www``."""
    folder = tmp_path / "www"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args) -> None:
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def load(**settings):
    return load_pictures(DataSettings(source="cifar10", **settings), height=32, width=32)


def test_an_archive_put_there_by_hand_is_read_whole(small, cache, archive_path, monkeypatch, capfd):
    small.install(monkeypatch, UNREACHABLE)
    archive_path.parent.mkdir(parents=True)
    archive_path.write_bytes(small.archive)
    loaded = load(split="official")
    assert np.array_equal(loaded.images_NCHW.numpy(), small.pixels_NCHW)
    assert loaded.labels.tolist() == small.labels
    assert loaded.classes == tuple(CLASSES)
    assert sorted(loaded.test.tolist()) == [20, 21, 22, 23, 24]
    assert loaded.splits == {"train": 18, "val": 2, "test": 5}
    assert loaded.note == ""
    assert load().splits == {"train": 21, "val": 2, "test": 2}
    assert capfd.readouterr() == ("", "")


def test_download_reports_progress_and_is_kept(small, cache, archive_path, monkeypatch, host):
    folder, url = host
    (folder / "small.tar.gz").write_bytes(small.archive)
    small.install(monkeypatch, url + "small.tar.gz")
    steps = []
    settings = DataSettings(source="cifar10")
    load_pictures(
        settings, height=32, width=32, progress=lambda done, total: steps.append((done, total))
    )
    assert (len(small.archive), len(small.archive)) in steps
    assert steps[-1] == (25, 25)
    assert archive_path.read_bytes() == small.archive


def test_without_network_the_error_says_what_works(small, cache, archive_path, monkeypatch):
    small.install(monkeypatch, UNREACHABLE + "cifar-10-python.tar.gz")
    with pytest.raises(DataError) as caught:
        load()
    assert "127.0.0.1:9" in caught.value.what
    assert UNREACHABLE + "cifar-10-python.tar.gz" in caught.value.what
    for word in ("photos", "folder:PATH", str(archive_path)):
        assert word in caught.value.help


def test_a_wrong_download_is_not_kept_nor_opened(small, cache, archive_path, monkeypatch, host):
    folder, url = host
    (folder / "small.tar.gz").write_bytes(small.archive[:-7])
    small.install(monkeypatch, url + "small.tar.gz")
    with pytest.raises(DataError, match="MD5"):
        load()
    assert [path.name for path in archive_path.parent.iterdir()] == [".lock"]


def test_other_sizes_are_recorded(small, cache, archive_path, monkeypatch):
    small.install(monkeypatch, UNREACHABLE)
    archive_path.parent.mkdir(parents=True)
    archive_path.write_bytes(small.archive)
    loaded = load_pictures(DataSettings(source="cifar10"), height=16, width=16)
    assert loaded.images_NCHW.shape == (25, 3, 16, 16)
    assert loaded.note.startswith("resized from 32×32 to 16×16")
    means = small.pixels_NCHW.mean(axis=(2, 3))
    assert loaded.images_NCHW.numpy().mean(axis=(2, 3)) == pytest.approx(means, abs=3)


def idx(array: np.ndarray) -> bytes:
    """The official MNIST format: two zeros, uint8, dimensions, big-endian sizes, bytes."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes())


@pytest.mark.parametrize(
    ("name", "class_name"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")]
)
def test_gray_sets_from_the_second_mirror(cache, monkeypatch, host, name, class_name):
    folder, url = host
    pixels_NHW = np.random.default_rng(2).integers(0, 256, (24, 28, 28), np.uint8)
    labels = np.arange(24, dtype=np.uint8) % 10
    cls = getattr(datasets, class_name)
    contents = [idx(pixels_NHW[:20]), idx(labels[:20]), idx(pixels_NHW[20:]), idx(labels[20:])]
    resources = []
    for (file, _), content in zip(cls.resources, contents, strict=True):
        (folder / file).write_bytes(content)
        resources.append((file, md5(content)))
    monkeypatch.setattr(cls, "resources", resources)
    monkeypatch.setattr(cls, "mirrors", [UNREACHABLE, url])
    settings = DataSettings(source=name, split="official")
    loaded = load_pictures(settings, height=28, width=28, channels=1)
    assert np.array_equal(loaded.images_NCHW.numpy()[:, 0], pixels_NHW)
    assert loaded.labels.tolist() == labels.tolist()
    assert len(loaded.classes) == 10
    assert sorted(loaded.test.tolist()) == [20, 21, 22, 23]
    larger = load_pictures(settings, height=32, width=32, channels=1)
    assert larger.images_NCHW.shape == (24, 1, 32, 32)


def test_svhn(cache, monkeypatch, host):
    from scipy.io import savemat

    folder, url = host
    pixels_NCHW = np.random.default_rng(3).integers(0, 256, (24, 3, 32, 32), np.uint8)
    digits = np.arange(24) % 10
    parts = {}
    for part, start, stop in (("train", 0, 20), ("test", 20, 24)):
        file = f"{part}_32x32.mat"
        stored = np.where(digits == 0, 10, digits)[start:stop, None]  # the set calls zero ten
        pixels_HWCN = pixels_NCHW[start:stop].transpose(2, 3, 1, 0)
        savemat(folder / file, {"X": pixels_HWCN, "y": stored})
        parts[part] = [url + file, file, md5((folder / file).read_bytes())]
    monkeypatch.setattr(datasets.SVHN, "split_list", parts)
    loaded = load_pictures(DataSettings(source="svhn"), height=32, width=32)
    assert np.array_equal(loaded.images_NCHW.numpy(), pixels_NCHW)
    assert loaded.labels.tolist() == digits.tolist()
    assert loaded.classes == tuple("0123456789")


@pytest.mark.filterwarnings(
    "ignore:Python 3.14 will, by default:DeprecationWarning"
)  # torchvision's
def test_stl10(cache, monkeypatch):
    pixels_NCHW = np.random.default_rng(4).integers(0, 256, (14, 3, 96, 96), np.uint8)
    labels = np.arange(14, dtype=np.uint8) % 10
    stored = pixels_NCHW.transpose(0, 1, 3, 2)  # the set stores columns first, classes from 1
    files = {
        "train_X.bin": stored[:10].tobytes(),
        "train_y.bin": (labels[:10] + 1).tobytes(),
        "unlabeled_X.bin": b"",
        "test_X.bin": stored[10:].tobytes(),
        "test_y.bin": (labels[10:] + 1).tobytes(),
        "class_names.txt": "\n".join("abcdefghij").encode(),
    }
    archive = cache / "downloads" / "stl10" / "stl10_binary.tar.gz"
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"stl10_binary/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    monkeypatch.setattr(datasets.STL10, "tgz_md5", md5(archive.read_bytes()))
    for part in ("train_list", "test_list"):
        names = [name for name, _ in getattr(datasets.STL10, part)]
        monkeypatch.setattr(datasets.STL10, part, [[name, md5(files[name])] for name in names])
    loaded = load_pictures(DataSettings(source="stl10", split="official"), height=96, width=96)
    assert np.array_equal(loaded.images_NCHW.numpy(), pixels_NCHW)
    assert loaded.labels.tolist() == labels.tolist()
    assert loaded.classes == tuple("abcdefghij")
    assert sorted(loaded.test.tolist()) == [10, 11, 12, 13]


def test_channels_are_refused_before_anything_is_downloaded(cache):
    with pytest.raises(DataError, match="gray"):
        load_pictures(DataSettings(source="cifar10"), height=32, width=32, channels=1)
    with pytest.raises(DataError, match="RGB"):
        load_pictures(DataSettings(source="mnist"), height=32, width=32, channels=3)
    assert not cache.exists()


def test_every_set_is_a_torchvision_class_with_published_checksums(tmp_path):
    for name in _SETS:
        source = TorchvisionSource(SOURCES[name], tmp_path)
        assert len(source.signature()) == 64
        assert all(len(archive.md5) == 32 and archive.urls for archive in source._archives())
