"""What a shape rule takes, a layer's values, and what it gives: op, shape, costs, problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, Literal, cast

from archsearch.spec.kinds.fields import FieldValue, Numbered
from archsearch.spec.shape import Pair, Shape

__all__ = ["ONE", "JoinInput", "JoinOp", "Op", "Problem", "ShapeResult", "Values", "area_formula"]

ONE = Pair(1, 1)


@dataclass(frozen=True, slots=True)
class Op:
    """What a layer does once every name, default and size is known: numbers and words only.

    Ops are dataclasses, and what they show in ``repr`` is hashed: equal reprs, equal layers. An
    op that ends with a norm or a nonlinearity says which in ``norm`` and ``activation``. A number
    that has a default in the dataclass is shown only where it isn't that, so that an op gains
    numbers and the layers known so far keep their hash; such a dataclass has ``repr=False``.
    """

    def __repr__(self) -> str:
        form, get, optional = _form(cast(Any, type(self)))
        more = ""
        for name, default in optional:
            value = getattr(self, name)
            if value != default:
                more += f", {name}={value!r}"
        return f"{form % get(self)}{more})"

    @property
    def batch_norm(self) -> bool:
        """Whether it takes mean and variance over the batch."""
        return getattr(self, "norm", "none") == "batch"


@cache
def _form(op: type[Any]) -> tuple[str, attrgetter[Any], tuple[tuple[str, object], ...]]:
    """How an op is shown: its form, what fills it, and the names that have a default."""
    needed = [field.name for field in fields(op) if field.default is MISSING]
    optional = [(f.name, f.default) for f in fields(op) if f.default is not MISSING]
    form = f"{op.__qualname__}({', '.join(f'{name}=%r' for name in needed)}"
    return form, attrgetter(*needed), tuple(optional)


@dataclass(frozen=True, slots=True, repr=False)
class JoinOp(Op):
    """What a join does: a layer that reads several tensors.

    A tensor is named by the index of the layer that gives it, 0 the input. −i names the places
    where the max pool of layer i found its maxima.
    """

    @property
    def sources(self) -> tuple[int, ...]:
        """The tensors that it reads after the first."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class JoinInput:
    """What a join's rule is given.

    Attributes:
        sources: the tensors after the first.
        shapes: of all tensors, the first included.
        values: the join's fields.
        has_layers: whether layers of its own lead to the second tensor.
        origin: where the second tensor is the places of a layer's maxima: what that layer does,
            and the shape it does it to.
    """

    sources: tuple[int, ...]
    shapes: tuple[Shape, ...]
    values: Values
    has_layers: bool = False
    origin: tuple[Op, Shape] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a layer's numbers, told to the place of ``field``.

    ``concerns`` says which part of the input's shape it was concluded from
    (``layer``: none, only the layer's own fields); where an earlier mistake
    made that part a guess, the problem is not shown.
    """

    code: str
    message: str
    field: str = ""
    label: str = ""
    help: str = ""
    severity: Literal["error", "warning"] = "error"
    concerns: Literal["size", "channels", "layer"] = "size"


@dataclass(frozen=True, slots=True)
class ShapeResult:
    """What a layer does to a shape, and what that costs.

    ``window`` and ``jump`` are the receptive field's: rows a window spans, and
    the factor by which neighbouring outputs lie further apart in the input
    (``jump_first``: the window is laid after that). ``sees_all``: every output
    sees the whole input. With an error among ``problems``, ``output`` is the nearest guess.
    """

    op: Op
    output: Shape
    formula: str
    params: int = 0
    macs: int = 0
    window: Pair = ONE
    jump: tuple[float, float] = (1.0, 1.0)
    jump_first: bool = False
    sees_all: bool = False
    problems: tuple[Problem, ...] = ()


def area_formula(height: str, width: str) -> str:
    """Height times width, each a formula; a square where both are the same.

    Example:
        >>> area_formula("8·2", "8·2"), area_formula("8·2", "4·2")
        ('(8·2)²', '(8·2)·(4·2)')
    """
    return f"({width})²" if height == width else f"({height})·({width})"


class Values:
    """A layer's resolved fields, each with its type."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, FieldValue]) -> None:
        self._values = values

    def whole(self, name: str) -> int:
        """A whole number."""
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name} is {value!r}")
        return value

    def pair(self, name: str) -> Pair:
        """A number for each axis."""
        value = self._values[name]
        if not isinstance(value, Pair):
            raise TypeError(f"{name} is {value!r}")
        return value

    def word(self, name: str) -> str:
        """A word."""
        value = self._values[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is {value!r}")
        return value

    def word_or_numbered(self, name: str) -> str | Numbered:
        """A word that may have a number."""
        value = self._values[name]
        if not isinstance(value, (str, Numbered)):
            raise TypeError(f"{name} is {value!r}")
        return value

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._values[name]
        if not isinstance(value, bool):
            raise TypeError(f"{name} is {value!r}")
        return value

    def number(self, name: str) -> float:
        """A number, whole or not."""
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(f"{name} is {value!r}")
        return float(value)

    def sizes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        value = self._values[name]
        if not isinstance(value, tuple):
            raise TypeError(f"{name} is {value!r}")
        return tuple(value)

    def has(self, name: str) -> bool:
        """Whether an optional field is there."""
        return name in self._values

    def either(self, name: str) -> FieldValue:
        """A value of several types."""
        return self._values[name]
