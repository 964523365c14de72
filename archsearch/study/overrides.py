"""A study file with values given beside it, as on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from archsearch.config import (
    INPUT_CHANNELS,
    ChoiceDomain,
    Domain,
    Model,
    StudyFile,
    changed,
    changed_task,
    parse_assignment,
    split_assignments,
    value_problems,
)
from archsearch.config.overrides import is_setting
from archsearch.errors import InputError
from archsearch.space import Value, fixed_values
from archsearch.spec import Raw
from archsearch.spec.kinds.fields import Numbered

__all__ = ["following_pictures", "overridden"]

HEADS = ("data", "task", "train", "search", "budget")


def overridden(
    study: StudyFile,
    assignments: Iterable[str] = (),
    options: Mapping[str, Mapping[str, object]] | None = None,
) -> StudyFile:
    """The study with ``PATH=VALUE`` assignments, then options by head, put in.

    A path of the model becomes a domain with that one value, so that it is
    part of what the study is, and is recorded.

    Args:
        study: from ``config.load_study``.
        assignments: e.g. ``train.lr=1e-3``, ``search.trials=8``, ``encoder[0].conv.channels=16``.
        options: e.g. ``{"train": {"epochs": 3}}``; None values are left out.

    Raises:
        InputError: a path that leads nowhere, or a value that isn't allowed.
    """
    parsed = [parse_assignment(text) for text in assignments]
    settings, model_values = split_assignments(parsed)
    for head in ("search", "budget"):
        of_head = {p: v for p, v in model_values.items() if p.startswith(f"{head}.")}
        settings[head] = {path.partition(".")[2]: value for path, value in of_head.items()}
        model_values = {p: v for p, v in model_values.items() if p not in of_head}
    update: dict[str, object] = {}
    for head in HEADS:
        given = {k: v for k, v in ((options or {}).get(head) or {}).items() if v is not None}
        changes = {**settings.get(head, {}), **given}
        if head == "train" and "seed" in changes:
            raise InputError(
                "train.seed has no meaning in a study", help="seeds are 0 … search.seeds−1"
            )
        if changes and head == "task":
            update[head] = changed_task(study.settings.task, changes)
        elif changes:
            update[head] = changed(getattr(study.settings, head), head, changes)
    if model_values:
        update["space"] = _fixed(study.settings.space, study.model, model_values)
    return replace(study, settings=study.settings.model_copy(update=update))


def following_pictures(study: StudyFile) -> StudyFile:
    """The study with its net's ``auto`` channels fixed at 1 where its pictures are gray."""
    from archsearch.data import is_gray

    settings, base = study.settings, study.path.parent
    follows = study.model.follows_pictures(settings.task, fixed_values(settings.space))
    if not (follows and is_gray(settings.data, base=base)):
        return study
    space = _fixed(settings.space, study.model, {INPUT_CHANNELS: 1})
    return replace(study, settings=settings.model_copy(update={"space": space}))


def _fixed(
    space: Mapping[str, Domain], model: Model, values: Mapping[str, Raw]
) -> dict[str, Domain]:
    """The space with some names held at one value, however their paths are written."""
    searched = {key: name for name in space for key in _keys(model, name)}
    fixed: dict[str, Domain] = {}
    for path, value in values.items():
        (key,) = model.canonical({path: value})
        fixed[searched.get(key, path)] = ChoiceDomain(choices=(_choice(path, value),))
    for problem in value_problems(model, {**space, **fixed}, names=fixed):
        raise InputError(problem.message, help=problem.help)
    return {**space, **fixed}


def _keys(model: Model, name: str) -> tuple[str, ...]:
    return () if is_setting(name) else tuple(model.canonical({name: 0}))


def _choice(path: str, value: Raw) -> Value:
    if isinstance(value, tuple) and len(value) == 2:
        height, width = value
        if isinstance(height, int) and isinstance(width, int):
            return (height, width)
    if value is None or isinstance(value, (tuple, Numbered)):
        raise InputError(
            f"{path}: {value} is neither a scalar nor a pair", help="write [height, width]"
        )
    return value
