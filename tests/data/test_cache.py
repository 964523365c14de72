import errno
import json
import multiprocessing
import os
import threading
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from archsearch.config.settings import DataSettings
from archsearch.data import Pictures, list_sources, load_pictures, prepare_source
from archsearch.data.cache import cache_root
from archsearch.data.folder import FolderSource
from archsearch.errors import DataError, NewerVersionError
from archsearch.locks import locked


class Steps:
    """A progress callback that remembers; no step means that nothing was decoded."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.seen.append((done, total))


def load(folder: Path, progress=None, **settings) -> Pictures:
    chosen = DataSettings(source=f"folder:{folder}", **settings)
    return load_pictures(chosen, height=32, width=32, progress=progress)


def entries(root: Path) -> list[Path]:
    return sorted(path for path in (root / "pictures").iterdir() if path.is_dir())


def test_second_load_decodes_nothing_and_gives_the_same(cache, class_folders):
    steps, again = Steps(), Steps()
    first, second = load(class_folders, steps), load(class_folders, again)
    assert steps.seen[-1] == (25, 25)
    assert again.seen == []
    assert np.array_equal(first.images_NCHW, second.images_NCHW)
    assert first.fingerprint == second.fingerprint
    assert first.labels.tolist() == second.labels.tolist()


def test_writing_to_the_tensor_stays_in_this_process(cache, class_folders):
    load(class_folders).images_NCHW.zero_()
    assert load(class_folders).images_NCHW.max() > 0


def test_pictures_are_mapped_from_the_cache(cache, class_folders):
    loaded = load(class_folders)
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("no /proc on this platform")
    assert str(entries(cache)[0] / "images.npy") in maps.read_text()
    assert len(loaded.images_NCHW) == 25


def test_a_fingerprint_tells_pixels_not_how_they_are_kept(cache, class_folders, tmp_path) -> None:
    """Runs and studies recorded when the file was N×C×H×W stay comparable."""
    loaded = load(class_folders)
    np.save(tmp_path / "plain.npy", np.ascontiguousarray(loaded.images_NCHW))
    digest = sha256((tmp_path / "plain.npy").read_bytes()).hexdigest()
    record = json.loads((entries(cache)[0] / "entry.json").read_text())
    assert record["pixels"] == digest
    told = sha256(digest.encode() + b"80/10/10")
    for indices in (loaded.train, loaded.val, loaded.test):
        told.update(len(indices).to_bytes(8, "little") + indices.numpy().astype("<i8").tobytes())
    assert loaded.fingerprint == told.hexdigest()[:16]


def test_a_pixel_s_channels_lie_together(cache, class_folders) -> None:
    loaded = load(class_folders)
    file = np.load(entries(cache)[0] / "images.npy")
    assert file.shape == (25, *loaded.images_NCHW.shape[2:], 3)
    assert np.array_equal(file.transpose(0, 3, 1, 2), loaded.images_NCHW)
    assert loaded.images_NCHW.permute(0, 2, 3, 1).is_contiguous()


def change_pixels(folder: Path, write) -> None:
    write(folder / "train" / "cat" / "00.png")


def add(folder: Path, write) -> None:
    write(folder / "train" / "cat" / "new.png")


def remove(folder: Path, write) -> None:
    (folder / "train" / "cat" / "00.png").unlink()


def rename(folder: Path, write) -> None:
    (folder / "train" / "cat" / "00.png").rename(folder / "train" / "dog" / "zz.png")


@pytest.mark.parametrize("change", [change_pixels, add, remove, rename])
def test_a_changed_folder_is_read_anew_and_replaces_the_old_entry(
    cache, class_folders, write, change
):
    before = load(class_folders)
    change(class_folders, write)
    steps = Steps()
    after = load(class_folders, steps)
    assert steps.seen
    assert after.fingerprint != before.fingerprint
    assert len(entries(cache)) == 1


def flip_a_byte(entry: Path) -> None:
    content = bytearray((entry / "images.npy").read_bytes())
    content[-1] ^= 1
    (entry / "images.npy").write_bytes(content)


def tear(entry: Path) -> None:
    os.truncate(entry / "images.npy", 1000)


def lose_labels(entry: Path) -> None:
    (entry / "labels.npy").unlink()


def tear_sidecar(entry: Path) -> None:
    os.truncate(entry / "entry.json", 40)


def change_the_fingerprint(entry: Path) -> None:
    text = (entry / "entry.json").read_text()
    pixels = json.loads(text)["pixels"]
    (entry / "entry.json").write_text(text.replace(pixels, pixels[::-1]))


def rename_a_class(entry: Path) -> None:
    record = json.loads((entry / "entry.json").read_text())
    record["classes"][0] += "s"
    (entry / "entry.json").write_text(json.dumps(record))


def older_format(entry: Path) -> None:
    record = json.loads((entry / "entry.json").read_text())
    (entry / "entry.json").write_text(json.dumps({**record, "version": 1}))


HARMS = [
    flip_a_byte,
    tear,
    lose_labels,
    tear_sidecar,
    change_the_fingerprint,
    rename_a_class,
    older_format,
]


@pytest.mark.parametrize("harm", HARMS)
def test_a_harmed_entry_is_noticed_and_made_anew(cache, class_folders, harm):
    before = load(class_folders)
    pixels = before.images_NCHW.numpy().copy()  # its map would see the harm
    harm(entries(cache)[0])
    steps = Steps()
    after = load(class_folders, steps)
    assert steps.seen
    assert np.array_equal(after.images_NCHW, pixels)
    assert after.fingerprint == before.fingerprint
    assert after.classes == before.classes


def test_an_entry_from_before_its_record_had_a_checksum_is_read(cache, class_folders):
    load(class_folders)
    path = entries(cache)[0] / "entry.json"
    record = json.loads(path.read_text())
    del record["sha256"]
    path.write_text(json.dumps(record))
    steps = Steps()
    load(class_folders, steps)
    assert not steps.seen


def test_what_an_earlier_rule_of_reading_made_isn_t_used(cache, class_folders):
    """Until rule 2 the name of an entry told only of the files."""
    load(class_folders)
    (made,) = entries(cache)
    told = sha256()
    for path in sorted(class_folders.glob("*/*/*"), key=lambda each: ("test" in each.parts, each)):
        status = path.stat()
        name = path.relative_to(class_folders).as_posix()
        told.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    stem = made.name.rpartition("-")[0]
    assert made.name == f"{stem}-{FolderSource(class_folders).signature()[:12]}"
    earlier = made.rename(made.with_name(f"{stem}-{told.hexdigest()[:12]}"))
    steps = Steps()
    load(class_folders, steps)
    assert steps.seen
    assert entries(cache) == [made]
    assert earlier != made


def test_a_failed_preparation_leaves_nothing_and_drafts_of_the_dead_go(cache, class_folders):
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(class_folders, interrupt)
    assert entries(cache) == []
    load(class_folders)
    (made,) = entries(cache)
    dead = made.with_name(f".{made.name}-abc")
    dead.mkdir()
    tear(made)
    load(class_folders)
    assert entries(cache) == [made]


def _prepare_in_process(folder: Path, start, results) -> None:
    steps = Steps()
    start.wait(timeout=60)
    prepared = prepare_source(f"folder:{folder}", height=32, width=32, progress=steps)
    results.put((len(steps.seen) > 0, prepared.record.arrays["images.npy"].sha256))


def test_of_several_processes_at_once_one_decodes(cache, class_folders):
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(3), context.Queue()
    workers = [
        context.Process(target=_prepare_in_process, args=(class_folders, start, results))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    seen = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(timeout=60)
        assert worker.exitcode == 0
    assert sorted(decoded for decoded, _ in seen) == [False, False, True]
    assert len({pixels for _, pixels in seen}) == 1


def test_the_lock_keeps_others_out(tmp_path):
    entered = threading.Event()

    def enter() -> None:
        with locked(tmp_path / "a.lock"):
            entered.set()

    other = threading.Thread(target=enter)
    with locked(tmp_path / "a.lock"):
        other.start()
        assert not entered.wait(timeout=0.3)
    assert entered.wait(timeout=60)
    other.join()


def test_sizes_and_seeds_and_limits_share_what_they_can(cache, class_folders):
    load(class_folders)
    steps = Steps()
    load(class_folders, steps, seed=3, limit=20)
    assert steps.seen == []
    source = f"folder:{class_folders}"
    load_pictures(DataSettings(source=source), height=16, width=8)
    assert len(entries(cache)) == 2
    listed = {each.name: each for each in list_sources()}
    assert listed[source].cached == ((16, 8), (32, 32))
    assert listed[source].pictures == 25


def test_fingerprint_follows_pixels_and_split(cache, class_folders):
    prints = {
        load(class_folders, **settings).fingerprint
        for settings in ({}, {"seed": 1}, {"limit": 20}, {"split": "official"})
    }
    assert len(prints) == 4
    assert load(class_folders, limit=1000).fingerprint == load(class_folders).fingerprint
    assert load(class_folders, standardize=True).fingerprint in prints


def test_mean_and_std_are_those_of_the_training_split(cache, class_folders):
    loaded = load(class_folders, limit=20)
    pixels = loaded.images_NCHW[loaded.train].double() / 255
    assert loaded.mean == pytest.approx(pixels.mean((0, 2, 3)).tolist(), abs=1e-12)
    assert loaded.std == pytest.approx(pixels.std((0, 2, 3), correction=0).tolist(), abs=1e-12)


def test_where_the_cache_is(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "named"))
    assert cache_root() == tmp_path / "named"
    assert cache_root(tmp_path / "given") == tmp_path / "given"
    monkeypatch.delenv("ARCHSEARCH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    assert "archsearch" in str(cache_root())


def test_a_cache_that_cannot_be_written(class_folders, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="can't be written") as caught:
        load(class_folders)
    assert "ARCHSEARCH_CACHE" in caught.value.help


def test_unknown_source_lists_the_known(cache, class_folders):
    with pytest.raises(DataError, match="'cifar11'") as caught:
        load_pictures(DataSettings(source="cifar11"), height=32, width=32)
    assert "photos, folder:PATH, cifar10" in caught.value.help
    with pytest.raises(DataError) as caught:
        load_pictures(DataSettings(source=str(class_folders)), height=32, width=32)
    assert caught.value.help == f"write folder:{class_folders}"


def newer_format(entry: Path) -> None:
    record = json.loads((entry / "entry.json").read_text())
    (entry / "entry.json").write_text(json.dumps({**record, "version": 99}))


def test_an_entry_of_a_newer_archsearch_is_refused_and_kept(cache, class_folders):
    load_pictures(DataSettings(source=f"folder:{class_folders}"), height=8, width=8)
    (entry,) = entries(cache)
    newer_format(entry)
    before = (entry / "entry.json").read_bytes()
    with pytest.raises(NewerVersionError, match=r"entry\.json: written by a newer archsearch"):
        load_pictures(DataSettings(source=f"folder:{class_folders}"), height=8, width=8)
    assert (entry / "entry.json").read_bytes() == before


def test_the_list_is_silent_on_what_is_made_anew_when_asked_for(cache, class_folders, caplog):
    for size in (8, 16):
        load_pictures(DataSettings(source=f"folder:{class_folders}"), height=size, width=size)
    older_format(entries(cache)[0])
    listed = {source.name: source for source in list_sources()}
    assert len(listed[f"folder:{class_folders}"].cached) == 1
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("harm", "told"), [(newer_format, "newer archsearch"), (tear_sidecar, "damaged")]
)
def test_the_list_passes_over_what_it_cannot_read(cache, class_folders, caplog, harm, told):
    for size in (8, 16):
        load_pictures(DataSettings(source=f"folder:{class_folders}"), height=size, width=size)
    harm(entries(cache)[0])
    listed = {source.name: source for source in list_sources()}
    assert len(listed[f"folder:{class_folders}"].cached) == 1
    (line,) = caplog.messages
    assert line.startswith("skipped: ")
    assert told in line


def test_a_full_disk_is_told_before_a_page_of_it_is_written(cache, class_folders, monkeypatch):
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(
        DataError, match=r"No space left on device \([\d,]+ bytes are needed, "
    ) as e:
        load_pictures(DataSettings(source=f"folder:{class_folders}"), height=8, width=8)
    assert "ARCHSEARCH_CACHE" in e.value.help
    assert [path.suffix for path in (cache / "pictures").iterdir()] == [".lock"]
