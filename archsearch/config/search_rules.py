"""What method, objectives and pruning allow each other."""

from __future__ import annotations

from collections.abc import Iterator

from archsearch.config.conflict import Conflict
from archsearch.config.quantities import OBJECTIVES, planned
from archsearch.config.study import SearchSettings, StudySettings
from archsearch.errors import InputError

__all__ = ["DESIGNS", "check_search", "search_conflicts"]

DESIGNS = frozenset({"random", "sobol", "grid", "stratified", "matched"})
"""Methods that draw all candidates before any training; the others adapt to results."""

_OVER = {
    "stratified": tuple(each.name for each in planned("spread")),
    "matched": ("latent.shape", "latent.size"),
}


def search_conflicts(
    search: SearchSettings, objectives: tuple[str, ...], prune: str
) -> Iterator[Conflict]:
    """Everything about a search that can't be, each once.

    Example:
        >>> found = search_conflicts(SearchSettings(), ("val.mse", "params"), "asha")
        >>> [conflict.message for conflict in found]
        ['`prune: asha` needs a single objective, and there are 2']
    """
    over = _OVER.get(search.method, ())
    if search.over is not None and search.over not in over:
        yield Conflict(
            ("search", "over"),
            f"method {search.method} doesn't use `over: {search.over}`",
            f"{search.method} takes {' or '.join(over)}"
            if over
            else "leave `over` out, or use method stratified or matched",
        )
    twice = [name for name in dict.fromkeys(objectives) if objectives.count(name) > 1]
    if twice:
        yield Conflict(("objectives",), f"`{twice[0]}` appears twice", "name each objective once")
    if search.method == "cmaes" and len(objectives) > 1:
        yield Conflict(
            ("search", "method"),
            f"cmaes needs a single objective, and there are {len(objectives)}",
            "use method nsga2, gp or tpe",
        )
    yield from _prune_conflicts(objectives, prune)


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
