"""Settings → pictures, ready to train on."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

from archsearch.arguments import require_type
from archsearch.config import TASKS
from archsearch.config.settings import DataSettings
from archsearch.data.cache import Entry, EntryRecord, cache_root, cached
from archsearch.data.pictures import Pictures
from archsearch.data.source import OnProgress, Source
from archsearch.data.sources import open_source
from archsearch.data.splits import (
    Indices,
    Split,
    split_by_region,
    split_evenly,
    split_officially,
)
from archsearch.errors import DataError

__all__ = ["PreparedSource", "load_pictures", "prepare_source"]


@dataclass(frozen=True)
class PreparedSource:
    """What the cache now holds of a source: its folder and its record."""

    folder: Path
    record: EntryRecord


def load_pictures(
    settings: DataSettings,
    *,
    height: int,
    width: int,
    channels: int = 3,
    base: Path = Path(),
    cache: Path | None = None,
    progress: OnProgress | None = None,
    color_task: str | None = None,
) -> Pictures:
    """Load and split a source of pictures, from the cache where it is there.

    Args:
        settings: source, limit, split and seed.
        height: of the pictures the net wants, pixels.
        width: the same.
        channels: 1 (gray) or 3 (RGB); the source must have as many.
        base: where a relative ``folder:PATH`` starts.
        cache: the cache; by default ``$ARCHSEARCH_CACHE`` or the platform's user cache.
        progress: called with (done, total) while pictures are downloaded or decoded.
        color_task: the task that needs colors, if one does; for the error of a gray source.

    Raises:
        DataError: the source is missing, unreadable, of other channels, or too small.
        ArgumentTypeError: an argument of another type than the above.

    Example:
        >>> import tempfile
        >>> cache = Path(tempfile.mkdtemp())
        >>> settings = DataSettings(source="photos", limit=1000)
        >>> load_pictures(settings, height=32, width=32, cache=cache).splits
        {'train': 800, 'val': 100, 'test': 100}
    """
    import torch

    give = 'give DataSettings(source="photos"), of archsearch.config'
    require_type(settings, DataSettings, "load_pictures(settings)", help=give)
    for name, size in {"height": height, "width": width, "channels": channels}.items():
        require_type(size, int, f"load_pictures({name})", help="give a whole number")
    root = cache_root(cache)
    source = open_source(settings.source, base, root)
    # What is known beforehand is refused before anything is downloaded or decoded.
    _check_channels(settings.source, source.channels, channels, color_task)
    _check_split(settings, source)
    entry = cached(source, height, width, root, progress or _silent)
    _check_channels(settings.source, entry.record.channels, channels, color_task)
    split = _split(entry, settings)
    mean, std = _mean_and_std(entry, split.train)
    labels = entry.content.labels
    return Pictures(
        images_NCHW=torch.from_numpy(entry.content.images_NCHW),
        train=torch.from_numpy(split.train),
        val=torch.from_numpy(split.val),
        test=torch.from_numpy(split.test),
        mean=mean,
        std=std,
        source=settings.source,
        note=entry.content.note,
        fingerprint=_fingerprint(entry, settings, split),
        classes=entry.content.classes,
        labels=None if labels is None else torch.from_numpy(labels),
    )


def prepare_source(
    name: str,
    *,
    height: int,
    width: int,
    base: Path = Path(),
    cache: Path | None = None,
    progress: OnProgress | None = None,
) -> PreparedSource:
    """Download and decode a source into the cache, unless it is there; arguments as above.

    Raises:
        DataError: the source is missing or unreadable.
    """
    root = cache_root(cache)
    entry = cached(open_source(name, base, root), height, width, root, progress or _silent)
    return PreparedSource(entry.folder, entry.record)


def _silent(done: int, total: int) -> None:
    """Report nothing."""


def _check_channels(name: str, found: int | None, wanted: int, color_task: str | None) -> None:
    if found is None or found == wanted:
        return
    if color_task is not None and found == 1:
        gray = [task for task, kind in TASKS.builtin.items() if kind.pictures == "any"]
        raise DataError(
            f"{color_task} learns from color pictures, but `{name}` is gray (1 channel)",
            help="choose a source in RGB: `archsearch data list` names some; a gray source "
            f"serves {', '.join(gray[:-1])} and {gray[-1]}.",
        )
    kinds = {1: "gray (1 channel)", 3: "RGB (3 channels)"}
    raise DataError(
        f"the net needs pictures of {kinds.get(wanted, f'{wanted} channels')}, "
        f"but `{name}` has {kinds.get(found, f'{found} channels')}",
        help=f"give --set input.channels={found}, or write `input: {{channels: {found}, …}}` in "
        f"the spec{f'; or choose a source that is {kinds[wanted]}' if wanted in kinds else ''}",
    )


def _check_split(settings: DataSettings, source: Source) -> None:
    if settings.split == "official" and not source.has_parts:
        raise DataError(
            "`split: official` needs a source with a test or validation part, "
            f"and `{settings.source}` has none",
            help="use `split: 80/10/10`; a folder has parts where it holds train/ beside "
            "val/ or test/.",
        )


def _split(entry: Entry, settings: DataSettings) -> Split:
    content = entry.content
    if settings.split == "official":
        parts = content.test_part, content.val_part
        return split_officially(entry.record.pictures, *parts, settings.limit, settings.seed)
    if content.regions is not None:
        return split_by_region(content.regions, settings.limit, settings.seed)
    return split_evenly(entry.record.pictures, settings.limit, settings.seed)


def _mean_and_std(entry: Entry, train: Indices) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Exact: sums of whole numbers first, one division at the end, in float64."""
    pixels = len(train) * entry.record.height * entry.record.width
    mean, std = [], []
    for total, squares in entry.sums[train].sum(axis=0).tolist():
        mean.append(total / pixels / 255)
        std.append(math.sqrt(pixels * squares - total * total) / pixels / 255)
    return tuple(mean), tuple(std)


def _fingerprint(entry: Entry, settings: DataSettings, split: Split) -> str:
    digest = hashlib.sha256(entry.record.pixels.encode())
    digest.update(settings.split.encode())
    for indices in (split.train, split.val, split.test):
        digest.update(len(indices).to_bytes(8, "little"))
        digest.update(indices.astype("<i8").tobytes())
    return digest.hexdigest()[:16]
