"""``task`` and its options in a study's ``space``: only where errors stay comparable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from archsearch.config.option_space import option_problems
from archsearch.config.space_problem import SpaceProblem
from archsearch.config.study import Domain, extremes
from archsearch.config.tasks.catalogue import TASKS
from archsearch.config.tasks.reading import AnyTask, changed_task, options_of, read_task
from archsearch.spec import Raw
from archsearch.spec.text.nearest import did_you_mean

__all__ = ["task_space_problems"]


def task_space_problems(task: AnyTask, space: Mapping[str, Domain]) -> Iterator[SpaceProblem]:
    """Everything about searched tasks and options that can't be.

    Example:
        >>> from archsearch.config import Denoise, FloatDomain
        >>> domain = FloatDomain(low=0.0, high=0.5)
        >>> [p.message for p in task_space_problems(Denoise(), {"task.sigma": domain})]
        ["`task.sigma` can't be searched over"]
    """
    names: tuple[str, ...] = (task.name,)
    if "task" in space:
        found = list(_task_problems(task, space["task"]))
        yield from found
        if found:
            return
        names = _names(space["task"])
    for name, domain in space.items():
        if name.startswith("task."):
            yield from _option_problems(name, domain, names)


def _names(domain: Domain) -> tuple[str, ...]:
    return tuple(map(str, extremes(domain)))


def _task_problems(task: AnyTask, domain: Domain) -> Iterator[SpaceProblem]:
    names = _names(domain)
    for index, name in enumerate(names):
        if name not in TASKS:
            help = did_you_mean(name, _comparable())
            yield SpaceProblem(
                "task", "value-not-allowed", f"there is no task `{name}`", help, index
            )
            return
    asked = next((TASKS[name].asks for name in names if TASKS[name].asks), "")
    apart = [i for i, name in enumerate(names) if not asked or TASKS[name].asks != asked]
    if apart and len(names) > 1:
        yield SpaceProblem(
            "task",
            "value-not-allowed",
            f"`{names[apart[0]]}` can't be searched over beside other tasks: "
            "it has another target, so its errors can't be compared",
            f"search over {', '.join(_comparable(asked))}, or make a study of each task",
            apart[0],
        )
    elif domain.when is not None:
        yield SpaceProblem(
            "task", "bad-path", "`task` can't have a `when`", "leave it out: every net has a task"
        )
    elif task.name not in names:
        yield SpaceProblem(
            "task",
            "value-not-allowed",
            f"the study's own task, `{task.name}`, isn't among those searched over",
            f"write `task: {names[0]}` beside `space`",
        )


def _comparable(asked: str = "") -> list[str]:
    """Tasks that ask ``asked`` of nets; without it all that share with another what they ask."""
    asks = {name: kind.asks for name, kind in TASKS.items()}
    shared = {asked} if asked else {one for one in asks.values() if one}
    return [name for name, one in asks.items() if one in shared]


def _option_problems(path: str, domain: Domain, names: tuple[str, ...]) -> Iterator[SpaceProblem]:
    option = path.removeprefix("task.")
    having = [name for name in names if option in options_of(name)]
    if any(option in TASKS[name].changes_input for name in having):
        yield SpaceProblem(
            path,
            "bad-path",
            f"`{path}` can't be searched over",
            "it changes the input, and errors on different inputs can't be compared: set it "
            "outside `space`, or make one study for each value",
        )
        return
    searchable = {
        name: [other for other in options_of(name) if other not in TASKS[name].changes_input]
        for name in names
    }
    yield from option_problems("task", option, domain, searchable, partial(_with_option, option))


def _with_option(option: str, task: str, value: Raw) -> AnyTask:
    return changed_task(read_task(task), {option: value})
