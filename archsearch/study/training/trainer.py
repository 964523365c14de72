"""What a study needs of whoever trains its candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from archsearch.config import RunSettings
from archsearch.records import Baselines, Curves, EpochRecord, RunResult
from archsearch.spec import ModelPlan

__all__ = ["Job", "Prepared", "Trained", "Trainer", "code_key"]


def code_key(plan: ModelPlan) -> str:
    """What decides a plan's baselines: ``CxHxW`` of its latent, ``-N`` if fewer get through.

    Example:
        >>> import archsearch
        >>> code_key(archsearch.load("specs/acml-nine-layer.yaml").plan())
        '16x8x8-768'
    """
    latent, passing = plan.latent, plan.bottleneck.size
    shape = f"{latent.channels}x{latent.height}x{latent.width}"
    return f"{shape}-{passing}" if passing < latent.size else shape


@dataclass(frozen=True)
class Prepared:
    """What is measured once for a study's pictures.

    Attributes:
        curves: errors of linear codes over their size.
        baselines: by :func:`code_key`.
        source_note: what must be known of the pictures (resized, JPEG).
        fingerprint: of the pictures and their splits; "" where there are none.
    """

    curves: Curves = field(default_factory=Curves)
    baselines: Mapping[str, Baselines] = field(default_factory=dict)
    source_note: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Job:
    """One training to do: a plan, its settings, a seed, and how many threads.

    ``on_epoch`` is called after each epoch; ``on_note`` before it, with what went badly in it.
    """

    plan: ModelPlan
    settings: RunSettings
    seed: int
    threads: int
    baselines: Baselines | None
    on_epoch: Callable[[EpochRecord], None]
    on_note: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Trained:
    """What a training gave; ``pictures`` is a PNG (row 0 originals, row 1 reconstructions)."""

    result: RunResult
    pictures: bytes | None = None


class Trainer(Protocol):
    """Trains candidates; it travels to worker processes, so it must pickle.

    Attributes:
        modules: what takes long to import, by name; workers of one host may share it.
    """

    @property
    def modules(self) -> Sequence[str]: ...  # noqa: D102

    def prepare(self, settings: RunSettings, plans: Sequence[ModelPlan]) -> Prepared:
        """Make pictures ready for all workers and measure the baselines, once a study.

        Raises:
            InputError: where the pictures or settings can't be used.
        """
        ...

    def warm_up(self, settings: RunSettings, plan: ModelPlan) -> str:
        """Make this process ready: imports, pictures. What it takes counts as no training's.

        Returns:
            The pictures' fingerprint here, to be compared with the study's; "" where
            there are none.
        """
        ...

    def train(self, job: Job) -> Trained:
        """Train one candidate with one seed.

        Raises:
            RunFailedError: where it breaks; any other error counts as that too.
        """
        ...
