"""What a layer's field may contain: types that read a value and describe it.

One object serves the parser (``read``), the messages (``expects``) and the
JSON Schema (``schema``), so that they can't disagree. A type that takes a list of lists has
``nested``, one that takes a word with a number ``numbered``: those words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from archsearch.spec.shape import Pair

__all__ = [
    "ABSENT",
    "LARGEST",
    "REQUIRED",
    "Atom",
    "ChannelCount",
    "Field",
    "FieldType",
    "FieldValue",
    "Flag",
    "Groups",
    "JsonSchema",
    "Numbered",
    "PerAxis",
    "Probability",
    "Raw",
    "Role",
    "SameAs",
    "Sizes",
    "Whole",
    "Word",
    "options",
    "whole",
]

Atom = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class Numbered:
    """A word with a number (or another word): ``{leaky_relu: 0.2}``, ``{to: input}``."""

    word: str
    number: Atom

    def __str__(self) -> str:
        return f"{{{self.word}: {self.number}}}"


Raw = Atom | tuple[Atom | tuple[Atom, ...], ...] | Numbered
"""A value after expressions are evaluated, before a field has read it."""

FieldValue = bool | int | float | str | Pair | tuple[int, ...] | Numbered
JsonSchema = Mapping[str, object]

LARGEST = 65_536
"""Upper bound of every whole number in a layer; far above any real net's."""


class FieldType(Protocol):
    """How a field's value is read, named and described."""

    @property
    def expects(self) -> str:
        """What is allowed, for messages: ``a whole number ≥ 1``."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words allowed, for suggestions."""

    def read(self, raw: Raw) -> FieldValue | None:
        """The value, or None where ``raw`` is not allowed."""

    def schema(self) -> JsonSchema:
        """JSON Schema of the literal forms."""


class _NoDefault:
    """Stands where a default would."""


REQUIRED = _NoDefault()
"""A layer must give the field."""

ABSENT = _NoDefault()
"""The field is simply not there unless a layer gives it."""


@dataclass(frozen=True, slots=True)
class SameAs:
    """A default that is another field's value."""

    field: str


Role = Literal["channels", "factor", "window", "elements", "shape", "other"]
"""What a field decides of the output's shape: its channels; by which factor height and width
change; more of height and width; the length of a vector; the whole shape; nothing."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a layer kind.

    Attributes:
        name: the key in the file.
        type: how its value is read and described.
        default: its value where a layer has none.
        doc: what it means, in a sentence.
        role: what it decides of the output's shape. After a mistake in it, nothing is
            concluded from that part of the shape.
    """

    name: str
    type: FieldType
    default: FieldValue | SameAs | _NoDefault
    doc: str
    role: Role = "other"

    @property
    def required(self) -> bool:
        """Whether a layer must give it (or ``defaults`` for it)."""
        return self.default is REQUIRED


def whole(raw: Raw, low: int) -> int | None:
    """A whole number from ``low`` on, or None; a float that is whole counts."""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) <= LARGEST:
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    return raw if low <= raw <= LARGEST else None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``low`` on."""

    low: int
    words: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        return f"a whole number from {self.low} to {LARGEST}"

    def read(self, raw: Raw) -> FieldValue | None:
        return whole(raw, self.low)

    def schema(self) -> JsonSchema:
        return {"type": "integer", "minimum": self.low, "maximum": LARGEST}


@dataclass(frozen=True, slots=True)
class PerAxis:
    """One whole number for both axes, or ``[height, width]``."""

    low: int
    words: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        return f"a whole number ≥ {self.low}, or [height, width]"

    def read(self, raw: Raw) -> FieldValue | None:
        if isinstance(raw, tuple):
            parts = [whole(part, self.low) for part in raw]
            if len(parts) != 2 or parts[0] is None or parts[1] is None:
                return None
            return Pair(parts[0], parts[1])
        both = whole(raw, self.low)
        return None if both is None else Pair(both, both)

    def schema(self) -> JsonSchema:
        one = Whole(self.low).schema()
        pair = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
        return {"anyOf": [one, pair]}


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """A number of channels, or ``auto``."""

    words: tuple[str, ...] = ("auto",)
    expects: str = f"a whole number from 1 to {LARGEST}, or auto"

    def read(self, raw: Raw) -> FieldValue | None:
        return raw if raw == "auto" and isinstance(raw, str) else whole(raw, 1)

    def schema(self) -> JsonSchema:
        return {"anyOf": [Whole(1).schema(), {"const": "auto"}]}


@dataclass(frozen=True, slots=True)
class Groups:
    """A number of groups, or (where allowed) ``depthwise``: one per input channel."""

    words: tuple[str, ...] = ("depthwise",)

    @property
    def expects(self) -> str:
        return ", or ".join(["a whole number ≥ 1", *self.words])

    def read(self, raw: Raw) -> FieldValue | None:
        return raw if isinstance(raw, str) and raw in self.words else whole(raw, 1)

    def schema(self) -> JsonSchema:
        words = [{"enum": list(self.words)}] if self.words else []
        return {"anyOf": [Whole(1).schema(), *words]}


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    words: tuple[str, ...] = ("true", "false")
    expects: str = "true or false"

    def read(self, raw: Raw) -> FieldValue | None:
        return raw if isinstance(raw, bool) else None

    def schema(self) -> JsonSchema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def expects(self) -> str:
        return "one of " + ", ".join(self.words)

    def read(self, raw: Raw) -> FieldValue | None:
        return raw if isinstance(raw, str) and raw in self.words else None

    def schema(self) -> JsonSchema:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Sizes:
    """A list of so many whole numbers, each at least 1."""

    count: int
    words: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        return f"a list of {self.count} whole numbers ≥ 1"

    def read(self, raw: Raw) -> FieldValue | None:
        if not isinstance(raw, tuple) or len(raw) != self.count:
            return None
        parts = [whole(part, 1) for part in raw]
        return tuple(part for part in parts if part is not None) if None not in parts else None

    def schema(self) -> JsonSchema:
        one = Whole(1).schema()
        return {"type": "array", "items": one, "minItems": self.count, "maxItems": self.count}


@dataclass(frozen=True, slots=True)
class Probability:
    """A number from 0 on, below 1."""

    words: tuple[str, ...] = ()
    expects: str = "a number from 0 on, below 1"

    def read(self, raw: Raw) -> FieldValue | None:
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            return None
        return float(raw) if 0 <= raw < 1 else None

    def schema(self) -> JsonSchema:
        return {"type": "number", "minimum": 0, "exclusiveMaximum": 1}


def options(schema: JsonSchema) -> list[object]:
    """The forms that a schema offers: those of ``anyOf``, or the schema itself."""
    found = schema.get("anyOf")
    return list(found) if isinstance(found, list) else [schema]
