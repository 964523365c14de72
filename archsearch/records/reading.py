"""Reading stored things: of a known version and valid, or refused by name.

A stored JSON object may say the ``version`` of its format; without one it is version 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from archsearch.errors import ArchsearchError, NewerVersionError, UnreadableError

__all__ = [
    "DECODING_ERRORS",
    "check_version",
    "damaged",
    "first_problem",
    "read_checked",
    "read_stored",
]

DECODING_ERRORS = (
    ValueError,  # no UTF-8, no JSON, no record
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)
"""What code raises that meets stored data of another kind than it was written with."""

Read = TypeVar("Read")
Stored = TypeVar("Stored", bound=BaseModel)


def read_stored(kind: type[Stored], what: str, text: str | bytes, *, newest: int = 1) -> Stored:
    """A stored JSON object as the record that it is.

    Args:
        kind: the record's model.
        what: its name in messages, e.g. ``trial 3, seed 0``.
        text: the JSON.
        newest: the highest version of its format that this archsearch reads.

    Raises:
        NewerVersionError: it is of a newer version.
        UnreadableError: it is damaged.

    Example:
        >>> from archsearch.records.curves import Curves
        >>> read_stored(Curves, "the curves", '{"version": 99}')
        Traceback (most recent call last):
        archsearch.errors.NewerVersionError: the curves: written by a newer archsearch ...
    """

    def read() -> Stored:
        content = json.loads(text)
        check_version(what, content, newest=newest)
        if "version" in content and "version" not in kind.model_fields:
            del content["version"]
            return kind.model_validate_json(json.dumps(content))
        return kind.model_validate_json(text)

    return read_checked(what, read)


def read_checked(what: str, read: Callable[[], Read]) -> Read:
    """What ``read`` gives, which decodes a stored thing; how that can break is one error.

    Raises:
        UnreadableError: the stored thing is damaged, or of a newer version.
    """
    try:
        return read()
    except DECODING_ERRORS as error:
        raise damaged(what, error) from error


def check_version(what: str, stored: object, *, newest: int = 1) -> int:
    """The version of a stored JSON object, 1 where it says none.

    Raises:
        NewerVersionError: it is higher than ``newest``.
        UnreadableError: it is no version at all, or not in an object.

    Example:
        >>> old = check_version("the header", {"planned": 3})
        >>> old, check_version("the header", {"version": 2}, newest=2)
        (1, 2)
    """
    if not isinstance(stored, Mapping):
        raise UnreadableError(f"{what} can't be read: it is damaged (no JSON object)", help=_MEND)
    version = stored.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise UnreadableError(
            f"{what} can't be read: it is damaged (its version is {version!r})", help=_MEND
        )
    if version > newest:
        raise NewerVersionError(
            f"{what}: written by a newer archsearch (version {version} of its format; "
            f"this one reads up to {newest})",
            help="update archsearch; nothing was changed",
        )
    return version


def damaged(what: str, error: Exception) -> UnreadableError:
    """The error for a stored thing whose reading broke with ``error``."""
    return UnreadableError(
        f"{what} can't be read: it is damaged ({first_problem(error)})", help=_MEND
    )


def first_problem(error: BaseException) -> str:
    """An error in one line; of a record with many faults the first, by its place."""
    if isinstance(error, ValidationError):
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"]))
        return f"{place}: {problem['msg']}" if place else problem["msg"]
    if isinstance(error, ArchsearchError):
        return error.what
    told = str(error).strip().splitlines()
    return f"{type(error).__name__}: {told[0][:200]}" if told else type(error).__name__


_MEND = "restore it from a backup, or leave it out; nothing was changed"
