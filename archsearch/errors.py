"""Every error archsearch raises on purpose.

::

    ArchsearchError
    ├── InputError             what the user gave is wrong         exit 2
    │   ├── ArgumentTypeError  an argument in Python of a wrong type; a TypeError, too
    │   ├── DiagnosticsError   problems at places in a file (in spec)
    │   ├── DamagedFileError   a run's file that is lost or isn't what was written
    │   ├── DataError          pictures that can't be used
    │   ├── ExtensionError     a package that adds to archsearch, missing or broken
    │   ├── RunConflictError   a run directory that holds another run
    │   ├── StorageAwayError   a database that doesn't answer
    │   ├── StudyConflictError a study that disagrees with the storage
    │   └── UnreadableError    a stored thing that is damaged
    │       └── NewerVersionError   or that a newer archsearch wrote
    ├── RunFailedError         a training or a command failed      exit 1
    │   └── WriteError         a file that can't be written
    └── NothingCompletedError  a study without a finished trial    exit 3
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ArchsearchError",
    "ArgumentTypeError",
    "DamagedFileError",
    "DataError",
    "ExtensionError",
    "InputError",
    "NewerVersionError",
    "NothingCompletedError",
    "RunConflictError",
    "RunFailedError",
    "StorageAwayError",
    "StudyConflictError",
    "UnreadableError",
    "WriteError",
]


class ArchsearchError(Exception):
    """Base of all errors; ``exit_code`` is what the command line ends with.

    Args:
        what: what is wrong, with the actual value, in one sentence on one line.
        details: further lines, e.g. one a file or a difference.
        help: what is allowed and how to fix it.
    """

    exit_code = 1

    def __init__(self, what: str, *, details: Iterable[str] = (), help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.details = tuple(details)
        self.help = help

    @property
    def lines(self) -> tuple[str, ...]:
        """What to show, a line each; names inside of a line may hold line breaks of their own."""
        return (self.what, *self.details, *([f"  help: {self.help}"] if self.help else []))

    def __str__(self) -> str:
        return "\n".join(self.lines)


class InputError(ArchsearchError):
    """A file, value or option that can't be used as given."""

    exit_code = 2


class ArgumentTypeError(InputError, TypeError):
    """An argument of a function that is of another type than it takes."""


class DamagedFileError(InputError):
    """A file of a run that is missing, or isn't what was written there."""


class DataError(InputError):
    """A source of pictures that is missing, empty or unreadable."""


class ExtensionError(InputError):
    """What a package adds to archsearch, and isn't there or can't be loaded."""


class RunConflictError(InputError):
    """A run directory that already holds a run of another configuration."""


class StorageAwayError(InputError):
    """A storage that can't be reached now: no server there, or it is starting."""


class StudyConflictError(InputError):
    """A study in the storage whose space or settings differ from the file's."""


class UnreadableError(InputError):
    """A stored thing, e.g. a record or a run, that is damaged or of a newer version."""


class NewerVersionError(UnreadableError):
    """A stored thing that is whole, as far as can be told, but of a newer version."""


class RunFailedError(ArchsearchError):
    """A training that broke: NaN, inf, out of memory, an error in torch."""


class WriteError(RunFailedError):
    """A file that can't be written: the disk is full or read-only, or a folder is in its place."""


class NothingCompletedError(ArchsearchError):
    """A study that ended without one complete trial."""

    exit_code = 3
