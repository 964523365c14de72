"""One domain of a search space: how many values it has, which, and how one is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import assert_never

import numpy as np

from archsearch.config import ChoiceDomain, Domain, FloatDomain, IntDomain
from archsearch.config.study import Scalar
from archsearch.errors import InputError

__all__ = [
    "Value",
    "check_domain",
    "configurations",
    "domain_size",
    "domain_values",
    "draw",
    "value_at",
]

Value = Scalar | tuple[int, int]
"""What a domain gives: a scalar, or ``(height, width)``."""


def check_domain(name: str, domain: Domain) -> None:
    """Refuse a domain that can't be drawn from.

    Raises:
        InputError: where low exceeds high, or ``log`` meets a low of 0 or less.
    """
    if isinstance(domain, ChoiceDomain):
        return
    if domain.low > domain.high:
        raise InputError(
            f"space.{name}: low {domain.low} exceeds high {domain.high}",
            help=f"write [{domain.high}, {domain.low}]",
        )
    if domain.log and domain.low <= 0:
        raise InputError(
            f"space.{name}: log needs a positive low, and it is {domain.low}",
            help="raise low above 0, or leave out log",
        )


def domain_size(domain: Domain) -> int | None:
    """How many values a domain has; None where they can't be counted.

    Example:
        >>> domain_size(IntDomain(low=2, high=9, step=3))
        3
    """
    if isinstance(domain, FloatDomain):
        return 1 if domain.low == domain.high else None
    if isinstance(domain, IntDomain):
        return (domain.high - domain.low) // domain.step + 1
    return len(domain.choices)


def configurations(domains: Mapping[str, Domain]) -> int | None:
    """Points of the whole space, before any rule; None where they can't be counted.

    Example:
        >>> configurations({"a": IntDomain(low=1, high=3), "b": ChoiceDomain(choices=(3, 5))})
        6
    """
    sizes = [domain_size(domain) for domain in domains.values()]
    counted = [size for size in sizes if size is not None]
    return math.prod(counted) if len(counted) == len(sizes) else None


def domain_values(name: str, domain: Domain) -> tuple[Value, ...]:
    """Every value of a countable domain, in order.

    Raises:
        InputError: for a float domain, whose values can't be listed.

    Example:
        >>> domain_values("width", IntDomain(low=4, high=16, step=4))
        (4, 8, 12, 16)
    """
    if isinstance(domain, IntDomain):
        return tuple(range(domain.low, domain.high + 1, domain.step))
    if isinstance(domain, ChoiceDomain):
        return domain.choices
    if domain.low == domain.high:
        return (domain.low,)
    raise InputError(
        f"space.{name}: a grid can't list the floats from {domain.low} to {domain.high}",
        help=f"name the ones to try: {name}: {{choice: [{domain.low}, {domain.high}]}}; "
        "or use method random or tpe",
    )


def draw(domain: Domain, rng: np.random.Generator) -> Value:
    """One value, uniform over the domain, or over its logarithm where ``log`` is set.

    A log-uniform whole number n has a chance in proportion to
    log((n + ½)/(n − ½)), as in Optuna's IntDistribution.

    Example:
        >>> draw(IntDomain(low=7, high=7), np.random.default_rng(0))
        7
    """
    return value_at(domain, float(rng.random()))


def value_at(domain: Domain, place: float) -> Value:
    """The value at a place in [0, 1), equal stretches being equally likely in ``draw``.

    Example:
        >>> [value_at(IntDomain(low=1, high=4), place) for place in (0.0, 0.3, 0.99)]
        [1, 2, 4]
    """
    if isinstance(domain, ChoiceDomain):
        return domain.choices[int(place * len(domain.choices))]
    if isinstance(domain, FloatDomain):
        return _float_at(domain, place)
    if isinstance(domain, IntDomain):
        return _int_at(domain, place)
    assert_never(domain)


def _float_at(domain: FloatDomain, place: float) -> float:
    if not domain.log:
        return domain.low + place * (domain.high - domain.low)
    value = math.exp(_between(math.log(domain.low), math.log(domain.high), place))
    return min(max(value, domain.low), domain.high)


def _int_at(domain: IntDomain, place: float) -> int:
    steps = (domain.high - domain.low) // domain.step
    if not domain.log:
        return domain.low + domain.step * int(place * (steps + 1))
    half = domain.step / 2
    lowest = max(domain.low - half, domain.low / 2)  # stays above 0 when the step is wide
    highest = domain.low + steps * domain.step + half
    value = math.exp(_between(math.log(lowest), math.log(highest), place))
    nearest = round((value - domain.low) / domain.step)
    return domain.low + domain.step * min(max(nearest, 0), steps)


def _between(low: float, high: float, place: float) -> float:
    return low + place * (high - low)
