"""Which names are searched at which points, and how many points that leaves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product

from archsearch.config import Domain, FloatDomain, condition_order, parse_condition
from archsearch.errors import InputError
from archsearch.space.domains import Value, configurations, domain_size, domain_values
from archsearch.spec import Expression, ExpressionError, ExpressionValue

__all__ = ["Conditions"]

MOST_COMBINATIONS = 200_000
"""Combinations of the names that conditions read, beyond which points aren't counted."""


class Conditions:
    """The ``when`` of each domain.

    Args:
        domains: of the space.
        defaults: what names stand for where nothing is searched.

    Raises:
        InputError: a condition that can't be read, or that depends on itself.
    """

    def __init__(
        self, domains: Mapping[str, Domain], defaults: Mapping[str, ExpressionValue]
    ) -> None:
        self.domains = domains
        self.defaults = defaults
        self.when: dict[str, Expression] = {}
        for name, domain in domains.items():
            if domain.when is not None:
                self.when[name] = _parsed(name, domain.when)
        self.order = condition_order(self.when, domains)
        if len(self.order) < len(domains):
            name = next(name for name in domains if name not in self.order)
            raise InputError(
                f"space.{name}: its `when` depends on itself",
                help="break the circle: leave out one of the conditions",
            )

    def active(self, point: Mapping[str, Value]) -> dict[str, Value]:
        """``point`` without the names that its other values switch off, in the space's order.

        Raises:
            InputError: a condition that is neither true nor false.
        """
        if not self.when:
            return dict(point)
        kept: dict[str, Value] = {}
        for name in self.order:
            if name in point and self._holds(name, kept):
                kept[name] = point[name]
        return {name: kept[name] for name in point if name in kept}

    def count(self) -> int | None:
        """Distinct points; None where they can't be counted."""
        if not self.when:
            return configurations(self.domains)
        deciders = {name: self.domains[name] for name in self._deciders}
        combinations = configurations(deciders)
        if combinations is None or combinations > MOST_COMBINATIONS:
            return None
        found = (self.active(point) for point in _all(deciders))
        settled = {repr(values): values for values in found}  # True and 1 are equal
        total = 0
        for values in settled.values():
            sizes = [domain_size(domain) for domain in self._free(values)]
            if None in sizes:
                return None
            total += math.prod(size for size in sizes if size is not None)
        return total

    def points(self) -> Iterator[dict[str, Value]]:
        """Every point that differs from the others, without the names that it switches off.

        Raises:
            InputError: for a float domain, whose values can't be listed.
        """
        points: list[dict[str, Value]] = [{}]
        for name in self.order:
            points = [longer for point in points for longer in self._with(name, point)]
        for point in points:
            yield {name: point[name] for name in self.domains if name in point}

    def _with(self, name: str, point: dict[str, Value]) -> list[dict[str, Value]]:
        if not self._holds(name, point):
            return [point]
        return [{**point, name: value} for value in domain_values(name, self.domains[name])]

    def _holds(self, name: str, values: Mapping[str, Value]) -> bool:
        if name not in self.when:
            return True
        scalars = {key: value for key, value in values.items() if not isinstance(value, tuple)}
        try:
            held = self.when[name].evaluate({**self.defaults, **scalars})
        except ExpressionError as error:
            raise InputError(
                f"space.{name}: its `when`: {error.message}", help=error.help
            ) from None
        if not isinstance(held, bool):
            raise InputError(
                f"space.{name}: its `when` gives {held!r}, neither true nor false",
                help="write a comparison, such as $(depth > 1)",
            )
        return held

    @cached_property
    def _deciders(self) -> tuple[str, ...]:
        """Searched names that a condition reads, directly or through another."""
        read = {other for condition in self.when.values() for other, _ in condition.names}
        return tuple(name for name in self.domains if name in read)

    def _free(self, values: Mapping[str, Value]) -> Iterator[Domain]:
        """Domains that stay open once the deciders have ``values``."""
        for name, domain in self.domains.items():
            if name not in self._deciders and self._holds(name, values):
                yield domain


def _parsed(name: str, text: str) -> Expression:
    try:
        return parse_condition(text)
    except ExpressionError as error:
        raise InputError(f"space.{name}: its `when`: {error.message}", help=error.help) from None


def _all(domains: Mapping[str, Domain]) -> Iterator[dict[str, Value]]:
    axes = [
        (domain.low,) if isinstance(domain, FloatDomain) else domain_values(name, domain)
        for name, domain in domains.items()
    ]
    for values in product(*axes):
        yield dict(zip(domains, values, strict=True))
