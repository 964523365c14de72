"""Rules of Windows and macOS that can be tried anywhere: open files, dead processes, consoles."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from PIL import Image

from archsearch import files
from archsearch.config import load
from archsearch.data import prepare_source
from archsearch.errors import InputError, WriteError
from archsearch.locks import give_back, try_lock
from archsearch.records.layout import Claim
from archsearch.records.stored import _alive
from archsearch.study.store import owner
from archsearch.study.store.owner import Owner, process_start
from archsearch.study.workers import options
from archsearch.study.workers.options import RunOptions
from archsearch.tasks import exact
from archsearch.tasks.color.chroma_bins import ChromaClasses
from archsearch.train import check_device, train_run, worker_device
from archsearch.train.loop.checkpoint import discard
from archsearch.train.loop.epoch import _seed_dropout
from archsearch.train.loop.precision import check_precision
from tests.other_systems import as_on_windows
from tests.train import made as made_here


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        pytest.skip("what is open is told by Linux; Windows itself refuses")
    as_on_windows(monkeypatch)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pictures_are_cached_without_touching_open_files(
    windows, tmp_path: Path, monkeypatch, mode: str
) -> None:
    """Gray ones are decoded to color first, into a file that is open while the other is filled."""
    monkeypatch.setenv("ARCHSEARCH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "pictures").mkdir()
    for number in range(12):
        pixels = np.random.default_rng(number).integers(0, 256, (9, 9, 3), np.uint8)
        Image.fromarray(pixels).convert(mode).save(tmp_path / "pictures" / f"{number}.png")
    entry = prepare_source(f"folder:{tmp_path / 'pictures'}", height=8, width=8)
    assert entry.record.channels == len(mode)
    assert {path.name for path in entry.folder.iterdir()} == {
        "entry.json", "images.npy", "sums.npy",
    }  # fmt: skip


@pytest.mark.full
def test_a_run_is_written_and_resumed_without_touching_open_files(windows, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(made_here.PLAIN)
    plan, told = load(path).plan(), made_here.settings(epochs=3)
    stopped: list[int] = []

    def stop(epoch: object) -> None:
        stopped.append(1)
        if len(stopped) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_run(plan, told, made_here.made_pictures(), tmp_path / "run", on_epoch=stop)
    train_run(plan, told, made_here.made_pictures(), tmp_path / "run", on_epoch=stop)
    assert len(stopped) == 3
    assert (tmp_path / "run" / "metrics.json").exists()
    discard(tmp_path / "run" / "checkpoint.safetensors")


def test_a_file_that_is_being_read_is_replaced_a_moment_later(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "_PAUSES", (0.0, 0.0))
    refusals, plain = [1, 2], Path.replace

    def busy(self: Path, target: Path) -> Path:
        if refusals:
            raise PermissionError(refusals.pop())
        return plain(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    files.write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    refusals += [1, 2, 3]
    with pytest.raises(WriteError):
        files.write_text(tmp_path / "a", "newer")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.fixture
def without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system that has no /proc, as macOS and Windows."""
    monkeypatch.setattr(owner, "_PROC", tmp_path / "no-proc")
    owner._host.cache_clear()
    yield
    owner._host.cache_clear()


def test_without_proc_the_living_live_and_the_dead_are_gone(without_proc) -> None:
    mine = Owner.this_process()
    assert mine.started
    assert not mine.is_gone
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        started = process_start(child.pid)
        theirs = Owner(mine.host, child.pid, started or "", 0, mine.pid, mine.started)
        assert started is not None
        assert started != mine.started
        assert not theirs.is_gone
        child.kill()
        deadline = time.monotonic() + 60
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
        assert theirs.is_gone, "a zombie counts as gone"
    assert theirs.is_gone
    assert theirs.crashed, "its parent goes on"
    assert Owner(mine.host, mine.pid, "another start", 0).is_gone, "the id is in use again"


def test_without_proc_a_clock_that_is_set_ends_no_process(without_proc, monkeypatch) -> None:
    mine = Owner.this_process()
    told = psutil.Process().create_time()
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: told + 3600)
    assert not mine.is_gone


def test_asking_after_a_process_sends_it_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows every signal but two ends the process."""

    def claim(pid: int) -> Claim:
        return Claim(host=Owner.this_process().hostname, pid=pid, seed=0, beat=0.0)

    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        monkeypatch.setattr(psutil, "pid_exists", lambda pid: pid == child.pid)
        monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("a signal was sent"))
        assert _alive(claim(child.pid), 0.0)
    monkeypatch.undo()
    assert not _alive(claim(child.pid), 0.0)


def test_a_lock_is_one_holders_and_leaves_no_file(tmp_path: Path) -> None:
    lock = try_lock(tmp_path / "a")
    assert lock is not None
    assert try_lock(tmp_path / "a") is None
    give_back(lock)
    assert list(tmp_path.iterdir()) == []
    again = try_lock(tmp_path / "a")
    assert again is not None
    give_back(again)


def test_windows_takes_as_many_workers_as_it_can_wait_for(monkeypatch) -> None:
    monkeypatch.setattr(options, "_MOST_WORKERS", 31)
    RunOptions(workers=31)
    RunOptions(workers=32, engine="ray")
    with pytest.raises(InputError, match="32 workers are too many for one command on Windows"):
        RunOptions(workers=32)


def test_apples_gpu_is_taken_where_torch_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker_device("mps") == "mps"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    check_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(InputError, match="no GPU of Apple's"):
        check_device("mps")
    with pytest.raises(InputError, match="doesn't support"):
        check_precision("bf16", "mps")
    seeds: list[int] = []
    monkeypatch.setattr(torch.mps, "manual_seed", seeds.append)
    kept = torch.get_rng_state()
    _seed_dropout(7, torch.device("mps"))
    torch.set_rng_state(kept)
    assert seeds == [7]


def test_what_a_device_without_float64_measures_is_measured_elsewhere(monkeypatch) -> None:
    """``meta`` stands for Apple's GPU: tables are float32 there; what is summed leaves it."""
    monkeypatch.setattr(sys.modules["archsearch.tasks.exact"], "_WITHOUT", ("meta",))
    centers = ((0.5, 0.5), (1.0, 0.4))
    assert ChromaClasses.of(centers, device="meta").places_K2.dtype == torch.float32
    assert ChromaClasses.of(centers).places_K2.dtype == torch.float64
    with pytest.raises(NotImplementedError, match="meta"):  # it is asked for its numbers
        exact(torch.zeros(2, device="meta"))
    kept = torch.zeros(2)
    assert exact(kept) is kept


@pytest.mark.full
@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_types_hold_on_other_systems(platform: str) -> None:
    """What a system lacks is asked for before; ``make check`` looks at the one at hand."""
    words = [sys.executable, "-m", "mypy", "--platform", platform]
    done = subprocess.run(
        words, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
