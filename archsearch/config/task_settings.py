"""What the net is fed and what it should give back: each task with its options.

A study file writes ``task: denoise`` or ``task: {denoise: {sigma: 0.1}}``, and so
do stored settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    ValidationError,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from archsearch.config.base import Settings
from archsearch.config.chroma_bins import BINS_PER_AXIS, LARGEST_BINS_PER_AXIS
from archsearch.config.validation import reason
from archsearch.errors import InputError
from archsearch.spec.text.nearest import did_you_mean

__all__ = [
    "COLOR_TASKS",
    "TASKS",
    "TASK_NAMES",
    "AnyTask",
    "Colorize",
    "ColorizeBins",
    "ColorizeChroma",
    "Denoise",
    "Inpaint",
    "Reconstruct",
    "TaskName",
    "TaskSettings",
    "changed_task",
    "options_of",
    "read_task",
]

TaskName = Literal[
    "reconstruct", "denoise", "inpaint", "colorize", "colorize-chroma", "colorize-bins"
]


class TaskSettings(Settings):
    """Base of every task's settings: its name, and its options as fields."""

    name: TaskName

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> str | dict[str, object]:
        """As a study file has it: the name, with options under it where there are any."""
        options = {key: value for key, value in handler(self).items() if key != "name"}
        return {self.name: options} if options else self.name


class Reconstruct(TaskSettings):
    """The picture itself."""

    name: Literal["reconstruct"] = "reconstruct"


class Denoise(TaskSettings):
    """The picture, from itself with Gaussian noise."""

    name: Literal["denoise"] = "denoise"
    sigma: Annotated[
        float,
        Field(ge=0, le=10, description="Standard deviation of the noise; pictures are in [0, 1]."),
    ] = 0.1


class Inpaint(TaskSettings):
    """The picture, from itself with a square set to 0."""

    name: Literal["inpaint"] = "inpaint"
    size: Annotated[
        int, Field(ge=1, le=4096, description="Side of the masked square, in pixels.")
    ] = 12


class Colorize(TaskSettings):
    """RGB, from the picture's luminance."""

    name: Literal["colorize"] = "colorize"
    keep_luminance: Annotated[
        bool, Field(description="The exact luminance replaces the predicted one.")
    ] = False


class ColorizeChroma(TaskSettings):
    """Cb and Cr, from the luminance, which is then merged in exactly."""

    name: Literal["colorize-chroma"] = "colorize-chroma"


class ColorizeBins(TaskSettings):
    """Classes of quantized chroma, from the luminance, which is then merged in exactly."""

    name: Literal["colorize-bins"] = "colorize-bins"
    grid: Annotated[
        int,
        Field(
            ge=2,
            le=LARGEST_BINS_PER_AXIS,
            description="Cells on each axis of the chroma plane; 10 give 93 classes.",
        ),
    ] = BINS_PER_AXIS
    rebalance: Annotated[
        float,
        Field(
            ge=0,
            le=0.99,
            description="How much more rare colors weigh in the loss: 0 not at all, 0.5 as in "
            "Zhang et al. (1 − λ), near 1 as much as common colors.",
        ),
    ] = 0.5
    temperature: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description="Temperature of the annealed mean: near 0 the likeliest class, 1 the mean.",
        ),
    ] = 0.38


TASKS: Mapping[TaskName, type[TaskSettings]] = {
    "reconstruct": Reconstruct,
    "denoise": Denoise,
    "inpaint": Inpaint,
    "colorize": Colorize,
    "colorize-chroma": ColorizeChroma,
    "colorize-bins": ColorizeBins,
}
TASK_NAMES: tuple[TaskName, ...] = tuple(TASKS)
COLOR_TASKS: tuple[TaskName, ...] = ("colorize", "colorize-chroma", "colorize-bins")
"""Tasks that see the luminance alone; their errors compare with each other."""


_EXAMPLE = "for example {denoise: {sigma: 0.1}}"


def _tagged(value: object) -> object:
    """Any written form as ``{name: …, option: …}``."""
    if isinstance(value, TaskSettings):
        return value
    tagged = {"name": value} if isinstance(value, str) else value
    if not isinstance(tagged, dict):
        raise ValueError(f"write a task's name, with its options under it, {_EXAMPLE}")
    if tagged.keys() != {"name"}:  # {name: denoise} is how earlier versions stored it
        if len(tagged) != 1:
            raise ValueError(f"write one task, with its options under it, {_EXAMPLE}")
        ((name, options),) = tagged.items()
        if not isinstance(options, dict) or "name" in options:
            raise ValueError(f"write the options by name, {_EXAMPLE}")
        tagged = {"name": name, **options}
    name = tagged["name"]
    if name not in TASK_NAMES:
        told = {"word": str(name), "known": list(TASK_NAMES)}
        raise PydanticCustomError("unknown_word", "there is no task `{word}`", told)
    return tagged


AnyTask = Annotated[
    Annotated[
        Reconstruct | Denoise | Inpaint | Colorize | ColorizeChroma | ColorizeBins,
        Field(discriminator="name"),
    ],
    BeforeValidator(_tagged),
]
"""The settings of one task, read from any of the forms in which it may be written."""

_READER: TypeAdapter[AnyTask] = TypeAdapter(AnyTask)


def options_of(name: str) -> tuple[str, ...]:
    """The options that a task has.

    Raises:
        InputError: no such task.

    Example:
        >>> options_of("denoise"), options_of("reconstruct")
        (('sigma',), ())
    """
    if name not in TASKS:
        raise InputError(f"there is no task `{name}`", help=did_you_mean(name, TASK_NAMES))
    fields = next(form for known, form in TASKS.items() if known == name).model_fields
    return tuple(field for field in fields if field != "name")


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
    try:
        return _READER.validate_python(written)
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
        >>> changed_task(Denoise(), {"sigma": 0.2})
        Denoise(name='denoise', sigma=0.2)
        >>> changed_task(Denoise(sigma=0.2), {"name": "inpaint"})
        Inpaint(name='inpaint', size=12)
    """
    name = changes.get("name", task.name)
    kept = dict(task) if name == task.name else {}
    whole = {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in changes.items()
    }
    options = {key: value for key, value in {**kept, **whole}.items() if key != "name"}
    return read_task({name: options})
