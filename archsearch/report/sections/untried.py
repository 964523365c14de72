"""Levels of choices that a study allows, and that no net was trained with."""

from __future__ import annotations

from archsearch.records import StudyRecord, TrialRecord
from archsearch.report.statistics.factors import label_of

__all__ = ["never_drawn"]


def never_drawn(study: StudyRecord) -> dict[str, list[str]]:
    """For each searched name with ``choices``, the levels that were never trained.

    A training that failed, was pruned or still runs has tried its levels too, and a
    duplicate those of its copy.
    """
    drawn = [trial.values for trial in study.trials if _tried(trial)]
    space = study.settings.get("space")
    found = {}
    for name, domain in space.items() if isinstance(space, dict) else ():
        levels = domain.get("choices") if isinstance(domain, dict) else domain
        if not isinstance(levels, list | tuple):
            continue
        seen = {label_of(values[name]) for values in drawn if name in values}
        told = [label_of(_plain(level)) for level in levels]
        missing = [level for level in dict.fromkeys(told) if level not in seen]
        if missing:
            found[str(name)] = missing
    return found


def _tried(trial: TrialRecord) -> bool:
    """Whether a training of it began, with or without a result."""
    return (
        trial.state in ("failed", "pruned", "running")
        or bool(trial.results)
        or trial.duplicate_of is not None
    )


def _plain(level: object) -> bool | int | float | str | tuple[int, int] | None:
    if isinstance(level, list | tuple) and len(level) == 2:
        return (int(level[0]), int(level[1]))
    return level if isinstance(level, bool | int | float | str) else str(level)
