"""What method, objectives and pruning allow each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archsearch.config.conflict import Conflict
from archsearch.config.quantities import OBJECTIVES
from archsearch.config.search_methods import SEARCHES, SearchMethod
from archsearch.config.study import SearchSettings, StudySettings
from archsearch.errors import InputError

__all__ = ["check_search", "search_conflicts"]


def search_conflicts(
    search: SearchSettings, objectives: tuple[str, ...], prune: str
) -> Iterator[Conflict]:
    """Everything about a search that can't be, each once.

    Example:
        >>> found = search_conflicts(SearchSettings(), ("val.mse", "params"), "asha")
        >>> [conflict.message for conflict in found]
        ['`prune: asha` needs a single objective, and there are 2']
    """
    method = search.described
    over = method.over
    if search.over is not None and search.over not in over:
        yield Conflict(
            ("search", "over"),
            f"method {search.method} doesn't use `over: {search.over}`",
            f"{search.method} takes {' or '.join(over)}"
            if over
            else f"leave `over` out, or use method {_or(one.name for one in _others(over=True))}",
        )
    twice = [name for name in dict.fromkeys(objectives) if objectives.count(name) > 1]
    if twice:
        yield Conflict(("objectives",), f"`{twice[0]}` appears twice", "name each objective once")
    most = method.most_objectives
    if most is not None and len(objectives) > most:
        needs = "a single objective" if most == 1 else f"at most {most} objectives"
        yield Conflict(
            ("search", "method"),
            f"{method.name} needs {needs}, and there are {len(objectives)}",
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
            f"`prune: {prune}` needs a single objective, and there are {len(objectives)}",
            "leave `prune` out: with several objectives, unfinished trainings can't be ranked",
        )
    elif not OBJECTIVES[objectives[0]].each_epoch:
        told = " and ".join(name for name, one in OBJECTIVES.items() if one.each_epoch)
        yield Conflict(
            ("prune",),
            f"`prune: {prune}` can't judge a training by {objectives[0]}",
            f"epochs tell only {told}",
        )


def check_search(settings: StudySettings) -> None:
    """Refuse settings that can't be combined.

    Raises:
        InputError: naming the first conflict.
    """
    for conflict in search_conflicts(settings.search, settings.objectives, settings.prune):
        raise InputError(conflict.message, help=conflict.help)
