"""Tasks as files, stored settings and options write them.

A study file writes ``task: denoise`` or ``task: {denoise: {sigma: 0.1}}``, and so
do stored settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, SerializeAsAny, TypeAdapter, ValidationError

from archsearch.config.named_settings import NamedForms
from archsearch.config.tasks.catalogue import DEFAULT_TASK, TASKS
from archsearch.config.tasks.kind import TaskKind
from archsearch.config.tasks.settings import TaskSettings
from archsearch.config.validation import reason, strict_value
from archsearch.errors import InputError
from archsearch.spec.text.nearest import did_you_mean

__all__ = ["AnyTask", "changed_task", "kind_of", "options_of", "read_task"]


def _stored(value: object) -> object:
    """``{name: denoise}`` is how earlier versions stored a task."""
    return value["name"] if isinstance(value, dict) and value.keys() == {"name"} else value


_FORMS = NamedForms(
    noun="task",
    example="{denoise: {sigma: 0.1}}",
    forms=lambda: {name: kind.settings for name, kind in TASKS.items()},
)

AnyTask = Annotated[SerializeAsAny[TaskSettings], _FORMS, BeforeValidator(_stored)]
"""The settings of one task, read from any of the forms in which it may be written."""


@cache
def _reader() -> TypeAdapter[AnyTask]:
    return TypeAdapter(AnyTask)


def kind_of(task: str | TaskSettings) -> TaskKind:
    """The descriptor of a task, by its name or its settings.

    Raises:
        InputError: no such task.

    Example:
        >>> kind_of("colorize").pictures
        'RGB'
    """
    name = task if isinstance(task, str) else task.name
    if name not in TASKS:
        raise InputError(f"there is no task `{name}`", help=did_you_mean(name, TASKS))
    return TASKS[name]


def options_of(name: str) -> tuple[str, ...]:
    """The options that a task has.

    Raises:
        InputError: no such task.

    Example:
        >>> options_of("denoise"), options_of("reconstruct")
        (('sigma',), ())
    """
    return kind_of(name).options


def read_task(written: object) -> AnyTask:
    """The task that ``written`` means: a name, ``{name: options}``, or settings already.

    Raises:
        InputError: no such task, no such option, or a value that isn't allowed.

    Example:
        >>> read_task({"denoise": {"sigma": 0.2}})
        Denoise(name='denoise', sigma=0.2)
        >>> read_task("denoise").model_dump()
        {'denoise': {'sigma': 0.1}}
    """
    if isinstance(written, TaskSettings):
        return written
    if written == DEFAULT_TASK.name:
        return DEFAULT_TASK  # what most commands ask for needs no validator
    try:
        return _reader().validate_python(written)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        if detail["type"] == "unknown_word":
            raise InputError(detail["msg"], help=reason(detail)) from error
        if not detail["loc"]:
            raise InputError(f"`task` = {written!r} is not allowed", help=reason(detail)) from error
        name, *place = (str(part) for part in detail["loc"])
        path = "task." + ".".join(place)
        if detail["type"] == "extra_forbidden":
            raise InputError(
                f"{name} has no option `{path}`", help=did_you_mean(place[-1], options_of(name))
            ) from error
        raise InputError(
            f"`{path}` = {detail['input']!r} is not allowed", help=reason(detail)
        ) from error


def changed_task(task: TaskSettings, changes: Mapping[str, object]) -> AnyTask:
    """``task`` with other options, or another task if ``changes`` has its name.

    Another task begins with its own defaults.

    Raises:
        InputError: no such task or option, or a value that isn't allowed.

    Example:
        >>> from archsearch.config import Denoise
        >>> changed_task(Denoise(), {"sigma": 0.2})
        Denoise(name='denoise', sigma=0.2)
        >>> changed_task(Denoise(sigma=0.2), {"name": "inpaint"})
        Inpaint(name='inpaint', size=12)
    """
    name = changes.get("name", task.name)
    kept = dict(task) if name == task.name else {}
    options = {**kept, **{key: strict_value(value) for key, value in changes.items()}}
    options.pop("name", None)
    return read_task({name: options})
