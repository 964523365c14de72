"""Baselines that were measured before, kept in the cache beside the pictures they are of.

PCA of CIFAR-10 takes as long as several epochs of a small net, and gives the same numbers
for every net with a latent of the same shape. A file is left alone that is damaged, or of other
pictures, settings, code or torch: then they are measured anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import torch

from archsearch import config, records, tasks
from archsearch.config import RunSettings
from archsearch.config.used_extensions import used_extensions
from archsearch.data import Pictures, cache_root
from archsearch.errors import UnreadableError, WriteError
from archsearch.files import write_text
from archsearch.records.baselines import Baselines
from archsearch.records.curves import Curves, PcaPoint
from archsearch.records.reading import read_stored
from archsearch.records.record import Record
from archsearch.spec.plan.model import ModelPlan

__all__ = ["KeptBaselines", "kept_baselines", "kept_pca_curve"]

_log = logging.getLogger(__name__)


Measured = TypeVar("Measured", bound=Record)
Mean = Callable[[], tuple[float, float]]


class _Stored(Record):
    sha256: str
    channel_mean: tuple[float, float]
    measured: str


class _Kept(Generic[Measured]):
    """A file for something that is measured on one split of pictures.

    Args:
        kind: what it is.
        what: decides its numbers, beside pictures and their settings.
        settings: the task and its pictures.
        pictures: what it is measured on.
        mean: gives the channel mean's errors on them.
    """

    def __init__(
        self,
        kind: type[Measured],
        what: object,
        settings: RunSettings,
        pictures: Pictures,
        mean: Mean,
    ) -> None:
        self._kind = kind
        self._mean = mean
        shown = [settings.task.model_dump(mode="json"), settings.data.model_dump(mode="json")]
        decides = [_code(), pictures.fingerprint, kind.__name__, what, shown]
        text = json.dumps(decides, sort_keys=True)
        self._key = hashlib.sha256(text.encode()).hexdigest()
        self._theirs = bool(used_extensions(settings, []))
        """What others' code measures can change without a sign."""

    def read(self) -> Measured | None:
        """What was kept, if it is of these pictures.

        A fingerprint that a person made up is no proof. The channel mean's error is exact and
        quick, and tells other pictures from these.
        """
        if self._theirs:
            return None
        try:
            text = self._path.read_text(encoding="utf-8")
            stored = read_stored(_Stored, str(self._path), text)
            if stored.sha256 != self._checksum(stored.channel_mean, stored.measured):
                return None
            known = read_stored(self._kind, str(self._path), stored.measured)
        except (OSError, ValueError, UnreadableError):
            return None
        return known if stored.channel_mean == self._mean() else None

    def write(self, measured: Measured) -> None:
        """Keep it; a cache that can't be written costs only time."""
        if self._theirs:
            return
        mean, text = self._mean(), measured.model_dump_json()
        stored = _Stored(sha256=self._checksum(mean, text), channel_mean=mean, measured=text)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._path, stored.model_dump_json())
        except (OSError, WriteError) as error:
            _log.info("baselines not kept in %s: %s", self._path, error)

    @property
    def _path(self) -> Path:
        return cache_root() / "baselines" / f"{self._key[:24]}.json"

    def _checksum(self, mean: tuple[float, float], measured: str) -> str:
        text = f"{self._key} {[*mean]} {measured}"
        return hashlib.sha256(text.encode()).hexdigest()


class KeptBaselines(_Kept[Baselines]):
    """The file for the baselines of one task, on one split of pictures, for one latent.

    Args:
        plan: whose latent they are for.
        settings: the task and its pictures.
        pictures: what they are measured on.
        mean: the channel mean's errors, where they are known; otherwise measured when needed.
    """

    def __init__(
        self,
        plan: ModelPlan,
        settings: RunSettings,
        pictures: Pictures,
        mean: Mean | None = None,
    ) -> None:
        latent = plan.latent
        code = (latent.channels, latent.height, latent.width, plan.bottleneck.size)
        super().__init__(Baselines, code, settings, pictures, mean or _mean_of(pictures))


def kept_baselines(
    settings: RunSettings, pictures: Pictures, plans: Sequence[ModelPlan]
) -> list[Baselines]:
    """Give the baselines of each plan's latent: those that are kept, the others measured at once.

    Args:
        settings: the task and its pictures.
        pictures: what they are measured on.
        plans: nets that read these pictures.
    """
    mean = _mean_of(pictures)
    files = [KeptBaselines(plan, settings, pictures, mean) for plan in plans]
    found = [file.read() for file in files]
    new = [i for i, known in enumerate(found) if known is None]
    if new:
        latents = [plans[i].latent for i in new]
        passing = [plans[i].bottleneck.size for i in new]
        measured = tasks.task_baselines(settings, pictures, latents, passing)
        for i, baselines in zip(new, measured, strict=True):
            files[i].write(baselines)
            found[i] = baselines
    return [known for known in found if known is not None]


def kept_pca_curve(
    settings: RunSettings,
    pictures: Pictures,
    sizes: Sequence[int],
    channel_mean: tuple[float, float] | None = None,
) -> tuple[PcaPoint, ...]:
    """Give the error of PCA with so many numbers a picture, kept or measured.

    Args:
        settings: of the pictures.
        pictures: what it is measured on.
        sizes: numbers a picture, rising.
        channel_mean: its errors on these pictures; None: measured here.
    """
    mean = _mean_of(pictures) if channel_mean is None else lambda: channel_mean
    file = _Kept(Curves, [*sizes], settings, pictures, mean)
    known = file.read()
    if known is None:
        errors = tasks.pca_curve(pictures, sizes)
        known = Curves(pca=tuple(PcaPoint(k, *pair) for k, pair in sorted(errors.items())))
        file.write(known)
    return known.pca


def _mean_of(pictures: Pictures) -> Mean:
    """Measured once, and only when asked for."""
    return cache(lambda: tasks.channel_mean(pictures))


@cache
def _code() -> tuple[str, str]:
    """A digest of the code that decides what is measured and kept, and torch's version."""
    packages = (config, records, tasks)
    folders = [Path(str(package.__file__)).parent for package in packages]
    sources = [Path(__file__), *(each for one in folders for each in sorted(one.rglob("*.py")))]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    return digest.hexdigest(), torch.__version__
