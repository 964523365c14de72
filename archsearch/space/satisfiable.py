"""Whether a space has any candidate at all, as far as that can be proved."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

from archsearch.config import StudyFile
from archsearch.config.checking import Exclusion
from archsearch.errors import InputError
from archsearch.space.candidates import SearchSpace
from archsearch.space.designs import nothing_feasible
from archsearch.space.points import Pool, collect, random_points

__all__ = ["exclusions", "require_satisfiable"]

PROVABLE = 4_000
"""Points that are gone through at most."""


def exclusions(study: StudyFile) -> tuple[Exclusion, ...]:
    """The rules that leave no candidate, the one that excludes most first.

    Nothing where there is a candidate, or where too many points would have to be looked at.
    """
    try:
        found = _proved_empty(SearchSpace.of(study.settings, study.model))
    except InputError:  # told by whoever looks at settings and names
        return ()
    return () if found is None else tuple(_exclusions(found))


def require_satisfiable(space: SearchSpace) -> None:
    """Pass if there may be a candidate.

    Raises:
        InputError: there is none; with the rules that exclude them, and examples.
    """
    found = _proved_empty(space)
    if found is not None:
        raise nothing_feasible(found)


def _proved_empty(space: SearchSpace) -> Pool | None:
    """All points and what excludes them, if nothing is left."""
    asked = _asked(space)
    if asked.size is None or asked.size > PROVABLE:
        return None
    pool = collect(asked, random_points(asked, 0, 0), wanted=1, limit=sys.maxsize)
    return pool if pool.exhausted and not pool.candidates else None


def _asked(space: SearchSpace) -> SearchSpace:
    """The space without the recipe, which no model depends on, unless some rule names it."""
    told = {name for each in space.constraints for name, _ in each.condition.names}
    told |= {name for text in _conditions(space) for name in space.domains if name in text}
    kept = {
        name: domain
        for name, domain in space.domains.items()
        if not name.startswith("train.") or name in told
    }
    return replace(space, domains=kept) if kept else space


def _conditions(space: SearchSpace) -> Iterator[str]:
    return (domain.when for domain in space.domains.values() if domain.when is not None)


def _exclusions(pool: Pool) -> Iterator[Exclusion]:
    for rule, count in sorted(pool.rejected.items(), key=lambda item: -item[1]):
        example = pool.examples[rule]
        point = ", ".join(f"{name}={value}" for name, value in example.values.items())
        yield Exclusion(rule, count, pool.tried, f"{point}: {example.detail}")
