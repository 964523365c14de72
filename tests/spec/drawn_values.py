"""Values of fields, drawn by their types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from archsearch.spec import Shape
from archsearch.spec.kinds import Kind
from archsearch.spec.kinds.borders import PaddingAmount, PoolKernel, Sides
from archsearch.spec.kinds.fields import (
    ABSENT,
    ChannelCount,
    Field,
    Flag,
    Groups,
    Numbered,
    PerAxis,
    Probability,
    Raw,
    SameAs,
    Sizes,
    Whole,
    Word,
)
from archsearch.spec.kinds.numbered import WordOrNumbered


def as_raw(value: Any) -> Raw:
    """A value of YAML as fields read it."""
    if isinstance(value, list):
        return tuple(as_raw(part) for part in value)
    if isinstance(value, dict):
        ((word, number),) = value.items()
        return Numbered(word, number)
    return value


LARGEST = {
    "kernel": 4,
    "size": 9,
    "stride": 3,
    "dilation": 2,
    "scale": 3,
    "output_padding": 2,
    "padding": 2,
}


@dataclass
class DrawnValues:
    """What a value may refer to while a spec is drawn: params, defaults, the shape so far."""

    draw: st.DrawFn
    shape: Shape
    params: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, dict[str, Any]] = field(default_factory=dict)

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def pick(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def up_to(self, most: int, low: int = 1) -> int:
        return self.draw(st.integers(low, max(low, most)))

    def param(self, value: Any) -> str:
        """A param with this value, new or there already."""
        for name, known in self.params.items():
            if known == value and type(known) is type(value):
                return name
        name = f"p{len(self.params)}"
        self.params[name] = value
        return name

    def written(self, value: Any) -> Any:  # noqa: PLR0911 - one line a type
        """``value`` as the file may have it: itself, ``$name`` or ``$(…)``."""
        if isinstance(value, (list, tuple)):
            return [self.written(part) for part in value]
        if isinstance(value, dict):
            return {
                word: value[word] if word == "to" else self.written(value[word]) for word in value
            }
        if not self.chance(15):
            return value
        if isinstance(value, bool):
            name = self.param(3)
            return self.pick(f"$({name} {'>' if value else '<'} 1)", "$" + self.param(value))
        if isinstance(value, str):
            name = self.param(True)
            return self.pick("$" + self.param(value), f"$('{value}' if {name} else 'none')")
        if isinstance(value, float):
            return "$" + self.param(value)
        more = self.up_to(3, 0)
        by = self.param(more + 1)
        return self.pick(
            "$" + self.param(value),
            f"$({value - more - 1} + {by})",
            f"$(max({value}, {by} - {more + 1}))",
            f"$({value * 2} // 2 if {by} > 0 else 7)",
        )

    def literal(self, item: Field) -> Any:  # noqa: PLR0911 - one line a type
        """A value that the field's type allows, small enough to be likely."""
        most = LARGEST.get(item.name, 4)
        match item.type:
            case PaddingAmount():
                return self.pick("same", "same", "valid", *self.sides(most))
            case Sides():
                return self.pick(*self.sides(2), {"to": "input"})
            case PoolKernel():
                return self.pick("global", *[self.up_to(most)] * 4, [self.up_to(most), 2])
            case WordOrNumbered(words=words, numbers=numbers):
                number = self.pick(*numbers)
                value = self.up_to(4) if number.integer else self.pick(0.2, 0.5, 1.5)
                return self.pick(*words, {number.word: value})
            case PerAxis(low=low):
                one, other = self.up_to(most, low), self.up_to(most, low)
                return self.pick(one, one, [one, other])
            case ChannelCount():
                return self.pick(self.up_to(8), 8, 2, 4, 6)
            case Groups(words=words):
                divisors = [g for g in range(1, 9) if self.shape.channels % g == 0]
                return self.pick(1, self.pick(*divisors), *words)
            case Flag():
                return self.chance(50)
            case Word(words=words):
                return self.pick(*words)
            case Whole(low=low):
                return self.up_to(40 if item.role == "elements" else 3, low)
            case Sizes():
                return [self.pick(8, self.up_to(6)), self.up_to(6), self.up_to(6)]
            case Probability():
                return self.pick(0.0, 0.25, 0.5)
        raise NotImplementedError(f"no strategy for {item.type!r}")

    def sides(self, most: int) -> list[Any]:
        """A number, one for each axis, and one for each side."""
        a, b, c, d = (self.up_to(most, 0) for _ in range(4))
        return [a, [b, c], [[a, b], [c, d]]]

    def fields(self, kind: Kind) -> dict[str, Any]:
        """Literal fields of one layer; the rest is left to the defaults."""
        items = list(kind.fields)
        if either := [field for field in items if field.default is ABSENT]:
            way = self.pick(*either)
            items = [field for field in items if field.default is not ABSENT or field is way]
        settled = self.defaults.get(kind.name, {})
        return {
            item.name: self.literal(item)
            for item in items
            if (item.required and item.name not in settled)
            or item.default is ABSENT
            or self.chance(35)
        }

    def values(self, kind: Kind, given: dict[str, Any]) -> dict[str, Any] | None:
        """All fields as the shape rule takes them."""
        given = {**self.defaults.get(kind.name, {}), **given}
        found: dict[str, Any] = {}
        for item in kind.fields:
            if item.name in given:
                raw = given[item.name]
                read = item.type.read(as_raw(raw))
                if read is None:
                    return None
                found[item.name] = read
            elif isinstance(item.default, SameAs):
                found[item.name] = found[item.default.field]
            elif item.default is not ABSENT:
                found[item.name] = item.default
        return found
