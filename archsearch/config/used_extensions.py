"""Which names of a study or a run outside packages declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archsearch.config.run_settings import RunSettings
from archsearch.config.search_methods import SEARCHES
from archsearch.config.sources import SOURCES
from archsearch.config.study import StudySettings
from archsearch.extensions import Catalogue, extensions_used

__all__ = ["used_extensions"]


def used_extensions(settings: RunSettings | StudySettings) -> dict[str, str]:
    """Who declares what the settings name and archsearch hasn't, e.g. ``sources.moons``.

    Example:
        >>> used_extensions(RunSettings())
        {}
    """
    return extensions_used(*((where, name) for where, name in _named(settings) if name in where))


def _named(settings: RunSettings | StudySettings) -> Iterator[tuple[Catalogue[Any], str]]:
    yield SOURCES, settings.data.source.partition(":")[0]
    if isinstance(settings, StudySettings):
        yield SEARCHES, settings.search.method
