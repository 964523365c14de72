"""Arguments of Python's functions: one of a wrong type is told with what is allowed."""

from __future__ import annotations

import os
from pathlib import Path

from archsearch.errors import ArgumentTypeError
from archsearch.printable import printable

__all__ = ["as_path", "require_type"]

_MOST = 60


def require_type(value: object, types: type | tuple[type, ...], name: str, *, help: str) -> None:
    """Require that an argument is of one of some types.

    Args:
        value: what was given.
        types: those that are allowed.
        name: the function and its argument, such as ``fit(plan)``.
        help: how to get one that is.

    Raises:
        ArgumentTypeError: it isn't; a ``TypeError``, too.

    Example:
        >>> require_type("net.yaml", Path, "load(path)", help="give a Path")
        Traceback (most recent call last):
        archsearch.errors.ArgumentTypeError: load(path) must be a Path, not the str 'net.yaml'
          help: give a Path
    """
    if isinstance(value, types):
        return
    allowed = types if isinstance(types, tuple) else (types,)
    *others, last = ["None" if each is type(None) else each.__name__ for each in allowed]
    told = f"{', '.join(others)} or {last}" if others else last
    article = "an" if told[0] in "aeiou" else "a"
    raise ArgumentTypeError(f"{name} must be {article} {told}, not {_shown(value)}", help=help)


def as_path(value: object, name: str, *, help: str) -> Path:
    """An argument that may be a text or a path, as a path.

    Raises:
        ArgumentTypeError: it is neither.
    """
    require_type(value, (str, os.PathLike), name, help=help)
    return Path(os.fspath(value))  # type: ignore[call-overload]


def _shown(value: object) -> str:
    """A value's type, with the value where it is short and plain."""
    if value is None:
        return "None"
    text = printable(repr(value)) if isinstance(value, str | bytes | int | float) else ""
    kind = value.__name__ if isinstance(value, type) else type(value).__name__
    if isinstance(value, type):
        return f"the class {kind} itself"
    return f"the {kind} {text}" if text and len(text) <= _MOST else f"a {kind}"
