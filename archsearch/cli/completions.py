"""What a shell completes values with; read only while it asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["codes", "devices", "sources", "tasks", "templates"]


def tasks(incomplete: str) -> list[str]:
    """Names of tasks."""
    from archsearch.config import TASKS

    return [*_begin(TASKS, incomplete)]


def sources(incomplete: str) -> list[str]:
    """Names of sources; of one with an argument, what stands before it."""
    from archsearch.config import SOURCES

    names = (f"{kind.name}:" if kind.argument else kind.name for kind in SOURCES.values())
    return [*_begin(names, incomplete)]


def templates(incomplete: str) -> list[str]:
    """Names of templates."""
    from archsearch.config.gallery import templates as found

    return [*_begin((template.name for template in found()), incomplete)]


def codes(incomplete: str) -> list[str]:
    """Codes of diagnostics."""
    from archsearch.spec import CATALOGUE

    return [*_begin(CATALOGUE, incomplete)]


def devices(incomplete: str) -> list[str]:
    """Words for devices."""
    return [*_begin(("cpu", "cuda", "mps"), incomplete)]


def _begin(names: Iterable[str], incomplete: str) -> Iterator[str]:
    return (name for name in names if name.startswith(incomplete))
