"""Whether a source is of gray pictures, told without decoding any."""

from __future__ import annotations

from pathlib import Path

from archsearch.config.settings import DataSettings
from archsearch.data.cache import cache_root, content_key, records
from archsearch.data.source import TellsGray
from archsearch.data.sources import open_source
from archsearch.errors import DataError

__all__ = ["is_gray"]


def is_gray(settings: DataSettings, *, base: Path = Path(), cache: Path | None = None) -> bool:
    """Tell whether all pictures are gray: of a folder, its files' headers or the cache say.

    A source that can't be looked at passes for color: whoever reads it tells what is wrong.

    Args:
        settings: which source.
        base: where a relative ``folder:PATH`` starts.
        cache: the cache; by default ``$ARCHSEARCH_CACHE`` or the platform's user cache.

    Example:
        >>> is_gray(DataSettings(source="mnist")), is_gray(DataSettings(source="photos"))
        (True, False)
    """
    root = cache_root(cache)
    try:
        source = open_source(settings.source, base, root)
    except DataError:
        return False
    if source.channels is not None or not isinstance(source, TellsGray):
        return source.channels == 1
    for _, record in records(root, content_key(source)):
        if record.source == source.name:
            return record.channels == 1
    return source.is_gray()
