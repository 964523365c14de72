"""Errors as lines to show: an error of ours, of the command's words, or of the program."""

from __future__ import annotations

import errno
import io
import traceback
from collections.abc import Iterator, Sequence
from typing import IO, Protocol, runtime_checkable

from archsearch.cli.study_files import named_storages
from archsearch.errors import ArchsearchError
from archsearch.printable import printable

__all__ = ["error_lines"]


_OF_THE_SYSTEM = frozenset(
    {
        errno.EACCES,
        errno.EFBIG,
        errno.EIO,
        errno.EMFILE,
        errno.ENAMETOOLONG,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EPERM,
        errno.EROFS,
        getattr(errno, "EDQUOT", errno.ENOSPC),
        getattr(errno, "ESTALE", errno.EIO),
    }
)
"""Errors that come of disks, rights and limits, never of a mistake in the program."""

_OPEN_FILES = "close other programs, or raise the limit of open files (`ulimit -n`)"
_HELP = {
    errno.EMFILE: _OPEN_FILES,
    errno.ENFILE: _OPEN_FILES,
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOMEM: "close other programs, or use fewer workers",
}
"""What mends one of these; all others are of disks and rights."""


@runtime_checkable
class _UsageError(Protocol):
    """What typer raises for wrong options and arguments; the class itself isn't public."""

    message: str
    exit_code: int

    def show(self, file: IO[str]) -> None: ...


def error_lines(error: Exception, words: Sequence[str], *, debug: bool) -> tuple[list[str], int]:
    """An error as lines, without the passwords of storages, and the exit code.

    Args:
        error: what ended the command.
        words: the command's, after the program's name.
        debug: whether to show the traceback of all but mistakes in the words.
    """
    from archsearch.records.storage_secrets import without_password

    lines, code = _lines(error, words, debug=debug)
    for storage in named_storages(words):
        lines = [without_password(line, storage) for line in lines]
    return lines, code


def _lines(error: Exception, words: Sequence[str], *, debug: bool) -> tuple[list[str], int]:
    if isinstance(error, _UsageError):
        return _usage(error, words), error.exit_code
    code = _exit_code(error)
    if debug:
        return list(_traceback(error)), code
    if isinstance(error, ArchsearchError):
        first, *more = error.lines
        return [f"error: {first}", *more], code
    if isinstance(error, OSError) and error.errno in _OF_THE_SYSTEM:
        return _refused(error), code
    return _unexpected(error), code


def _exit_code(error: Exception) -> int:
    if isinstance(error, ArchsearchError):
        return error.exit_code
    return 2 if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG else 1


def _traceback(error: Exception) -> Iterator[str]:
    """As Python writes it, but that an error's message is one line."""
    for part in traceback.format_exception(error):
        frame = part.startswith("  ")
        yield from part.rstrip("\n").split("\n") if frame else [part.strip("\n")]


def _usage(error: _UsageError, words: Sequence[str]) -> list[str]:
    if not all(map(str.isprintable, words)):
        error.message = printable(error.message)  # a line break in it is one of the words'
    text = io.StringIO()
    error.show(file=text)
    return text.getvalue().expandtabs().rstrip("\n").split("\n")


def _refused(error: OSError) -> list[str]:
    """What the system doesn't do: no fault of the program, and nothing that it can mend."""
    where = "" if error.filename is None else f"{error.filename}: "
    of_disks = "see that the disk isn't full, and that files and folders may be read and written"
    help = _HELP.get(error.errno or 0, of_disks)
    return [f"error: {where}{error.strerror}", f"  help: {help}; finished results are kept"]


def _unexpected(error: Exception) -> list[str]:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return [
        f"error: unexpected {type(error).__name__}: {error}",
        f"  at {last.name}, line {last.lineno} of {last.filename}",
        "  help: this is a bug in archsearch; repeat the command with --debug for the traceback",
    ]
