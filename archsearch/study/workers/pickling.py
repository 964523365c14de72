"""Whether extensions that were passed from Python can be passed to worker processes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from multiprocessing.reduction import ForkingPickler

from archsearch.errors import ExtensionError
from archsearch.extensions import Descriptor

__all__ = ["check_pickles"]


def check_pickles(extensions: Iterable[Descriptor]) -> None:
    """Refuse what worker processes couldn't find again: they get names, never code.

    Raises:
        ExtensionError: one holds e.g. a lambda, or what was typed at a prompt.
    """
    for one in extensions:
        try:
            reduced = bytes(ForkingPickler.dumps(one))
        except Exception as error:  # of any type: each object decides for itself
            raise _unpicklable(one, str(error)) from error
        if b"__main__" in reduced and not hasattr(sys.modules["__main__"], "__file__"):
            raise _unpicklable(one, "it is defined in no file")


def _unpicklable(one: Descriptor, reason: str) -> ExtensionError:
    return ExtensionError(
        f"`{one.name}` of the {one.group} can't be passed to worker processes: {reason}",
        help='write code in a module, and name it there: "package.module:function"',
    )
