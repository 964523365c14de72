"""Borders: how much is added to, or cropped from, each side of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from archsearch.spec.kinds.fields import (
    FieldValue,
    JsonSchema,
    Numbered,
    PerAxis,
    Raw,
    Whole,
    options,
    whole,
)
from archsearch.spec.shape import Pads, Pair

__all__ = ["PICTURE", "PaddingAmount", "PoolKernel", "Sides", "pads_of", "sides_of"]

PICTURE = Numbered("to", "input")
"""``{to: input}``: as much as leads to the picture's size."""

_EACH = "[[top, bottom], [left, right]]"


def sides_of(raw: Raw) -> FieldValue | None:
    """A number, ``[height, width]`` or ``[[top, bottom], [left, right]]``; None for anything else.

    Example:
        >>> sides_of(1), sides_of(((0, 1), (2, 2))), sides_of(((1, 1), (2, 2)))
        (Pair(height=1, width=1), Pads(top=0, bottom=1, left=2, right=2), Pair(height=1, width=2))
    """
    if not isinstance(raw, tuple) or not any(isinstance(part, tuple) for part in raw):
        return PerAxis(0).read(raw)
    axes = [part for part in raw if isinstance(part, tuple) and len(part) == 2]
    sides = [whole(side, 0) for axis in axes for side in axis]
    if len(raw) != 2 or len(axes) != 2:
        return None
    known = [side for side in sides if side is not None]
    if len(known) != 4:
        return None
    pads = Pads(*known)
    return Pair(pads.top, pads.left) if pads.symmetric else pads


def pads_of(value: FieldValue) -> Pads | None:
    """All four sides of a value of :func:`sides_of`; None for a word."""
    if isinstance(value, Pads):
        return value
    if isinstance(value, Pair):
        return Pads(value.height, value.height, value.width, value.width)
    return None


def _schema() -> list[object]:
    one = Whole(0).schema()
    axis = {"type": "array", "items": one, "minItems": 2, "maxItems": 2}
    both = {"type": "array", "items": axis, "minItems": 2, "maxItems": 2}
    return [*options(PerAxis(0).schema()), both]


@dataclass(frozen=True, slots=True)
class PaddingAmount:
    """Rows per side, ``[height, width]``, each side by itself, ``same`` or ``valid``."""

    words: tuple[str, ...] = ("same", "valid")
    expects: str = f"a whole number ≥ 0, [height, width], {_EACH}, same or valid"
    nested: bool = True

    def read(self, raw: Raw) -> FieldValue | None:
        """The amount, or None where ``raw`` is not allowed."""
        return raw if isinstance(raw, str) and raw in self.words else sides_of(raw)

    def schema(self) -> JsonSchema:
        """JSON Schema of the literal forms."""
        return {"anyOf": [*_schema(), {"enum": list(self.words)}]}


@dataclass(frozen=True, slots=True)
class Sides:
    """Rows per side, ``[height, width]``, each side by itself, or ``{to: input}``."""

    words: tuple[str, ...] = ()
    expects: str = f"a whole number ≥ 0, [height, width], {_EACH}, or {{to: input}}"
    nested: bool = True
    numbered: tuple[str, ...] = ("to",)

    def read(self, raw: Raw) -> FieldValue | None:
        """The sides, or None where ``raw`` is not allowed."""
        return PICTURE if raw == PICTURE else sides_of(raw)

    def schema(self) -> JsonSchema:
        """JSON Schema of the literal forms."""
        picture = {
            "type": "object",
            "properties": {
                "to": {"description": "As much as leads to its size.", "const": "input"}
            },
            "required": ["to"],
            "additionalProperties": False,
        }
        return {"anyOf": [*_schema(), picture]}


@dataclass(frozen=True, slots=True)
class PoolKernel:
    """Rows and columns of a window, or ``global``: the whole picture."""

    words: tuple[str, ...] = ("global",)
    expects: str = "a whole number ≥ 1, [height, width], or global"

    def read(self, raw: Raw) -> FieldValue | None:
        """The size, or None where ``raw`` is not allowed."""
        return raw if isinstance(raw, str) and raw in self.words else PerAxis(1).read(raw)

    def schema(self) -> JsonSchema:
        """JSON Schema of the literal forms."""
        return {"anyOf": [*options(PerAxis(1).schema()), {"const": "global"}]}
