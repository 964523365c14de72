"""Baselines that were measured before, kept in the cache beside the pictures they are of.

PCA of CIFAR-10 takes as long as several epochs of a small net, and gives the same numbers
for every net with a latent of the same shape. A file is left alone that is damaged, or of other
pictures, settings, code or torch: then they are measured anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
from functools import cache
from pathlib import Path

import torch

from archsearch import tasks
from archsearch.config import RunSettings
from archsearch.config.used_extensions import used_extensions
from archsearch.data import Pictures, cache_root
from archsearch.errors import UnreadableError, WriteError
from archsearch.files import write_text
from archsearch.records.baselines import Baselines
from archsearch.records.reading import read_stored
from archsearch.records.record import Record
from archsearch.spec.plan.model import ModelPlan

__all__ = ["KeptBaselines"]

_log = logging.getLogger(__name__)


class _Stored(Record):
    sha256: str
    baselines: Baselines


class KeptBaselines:
    """The file for the baselines of one task, on one split of pictures, for one latent.

    Args:
        plan: whose latent they are for.
        settings: the task and its pictures.
        pictures: what they are measured on.
    """

    def __init__(self, plan: ModelPlan, settings: RunSettings, pictures: Pictures) -> None:
        self._pictures = pictures
        latent = plan.latent
        code = (latent.channels, latent.height, latent.width, plan.bottleneck.size)
        shown = [settings.task.model_dump(mode="json"), settings.data.model_dump(mode="json")]
        decides = json.dumps([_code(), pictures.fingerprint, code, shown], sort_keys=True)
        self._key = hashlib.sha256(decides.encode()).hexdigest()
        self._theirs = bool(used_extensions(settings, []))
        """What others' code measures can change without a sign."""

    def read(self) -> Baselines | None:
        """Those that were kept, if they are of these pictures.

        A fingerprint that a person made up is no proof. The channel mean's error is exact and
        quick, and tells other pictures from these.
        """
        if self._theirs:
            return None
        try:
            text = self._path.read_text(encoding="utf-8")
            stored = read_stored(_Stored, str(self._path), text)
        except (OSError, ValueError, UnreadableError):
            return None
        if stored.sha256 != self._checksum(stored.baselines):
            return None
        same = stored.baselines.pair("channel_mean") == tasks.channel_mean(self._pictures)
        return stored.baselines if same else None

    def write(self, baselines: Baselines) -> None:
        """Keep them; a cache that can't be written costs only time."""
        if self._theirs:
            return
        stored = _Stored(sha256=self._checksum(baselines), baselines=baselines)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._path, stored.model_dump_json())
        except (OSError, WriteError) as error:
            _log.info("baselines not kept in %s: %s", self._path, error)

    @property
    def _path(self) -> Path:
        return cache_root() / "baselines" / f"{self._key[:24]}.json"

    def _checksum(self, baselines: Baselines) -> str:
        return hashlib.sha256(f"{self._key} {baselines.model_dump_json()}".encode()).hexdigest()


@cache
def _code() -> tuple[str, str]:
    """A digest of the code of tasks and their baselines, and torch's version."""
    sources = sorted(Path(tasks.__file__).parent.rglob("*.py"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    return digest.hexdigest(), torch.__version__
