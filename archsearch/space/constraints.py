"""Constraints: bare expressions over a plan, held true or measured by how far off they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from archsearch.config.constrained import CONSTRAINABLE
from archsearch.errors import InputError
from archsearch.space.domains import Value
from archsearch.spec import (
    Expression,
    ExpressionError,
    ExpressionValue,
    ModelPlan,
    parse_expression,
)

__all__ = ["Constraint", "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """How a constraint came out: ``violation`` is 0 or less where it holds."""

    violation: float
    detail: str


@dataclass(frozen=True)
class Constraint:
    """A condition on candidates, such as ``latent.size <= 2048``.

    Attributes:
        text: as the study file writes it.
        condition: the whole expression.
        sides: what stands left and right of a single comparison, smaller side
            first; None where there is no one comparison to grade.
    """

    text: str
    condition: Expression
    sides: tuple[Expression, Expression] | None

    @classmethod
    def parse(cls, text: str) -> Constraint:
        """Read a constraint.

        Raises:
            InputError: where it isn't an expression.

        Example:
            >>> Constraint.parse("latent.size <= 2048").text
            'latent.size <= 2048'
        """
        try:
            split = _split(text)
            sides = (
                None if split is None else (parse_expression(split[0]), parse_expression(split[1]))
            )
            return cls(text, parse_expression(text), sides)
        except ExpressionError as error:
            raise _unreadable(text, error) from None

    def measure(self, plan: ModelPlan, values: Mapping[str, Value]) -> Outcome:
        """Hold the constraint against a plan.

        A comparison ``a <= b`` is off by (a − b)/max(|a|, |b|), below 0 where it
        holds with room to spare, so that a sampler can tell near from far;
        other conditions are off by 1 or 0.

        Raises:
            InputError: where it names what no plan has, or isn't a condition.
        """
        names = plan_names(plan, values)
        try:
            holds = self.condition.evaluate(names)
            sides = None if self.sides is None else [s.evaluate(names) for s in self.sides]
        except ExpressionError as error:
            if error.code == "unknown-name" and "." not in _named(self.text, error):
                raise _unreadable(self.text, error) from None
            return Outcome(1.0, error.message)  # a layer that this candidate doesn't have
        if not isinstance(holds, bool):
            raise InputError(
                f"constraint {self.text!r} gives {holds!r}, neither true nor false",
                help="write a comparison, e.g. latent.size <= 2048",
            )
        off = _off(sides)
        if holds:
            return Outcome(min(off or 0.0, 0.0), "")
        if off is None or sides is None:
            return Outcome(1.0, "it doesn't hold")
        # A strict comparison of equals is off by nothing, and broken all the same.
        return Outcome(max(off, 1e-6), self._told(sides[0], sides[1]))

    def _told(self, smaller: float | str, larger: float | str) -> str:
        """What a broken comparison came to, in the order in which the study file has it."""
        if ">" in self.text:
            return f"{larger:,.10g} is not above {smaller:,.10g}"
        return f"{smaller:,.10g} is not below {larger:,.10g}"


def plan_names(plan: ModelPlan, values: Mapping[str, Value]) -> dict[str, ExpressionValue]:
    """What constraints may speak of: searched names, numbers of the plan, named layers."""
    names: dict[str, ExpressionValue] = {
        name: value for name, value in values.items() if not isinstance(value, tuple)
    }
    names |= {name: attrgetter(name)(plan) for name in CONSTRAINABLE}
    for layer in plan.layers:
        if layer.name is not None:
            names |= {
                f"{layer.name}.channels": layer.output.channels,
                f"{layer.name}.height": layer.output.height,
                f"{layer.name}.width": layer.output.width,
                f"{layer.name}.size": layer.output.elements,
            }
    return names


def _off(sides: list[ExpressionValue] | None) -> float | None:
    """How far the smaller side is above the larger, against their size; None if not graded."""
    if sides is None or not all(type(side) in (int, float) for side in sides):
        return None
    small, large = (float(side) for side in sides)
    return (small - large) / max(abs(small), abs(large), 1e-12)


def _split(text: str) -> tuple[str, str] | None:
    """The two sides of a text that is one comparison by size, the smaller side first."""
    if any(word in text.replace("(", " ").replace(")", " ").split() for word in _WORDS):
        return None
    for sign in ("<=", ">=", "<", ">"):
        left, found, right = text.partition(sign)
        if found:
            if any(other in left + right for other in "<>=!\"'"):
                return None
            return (left, right) if sign[0] == "<" else (right, left)
    return None


_WORDS = ("and", "or", "not", "if", "else")


def _named(text: str, error: ExpressionError) -> str:
    return text[error.offset : error.offset + error.length]


def _unreadable(text: str, error: ExpressionError) -> InputError:
    return InputError(
        f"constraint {text!r}: {error.message}",
        help=error.help
        or f"names: {', '.join(CONSTRAINABLE)}; searched params; named layers, e.g. early.height",
    )
