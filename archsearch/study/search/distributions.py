"""Domains in Optuna's terms, and values there and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from archsearch.config import ChoiceDomain, Domain, FloatDomain, IntDomain
from archsearch.errors import InputError
from archsearch.space import Value

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

__all__ = ["decode", "distribution", "encode"]


def distribution(name: str, domain: Domain, *, adaptive: bool) -> BaseDistribution:
    """The domain as Optuna's samplers and its dashboard know it.

    Raises:
        InputError: where an adaptive method meets a whole-number domain with
            both ``step`` and ``log``, which Optuna has no distribution for.
    """
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(domain, ChoiceDomain):
        return CategoricalDistribution([encode(domain, value) for value in domain.choices])
    if isinstance(domain, FloatDomain):
        return FloatDistribution(domain.low, domain.high, log=domain.log)
    high = domain.high - (domain.high - domain.low) % domain.step
    if domain.log and domain.step > 1 and adaptive:
        raise InputError(
            f"space.{name}: methods that adapt can't draw whole numbers with both step and log",
            help="leave out step or log, or list the values as a choice",
        )
    log = domain.log and domain.step == 1
    return IntDistribution(domain.low, high, log=log, step=domain.step)


def encode(domain: Domain, value: Value) -> bool | int | float | str:
    """A value as Optuna stores it: what it can't tell apart or hold becomes JSON text.

    Example:
        >>> encode(ChoiceDomain(choices=(3, (3, 5))), (3, 5))
        '[3, 5]'
    """
    if isinstance(domain, ChoiceDomain) and _needs_text(domain):
        return str(json.dumps(value))
    if isinstance(value, tuple):
        raise TypeError(f"{value} is no value of {domain}")
    return value


def decode(domain: Domain, stored: object) -> Value:
    """What ``encode`` was given."""
    if isinstance(domain, ChoiceDomain):
        for value in domain.choices:
            encoded = encode(domain, value)
            if encoded == stored and type(encoded) is type(stored):
                return value
    if isinstance(domain, IntDomain) and isinstance(stored, int):
        return stored
    if isinstance(domain, FloatDomain) and isinstance(stored, int | float):
        return float(stored)
    raise TypeError(f"{stored!r} is no value of {domain}")


def _needs_text(domain: ChoiceDomain) -> bool:
    """Whether a choice holds pairs, or values that are equal but not the same (True and 1)."""
    pairs = any(isinstance(value, tuple) for value in domain.choices)
    return pairs or len(set(domain.choices)) < len(domain.choices)
