"""Settings that have several forms, each written under its name: ``denoise: {sigma: 0.1}``.

A file writes the name alone, or the name with options under it; so do stored settings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args

from pydantic import (
    BaseModel,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from archsearch.config.base import Settings

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = [
    "NamedForms",
    "NamedSettings",
    "by_path",
    "forms_of",
    "inner_settings",
    "named_settings_schema",
]


class NamedSettings(Settings):
    """Base of one form: its name, and its options as fields.

    A subclass sets ``name: Literal["denoise"] = "denoise"``. Its docstring is what schemas say
    of the form, its fields' descriptions what they say of the options.
    """

    leaves_out_defaults: ClassVar[bool] = False
    """Whether options at their defaults aren't written."""

    before: ClassVar[Mapping[str, object]] = {}
    """Options whose defaults have changed, each with what stored settings that lack it mean."""

    name: str

    @classmethod
    def option_names(cls) -> tuple[str, ...]:
        """The names of its options."""
        return tuple(name for name in cls.model_fields if name != "name")

    def __str__(self) -> str:
        """As files have it in one line."""
        written: object = self.model_dump()
        return json.dumps(written).replace('"', "")

    def as_begun(self, begun: NamedSettings) -> Self:
        """With the earlier defaults of what was begun with them, where nothing else is said."""
        if type(begun) is not type(self):
            return self
        kept = self.before.keys() - self.model_fields_set
        return self.model_copy(update={name: getattr(begun, name) for name in kept})

    @model_validator(mode="after")
    def _lacking(self, info: ValidationInfo) -> Self:
        """Stored settings that lack an option mean its default of then."""
        lacking = self.before.keys() - self.model_fields_set
        if info.mode != "json" or not lacking:
            return self
        return self.model_copy(update={name: self.before[name] for name in lacking})

    @model_serializer(mode="wrap")
    def _as_written(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> str | dict[str, object]:
        """As a file has it: the name, with options under it where there are any."""
        options = {key: value for key, value in handler(self).items() if key != "name"}
        if self.leaves_out_defaults:
            defaults = {key: field.default for key, field in type(self).model_fields.items()}
            if info.mode == "json":  # to be stored
                defaults |= self.before
            options = {k: v for k, v in options.items() if getattr(self, k) != defaults[k]}
        return {self.name: options} if options else self.name


@dataclass(frozen=True)
class NamedForms:
    """Metadata of a field of :class:`NamedSettings`: reads every way of writing one.

    Attributes:
        noun: what a form is, as in ``there is no task …``.
        example: of a form with options, as files have it.
        forms: the forms that there are now, by name.
        left_out: names that people may expect, with why they aren't there.
    """

    noun: str
    example: str
    forms: Callable[[], Mapping[str, type[NamedSettings]]]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> type[NamedSettings] | None:
        """The settings of one form, or None."""
        forms = self.forms()
        return forms.get(name)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read the written form before the field's own type checks what came of it."""
        return core_schema.with_info_before_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """All ways of writing one."""
        return named_settings_schema(self.forms())

    def _read(self, value: object, info: ValidationInfo) -> NamedSettings:
        if isinstance(value, NamedSettings):
            return value
        name, options = self._named(value)
        form = self.find(name) if isinstance(name, str) else None
        if form is None:
            told = {"word": str(name), "known": list(self.forms())}
            why = self.left_out.get(str(name).lower(), "")
            raise PydanticCustomError(
                "unknown_word", f"there is no {self.noun} `{{word}}`", {**told, "why": why}
            )
        try:
            if info.mode == "json":  # where a list may stand for a tuple
                return form.model_validate_json(json.dumps(options))
            return form.model_validate(options)
        except ValidationError as error:
            raise _under(name, error) from error

    def _named(self, value: object) -> tuple[str, Mapping[str, object]]:
        """A form's name and its options."""
        if isinstance(value, str):
            return value, {}
        example, noun = f"for example {self.example}", self.noun
        if not isinstance(value, dict):
            raise ValueError(f"write the name of the {noun}, with its options under it, {example}")
        if len(value) != 1 and (told := self._with_type(value)):
            raise ValueError(told)
        if len(value) != 1:
            raise ValueError(f"write one {noun}, with its options under it, {example}")
        ((name, options),) = value.items()
        if not isinstance(options, dict) or "name" in options:
            raise ValueError(f"write the options by name, {example}")
        return name, options

    def _with_type(self, value: Mapping[object, object]) -> str:
        """What to write for ``{type: Adam, lr: 0.001}``; "" where no name of a form is there."""
        forms = {name.lower(): name for name in self.forms()}
        given = [value[key] for key in ("type", "name") if isinstance(value.get(key), str)]
        name = forms.get(str(given[0]).lower()) if given else None
        if name is None:
            return ""
        known = self.forms()[name].option_names()
        own = {key: each for key, each in value.items() if key in known}
        others = [str(key) for key in value if key not in (*known, "type", "name")]
        inside = ", ".join(f"{key}: {each}" for key, each in own.items())
        written = f"{{{name}: {{{inside}}}}}" if own else name
        beside = f"; {' and '.join(others)} stand beside it, under `train:`" if others else ""
        return f"write `{self.noun}: {written}`{beside}"


def forms_of(owner: type[BaseModel], name: str) -> NamedForms | None:
    """The forms that a field of ``owner`` may have; None where it has no such forms."""
    marks = owner.model_fields[name].metadata if name in owner.model_fields else ()
    return next((mark for mark in marks if isinstance(mark, NamedForms)), None)


def inner_settings(owner: type[BaseModel], name: str) -> type[Settings] | None:
    """The settings that a field of ``owner`` holds, be they optional or of several forms."""
    field = owner.model_fields.get(name)
    kinds = () if field is None else (field.annotation, *get_args(field.annotation))
    found = (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Settings))
    return next(found, None)


def by_path(settings: BaseModel) -> Iterator[tuple[str, object]]:
    """Every setting by its path; of one that has forms, the form's name, then its options.

    Example:
        >>> from archsearch.config import TrainSettings
        >>> told = dict(by_path(TrainSettings(optimizer={"sgd": {"momentum": 0.8}})))
        >>> told["optimizer"], told["optimizer.momentum"]
        ('sgd', 0.8)
    """
    for name, value in settings:
        if isinstance(value, NamedSettings):
            yield name, value.name
        if isinstance(value, Settings):
            inner = ((option, each) for option, each in by_path(value) if option != "name")
            yield from ((f"{name}.{option}", each) for option, each in inner)
        else:
            yield name, value


def named_settings_schema(forms: Mapping[str, type[NamedSettings]]) -> dict[str, Any]:
    """The JSON Schema of a field that has one of these forms: ``denoise``, or with options."""
    whole = {
        "type": "object",
        "properties": {name: _options_schema(form) for name, form in forms.items()},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {"anyOf": [{"enum": list(forms)}, whole]}


def _options_schema(form: type[NamedSettings]) -> dict[str, Any]:
    own = form.model_json_schema()
    own["properties"] = {key: part for key, part in own["properties"].items() if key != "name"}
    return own


def _under(name: str, error: ValidationError) -> ValidationError:
    """The same complaints, each at its place under the form's name."""
    return ValidationError.from_exception_data(error.title, list(_placed(name, error)))


def _placed(name: str, error: ValidationError) -> Iterator[InitErrorDetails]:
    for one in error.errors(include_url=False):
        kind = PydanticCustomError(one["type"], one["msg"], one.get("ctx"))
        yield InitErrorDetails(type=kind, loc=(name, *one["loc"]), input=one["input"])
