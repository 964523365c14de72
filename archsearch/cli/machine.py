"""What this machine has for trainings: each part looked at by using it."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archsearch import __version__
from archsearch.cli.defaults import chosen_device, chosen_storage, default_settings, defaults
from archsearch.cli.packages import declared_extras, declared_packages
from archsearch.errors import ArchsearchError
from archsearch.printable import count, shell_word

__all__ = ["Check", "State", "check_machine"]

State = Literal["ok", "note", "broken"]
"""``note``: something is slow, or missing that not all need; ``broken``: trainings need it."""

LITTLE_SPACE = 2 * 2**30
"""Bytes; CIFAR-10 takes 170 MB to download and 185 MB decoded."""


@dataclass(frozen=True)
class Check:
    """One part: what was found, and if it isn't as it should be, how to mend it."""

    name: str
    state: State
    found: str
    help: str = ""


def check_machine() -> tuple[Check, ...]:
    """Look at every part; one that fails keeps no other from being looked at."""
    return (*map(_looked_at, _PARTS), *_optional())


def _looked_at(part: Callable[[], Check]) -> Check:
    try:
        return part()
    except ArchsearchError as error:
        return Check(_name(part), "broken", error.what, error.help)
    except Exception as error:  # whatever a broken installation does
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        return Check(_name(part), "broken", told, "install it again: pip install -U archsearch")


def _name(part: Callable[[], Check]) -> str:
    return part.__name__.strip("_")


def _python() -> Check:
    system = f"{platform.system()} {platform.machine()}"
    return Check("python", "ok", f"{platform.python_version()} on {system}")


def _archsearch() -> Check:
    """The version, and every extension that is installed."""
    from archsearch.config import LOSSES, METRICS, SEARCHES, SOURCES, TASKS
    from archsearch.spec import KINDS

    catalogues = (KINDS, TASKS, LOSSES, METRICS, SOURCES, SEARCHES)
    added = [
        name for each in catalogues for name in each if each[name] and name not in each.builtin
    ]
    return Check("archsearch", "ok", ", ".join([__version__, *(f"with {name}" for name in added)]))


def _config() -> Check:
    """The files of defaults."""
    files = {each.source for each in defaults() if Path(each.source).is_absolute()}
    return Check("config", "ok", ", ".join(sorted(files)) or "no archsearch.toml")


def _torch() -> Check:
    """A step of training, and torchvision, which must be built for the same torch."""
    import torch
    import torchvision

    layer = torch.nn.Conv2d(3, 4, 3)
    layer(torch.rand(1, 3, 8, 8)).sum().backward()
    return Check("torch", "ok", f"{torch.__version__}, torchvision {torchvision.__version__}")


def _device() -> Check:
    """The device that commands take, and the GPUs that there are."""
    import torch

    from archsearch.train import check_device

    chosen = chosen_device(None)
    check_device(chosen)
    gpus = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
    if gpus and chosen == "cpu":
        return Check(
            "device", "note", f"cpu; there is also {', '.join(gpus)}", "use it with --device cuda"
        )
    return Check("device", "ok", f"{chosen}; {', '.join(gpus) or 'no GPU'}")


def _cores() -> Check:
    """Cores that this process may use, and torch's threads."""
    import torch

    total, threads = os.cpu_count() or 1, torch.get_num_threads()
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else total
    found = f"{usable} of {total}, {count(threads, 'thread')}"
    return Check("cores", "ok", found)


def _engine() -> Check:
    """Whether the native engine trains here, and the vectors that it uses."""
    from archsearch.engine.machine import host, missing

    reason = missing()
    machine = None if reason else host()
    if machine is None:
        told = f"torch alone trains here, two to five times as slowly: {reason}"
        return Check("engine", "note", told, "pip install llvmlite, on a CPU with AVX2 or NEON")
    return Check("engine", "ok", f"native, vectors of {8 * machine.vector_bytes} bits")


def _cache() -> Check:
    """The cache of pictures: whether it takes files, and the space there."""
    from archsearch.data.cache import cache_root

    return _folder("cache", cache_root(), "name another folder in ARCHSEARCH_CACHE")


def _folder(name: str, folder: Path, help: str) -> Check:
    """Whether a file can be made there, or where the folder would be made."""
    try:
        whole = folder.absolute()
        there = next(path for path in (whole, *whole.parents) if path.exists())
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        return Check(name, "broken", f"{folder} can't be written to: {error.strerror}", help)
    found = f"{folder}, {free / 2**30:.1f} GiB free"
    return Check(name, *(("ok", found, "") if free > LITTLE_SPACE else ("note", found, help)))


def _storage() -> Check:
    """The database of studies."""
    from archsearch.records import load_studies
    from archsearch.records.storage_secrets import masked
    from archsearch.records.storage_url import sqlite_path

    url = chosen_storage(None)
    path = sqlite_path(url)
    if path is not None and not path.exists():
        made = _folder("storage", path.parent, "name another database with --storage")
        return (
            made
            if made.state == "broken"
            else Check("storage", "ok", f"{masked(url)}; the first study makes it")
        )
    found, unreadable = load_studies(url)
    told = f"{masked(url)}, {len(found)} {'study' if len(found) == 1 else 'studies'}"
    if unreadable:
        names = ", ".join(each.name for each in unreadable)
        return Check(
            "storage", "note", f"{told}; unreadable: {names}", "`archsearch study list` says why"
        )
    return Check("storage", "ok", told)


def _pictures() -> Check:
    """The pictures that trainings take where none are named."""
    from archsearch.data import list_sources
    from archsearch.data.cache import cache_root
    from archsearch.data.sources import open_source

    name = default_settings().data.source
    open_source(name, Path(), cache_root()).signature()
    held = [each.cached for each in list_sources() if each.name == name and each.cached]
    if held:
        sizes = ", ".join(f"{height}x{width}" for height, width in held[0])
        return Check("pictures", "ok", f"{name}, in the cache at {sizes}")
    others = "" if name == "photos" else "; or --data photos, which needs no network"
    return Check(
        "pictures",
        "note",
        f"{name}, not in the cache yet",
        f"archsearch data prepare {shell_word(name)}{others}",
    )


def _packages() -> Check:
    """The packages that archsearch can't do without, in the versions that it takes."""
    needed = declared_packages()
    wrong = [str(package) for package in needed if not package.fits]
    if wrong:
        return Check("packages", "broken", "; ".join(wrong), "pip install -U archsearch")
    return Check("packages", "ok", f"all {len(needed)} that archsearch needs")


def _optional() -> Iterator[Check]:
    """Packages that only some commands need."""
    for extra in declared_extras():
        packages = declared_packages(extra)
        wrong = [str(package) for package in packages if not package.fits]
        if wrong:
            yield Check(extra, "note", "; ".join(wrong), f"pip install -U 'archsearch[{extra}]'")
        elif packages:  # none where this Python or system has no wheels
            yield Check(extra, "ok", ", ".join(map(str, packages)))


_PARTS = (
    _python, _archsearch, _packages, _config, _torch, _device, _cores, _engine, _cache, _storage,
    _pictures,
)  # fmt: skip
