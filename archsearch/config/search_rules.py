"""What method, objectives and pruning allow each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archsearch.config.objectives import OBJECTIVES
from archsearch.config.search_methods import SEARCHES, SearchMethod
from archsearch.config.study import SearchSettings, StudySettings
from archsearch.errors import InputError

__all__ = ["Conflict", "check_search", "search_conflicts"]


@dataclass(frozen=True)
class Conflict:
    """Two settings that don't go together; ``path`` is the one to blame."""

    path: tuple[str, ...]
    message: str
    help: str


def search_conflicts(
    search: SearchSettings, objectives: tuple[str, ...], prune: str
) -> Iterator[Conflict]:
    """Everything about a search that can't be, each once.

    Example:
        >>> found = search_conflicts(SearchSettings(), ("val.mse", "params"), "asha")
        >>> [conflict.message for conflict in found]
        ['`prune: asha` takes one objective, and there are 2']
    """
    method = search.described
    over = method.over
    if search.over is not None and search.over not in over:
        yield Conflict(
            ("search", "over"),
            f"`over: {search.over}` says nothing to method {search.method}",
            f"{search.method} takes {' or '.join(over)}"
            if over
            else f"leave `over` out, or use method {_or(one.name for one in _others(over=True))}",
        )
    twice = [name for name in dict.fromkeys(objectives) if objectives.count(name) > 1]
    if twice:
        yield Conflict(("objectives",), f"`{twice[0]}` is there twice", "name each once")
    most = method.most_objectives
    if most is not None and len(objectives) > most:
        takes = "one objective" if most == 1 else f"{most} objectives"
        yield Conflict(
            ("search", "method"),
            f"{method.name} takes {takes}, and there are {len(objectives)}",
            f"use method {_or(one.name for one in _others(over=False))}",
        )
    yield from _prune_conflicts(objectives, prune)


def _others(*, over: bool) -> Iterator[SearchMethod]:
    """Archsearch's own methods that take ``over``, or that adapt to any number of objectives."""
    for one in SEARCHES.builtin.values():
        if one.over if over else (one.adaptive and one.most_objectives is None):
            yield one


def _or(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _prune_conflicts(objectives: tuple[str, ...], prune: str) -> Iterator[Conflict]:
    if prune == "none":
        return
    if len(objectives) > 1:
        yield Conflict(
            ("prune",),
            f"`prune: {prune}` takes one objective, and there are {len(objectives)}",
            "leave `prune` out: with several objectives no epoch says which training is worse",
        )
    elif not OBJECTIVES[objectives[0]].each_epoch:
        told = " and ".join(name for name, one in OBJECTIVES.items() if one.each_epoch)
        yield Conflict(
            ("prune",),
            f"`prune: {prune}` can't judge a training by {objectives[0]}",
            f"epochs tell only {told}",
        )


def check_search(settings: StudySettings) -> None:
    """Refuse settings that don't go together.

    Raises:
        InputError: naming the first conflict.
    """
    for conflict in search_conflicts(settings.search, settings.objectives, settings.prune):
        raise InputError(conflict.message, help=conflict.help)
