"""Words that may have a number: ``activation: {leaky_relu: 0.2}``, ``norm: {group: 4}``."""

from __future__ import annotations

from dataclasses import dataclass

from archsearch.spec.kinds.fields import LARGEST, FieldValue, JsonSchema, Numbered, Raw, whole

__all__ = ["NumberOf", "WordOrNumbered", "number_of", "word_of"]


@dataclass(frozen=True, slots=True)
class NumberOf:
    """The number that a word may have.

    Attributes:
        word: the word.
        default: the number where the word stands alone.
        what: what the number is, for people.
        integer: whether it is a whole number from 1 on; otherwise it is above 0.
    """

    word: str
    default: float
    what: str
    integer: bool = False

    def read(self, raw: object) -> float | None:
        """The number, or None where ``raw`` is not allowed."""
        if isinstance(raw, bool) or not isinstance(raw, (int, float)):
            return None
        if self.integer:
            return whole(raw, 1)
        return float(raw) if 0 < raw <= LARGEST else None

    def schema(self) -> JsonSchema:
        """JSON Schema of the number."""
        if self.integer:
            return self._told({"type": "integer", "minimum": 1, "maximum": LARGEST})
        return self._told({"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST})

    def _told(self, schema: JsonSchema) -> JsonSchema:
        return {"description": f"{self.what[0].upper()}{self.what[1:]}.", **schema}


@dataclass(frozen=True, slots=True)
class WordOrNumbered:
    """One of a few words, some of which may have a number."""

    words: tuple[str, ...]
    numbers: tuple[NumberOf, ...]

    @property
    def numbered(self) -> tuple[str, ...]:
        """The words that may have a number."""
        return tuple(number.word for number in self.numbers)

    @property
    def expects(self) -> str:
        """What is allowed, for messages."""
        first = self.numbers[0]
        more = f"; with a number: {', '.join(self.numbered)}"
        shown = f"{first.default:g}" if first.integer else "0.2"
        return f"one of {', '.join(self.words)}{more}, as in {{{first.word}: {shown}}}"

    def read(self, raw: Raw) -> FieldValue | None:
        """The word, or the word with its number where that isn't the usual one."""
        if isinstance(raw, str) and raw in self.words:
            return raw
        if not isinstance(raw, Numbered):
            return None
        for number in self.numbers:
            if number.word == raw.word:
                value = number.read(raw.number)
                if value is None:
                    return None
                return raw.word if value == number.default else Numbered(raw.word, value)
        return None

    def schema(self) -> JsonSchema:
        """JSON Schema of the literal forms."""
        properties = {number.word: number.schema() for number in self.numbers}
        with_number = {
            "type": "object",
            "properties": properties,
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }
        return {"anyOf": [{"enum": list(self.words)}, with_number]}


def word_of(value: str | Numbered) -> str:
    """The word of a value, with or without a number.

    Example:
        >>> word_of("relu"), word_of(Numbered("leaky_relu", 0.2))
        ('relu', 'leaky_relu')
    """
    return value.word if isinstance(value, Numbered) else value


def number_of(value: str | Numbered, numbers: tuple[NumberOf, ...]) -> float | None:
    """The number of a value, the usual one where it has none; None for a word that takes none."""
    if isinstance(value, Numbered) and isinstance(value.number, (int, float)):
        return value.number
    return next((number.default for number in numbers if number.word == value), None)
