"""Searched values as JSON, pairs told apart from lists on the way back."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter

from archsearch.records.studies import Value

__all__ = ["values_from_json", "values_to_json"]

_VALUES = TypeAdapter(dict[str, Value])


def values_to_json(values: Mapping[str, Value]) -> str:
    """Values by name as one JSON object.

    Example:
        >>> values_to_json({"width": 8, "kernel": (3, 5)})
        '{"width":8,"kernel":[3,5]}'
    """
    return _VALUES.dump_json(dict(values)).decode()


def values_from_json(text: str) -> dict[str, Value]:
    """What ``values_to_json`` was given.

    Example:
        >>> values_from_json('{"width":8,"kernel":[3,5]}')
        {'width': 8, 'kernel': (3, 5)}
    """
    return _VALUES.validate_json(text)
