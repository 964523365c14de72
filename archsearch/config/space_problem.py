"""A searched name that can't be, or a value of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from archsearch.errors import InputError
from archsearch.spec import Raw
from archsearch.spec.syntax.parse_values import shown

__all__ = ["SpaceProblem", "first_refused", "refused"]


@dataclass(frozen=True)
class SpaceProblem:
    """What is wrong with a name of ``space``.

    Attributes:
        name: the searched name.
        code: of the diagnostic.
        message: what is wrong.
        help: what is allowed, or how to fix it.
        index: place of the value to blame in the domain's list, past its end for one between
            low and high; None where the name itself is to blame.
    """

    name: str
    code: Literal["bad-path", "value-not-allowed"]
    message: str
    help: str
    index: int | None = None


def refused(name: str, index: int, value: Raw, help: str) -> SpaceProblem:
    """The problem of a value that nothing can be made of."""
    return SpaceProblem(name, "value-not-allowed", f"`{name}` can't be {shown(value)}", help, index)


def first_refused(
    name: str, values: Iterable[tuple[int, Raw]], take: Callable[[Raw], object]
) -> Iterator[SpaceProblem]:
    """The problem of the first value that ``take`` raises an InputError of, if any."""
    for index, value in values:
        try:
            take(value)
        except InputError as error:
            yield refused(name, index, value, error.help)
            return
