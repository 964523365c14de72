"""Which devices are taken, shared and left alone; no GPU is needed for that."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from archsearch.config import load
from archsearch.errors import InputError
from archsearch.tasks import Batch, feed, make_task
from archsearch.train import check_device, devices, worker_device
from archsearch.train.devices import hold_gpu
from archsearch.train.fit import fit

from .made import DROPPED, PLAIN, made_pictures, settings

HOLDER = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def two_gpus(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.mark.parametrize("name", ["cpu", "cuda", "cuda:0", "cuda:1"])
def test_devices_that_are_there_are_taken(two_gpus, name) -> None:
    check_device(name)
    torch.device(name)  # torch reads it alike


@pytest.mark.parametrize(
    ("name", "told", "mend"),
    [
        ("cuda:2", "there is no GPU cuda:2: torch finds 2 here", "use cuda:0 to cuda:1"),
        ("cuda:00", "there is no GPU cuda:00", "use cuda:0 to cuda:1"),
        ("cuda:", "there is no device 'cuda:'", "cuda:0, cuda:1"),
        ("cuda:-1", "there is no device 'cuda:-1'", "cuda:0, cuda:1"),
        ("cuda:١", "there is no device 'cuda:١'", "cuda:0, cuda:1"),
        ("gpu", "there is no device 'gpu'", "cuda:0, cuda:1"),
        ("CUDA", "there is no device 'CUDA'", "cuda:0, cuda:1"),
        ("", "there is no device ''", "cuda:0, cuda:1"),
    ],
)
def test_other_devices_are_refused(two_gpus, name, told, mend) -> None:
    with pytest.raises(InputError) as caught:
        check_device(name)
    assert told in caught.value.what
    assert mend in (caught.value.help or "")


@pytest.mark.parametrize("name", ["cuda", "cuda:1"])
def test_without_a_gpu_that_is_said(monkeypatch, name) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="torch finds no GPU that it can use here"):
        check_device(name)


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
def test_workers_take_the_gpu_that_fewest_hold(tmp_path: Path) -> None:
    """Each call is a worker of its own: locks belong to openings of a file, not to processes."""
    taken = Counter(hold_gpu(["a", "b", "c"], tmp_path) for _ in range(7))
    assert taken == {0: 3, 1: 2, 2: 2}
    assert hold_gpu(["c", "a"], tmp_path) == 0, "c is another place here, and has two holders"


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
def test_a_gpu_is_free_when_its_worker_dies(tmp_path: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "a-0")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert worker.stdout is not None
    assert worker.stdout.readline() == "held\n"
    assert hold_gpu(["a", "b"], tmp_path) == 1
    worker.kill()
    worker.communicate()
    assert hold_gpu(["a", "b"], tmp_path) == 0


@pytest.fixture
def shared(two_gpus, monkeypatch, tmp_path: Path) -> Path:
    """Two GPUs, and workers that are one process each."""
    told = {0: SimpleNamespace(uuid="first"), 1: SimpleNamespace(uuid="second")}
    monkeypatch.setattr(torch.cuda, "get_device_properties", told.__getitem__)
    monkeypatch.setattr(devices, "_locks", lambda: tmp_path)
    devices._own_gpu.cache_clear()
    return tmp_path


def started_apart() -> None:
    devices._own_gpu.cache_clear()


def test_single_workers_started_apart_share_the_gpus(shared: Path) -> None:
    found = []
    for _ in range(4):
        started_apart()
        found.append(worker_device("cuda"))
        assert worker_device("cuda") == found[-1], "a worker stays on its GPU"
    assert found == ["cuda:0", "cuda:1", "cuda:0", "cuda:1"]
    assert worker_device("cpu") == "cpu"


def test_a_named_gpu_is_taken_and_counted(shared: Path) -> None:
    assert worker_device("cuda:0") == "cuda:0"
    started_apart()
    assert worker_device("cuda:0") == "cuda:0", "named, so it is shared"
    started_apart()
    assert worker_device("cuda") == "cuda:1"


def test_where_nothing_can_be_locked_the_process_decides(shared, monkeypatch) -> None:
    blocked = shared / "file"
    blocked.write_text("no folder")
    monkeypatch.setattr(devices, "_locks", lambda: blocked)
    for pid in (10, 11):
        monkeypatch.setattr(devices.os, "getpid", lambda pid=pid: pid)
        started_apart()
        assert worker_device("cuda") == f"cuda:{pid % 2}"


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_training_on_the_cpu_touches_no_gpu(plan_from, two_gpus, monkeypatch, optimizer) -> None:
    """Nor its random numbers: someone else's training may draw from them."""

    def touched(*_: object, **__: object) -> None:
        raise AssertionError("a GPU was touched")

    plan, told = plan_from(DROPPED, "denoise"), settings("denoise", epochs=1, optimizer=optimizer)
    expected = fit(plan, told, made_pictures(), seed=0).result
    for name in ("_lazy_init", "_lazy_call", "get_rng_state", "set_rng_state", "manual_seed_all"):
        monkeypatch.setattr(torch.cuda, name, touched)
    monkeypatch.setattr(torch.cuda.random, "_lazy_call", touched)
    torch.default_generator.manual_seed(5)
    before = torch.get_rng_state()
    found = fit(plan, told, made_pictures(), seed=0).result
    assert torch.equal(before, torch.get_rng_state())
    assert found.val == expected.val


class OneDevice(TorchDispatchMode):
    """Refuses every operation that reads a tensor of the processor's memory."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        for value in torch.utils._pytree.tree_leaves((args, kwargs or {})):
            if isinstance(value, torch.Tensor) and value.device.type != "meta":
                raise AssertionError(f"{function} reads {tuple(value.shape)} of {value.device}")
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize(
    "task",
    [
        *("reconstruct", "colorize", "colorize-chroma"),
        {"colorize": {"keep_luminance": True}},
        {"colorize-bins": {"grid": 4}},
        {"colorize-bins": {"grid": 4, "rebalance": 0}},
    ],
)
def test_a_step_reads_nothing_from_the_processors_memory(tmp_path, task, standardize) -> None:
    """A recording can't: on a GPU each would be a copy. ``meta`` tensors have a device alone."""
    path = tmp_path / "net.yaml"
    path.write_text(PLAIN.replace(", activation: sigmoid", ""))
    told = settings(task)
    told = told.model_copy(
        update={"data": told.data.model_copy(update={"standardize": standardize})}
    )
    plan = load(path).plan(task=told.task)
    made = make_task(plan, told, made_pictures(), "meta")
    images = torch.rand(4, 3, 16, 16, device="meta")
    output = torch.rand(4, plan.output.channels, 16, 16, device="meta", requires_grad=True)
    with OneDevice():
        fed = feed(made, images, Batch(torch.arange(4), seed=0))
        loss = made.loss(output, images)
        made.unclipped(output, images)
    assert (fed.device.type, loss.shape) == ("meta", ())
