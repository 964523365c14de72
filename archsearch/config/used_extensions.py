"""Which names of a study or a run outside packages declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from archsearch.config.losses import LOSSES
from archsearch.config.metrics import METRICS
from archsearch.config.run_settings import RunSettings
from archsearch.config.search_methods import SEARCHES
from archsearch.config.sources import SOURCES
from archsearch.config.study import StudySettings, extremes
from archsearch.config.tasks.catalogue import TASKS
from archsearch.extensions import Catalogue, extensions_used
from archsearch.spec import KINDS

__all__ = ["used_extensions"]


def used_extensions(
    settings: RunSettings | StudySettings, kinds: Iterable[str] = ()
) -> dict[str, str]:
    """Who declares what settings and model name and archsearch hasn't, e.g. ``sources.moons``.

    Args:
        settings: of a run or a study.
        kinds: of the layers of its model.

    Example:
        >>> used_extensions(RunSettings(), ["conv"])
        {}
    """
    return extensions_used(*_named(settings), *((KINDS, kind) for kind in kinds))


def _named(settings: RunSettings | StudySettings) -> Iterator[tuple[Catalogue[Any], str]]:
    yield SOURCES, settings.data.source.partition(":")[0]
    yield TASKS, settings.task.name
    yield LOSSES, settings.train.loss
    training = settings.training() if isinstance(settings, StudySettings) else settings
    yield from ((METRICS, metric) for metric in training.train.metrics)
    if isinstance(settings, StudySettings):
        yield SEARCHES, settings.search.method
        for path, where in (("task", TASKS), ("train.loss", LOSSES)):
            if path in settings.space:
                yield from ((where, str(name)) for name in extremes(settings.space[path]))
