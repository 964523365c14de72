"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import BinaryIO

from archsearch.errors import WriteError

__all__ = [
    "remove_drafts",
    "replacing",
    "reserve",
    "room",
    "unwritable",
    "write_bytes",
    "write_errors",
    "write_failure",
    "write_text",
]

_BLOCK_BYTES = 1 << 20

_RANDOM = "?" * 8
"""What ``tempfile`` puts into the name of a draft."""

_PAUSES = (0.01, 0.03, 0.1, 0.3, 1.0) if sys.platform == "win32" else ()
"""Seconds between attempts: Windows replaces no file that someone is reading."""

_DRAFTS_ARE_LOCKED = sys.platform != "win32"
"""Windows renames no file that is open, and a lock needs it open."""

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


@contextmanager
def replacing(path: Path, *, size: int | None = None) -> Iterator[Path]:
    """Give a temporary file beside ``path``; on success it takes its place.

    The temporary name keeps the suffix, for writers that choose a format by
    it. On an error the temporary file is removed and ``path`` is untouched.
    What killed writers of ``path`` left beside it is removed, too (not on Windows).

    Args:
        path: the file; its folder is made where it is missing.
        size: bytes that are to be written, for the message where there is no room.

    Raises:
        WriteError: the disk is full or read-only, ``path`` is a folder, or the like.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "metrics.json"
        >>> with replacing(target) as temporary:
        ...     _ = temporary.write_text("{}")
        >>> target.read_text()
        '{}'
    """
    with write_errors(path, size=size):
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        handle, temporary = _draft(path)
        try:
            yield temporary
            with temporary.open("r+b") as written:  # Windows flushes only what it may write
                os.fsync(written.fileno())
            temporary.chmod(0o666 & ~_umask())
            _replace(temporary, path)
        finally:
            with suppress(OSError):  # the disk may be gone; the first error is to be told
                temporary.unlink(missing_ok=True)
            if handle is not None:
                os.close(handle)


@contextmanager
def write_errors(path: Path, *, size: int | None = None) -> Iterator[None]:
    """Tell an error of the system in the block as one of writing ``path``.

    Args:
        path: the file or folder that is written.
        size: bytes that are to be written, where that is known.

    Raises:
        WriteError: in place of any OSError.
    """
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{path} can't be written: {write_failure(error, path, size=size)}",
            help="free some space or allow writing there, or name another place; then the same "
            "command continues",
        ) from error


def write_failure(error: OSError, path: Path, *, size: int | None = None) -> str:
    """Why ``path`` can't be written, with the room there is where the disk is full.

    Args:
        error: of the system.
        path: the file or folder that is written.
        size: bytes that are to be written, where that is known.

    Example:
        >>> write_failure(PermissionError(errno.EACCES, "Permission denied"), Path("a.json"))
        'Permission denied'
    """
    reason = error.strerror or str(error) or type(error).__name__
    if error.errno not in _FULL:
        return reason
    return f"{reason} ({room(path, size=size)})"


def room(path: Path, *, size: int | None = None) -> str:
    """How much is free where ``path`` lies, beside the bytes that are needed where it is known."""
    needed = "" if size is None else f"{size:,} bytes are needed, "
    try:
        free = f"{shutil.disk_usage(path if path.is_dir() else path.parent).free:,}"
    except OSError:
        free = "an unknown number of"
    return f"{needed}{free} bytes are free"


def unwritable(path: Path) -> str:
    """Why the system lets nobody write ``path``, found by trying; "" where it does.

    Example:
        >>> unwritable(Path("no/such/folder/a.db"))
        'No such file or directory'
    """
    try:
        if path.exists():
            os.close(os.open(path, os.O_RDWR))
        else:
            tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        return write_failure(error, path)
    return ""


def reserve(path: Path) -> None:
    """Give a file all the blocks that its length takes, so that mapping it can't run out of them.

    A page that is written where the disk is full kills the process (SIGBUS): nothing is raised.

    Args:
        path: the file; what it holds stays.

    Raises:
        OSError: the disk hasn't so many.
    """
    with path.open("r+b") as file:
        length = os.fstat(file.fileno()).st_size
        fallocate = getattr(os, "posix_fallocate", None)  # macOS and Windows have none
        try:
            done = fallocate is not None and fallocate(file.fileno(), 0, length) is None
        except OSError as error:
            if error.errno in _FULL:
                raise
            done = False  # the file system can't
        if not done:
            _fill_with_zeros(file, length)


def remove_drafts(path: Path) -> None:
    """Remove what killed writers of ``path`` left beside it; only where nobody writes it now."""
    for draft in _drafts(path):
        draft.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` atomically.

    Raises:
        WriteError: it can't be written.
    """
    with replacing(path, size=len(content)) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write ``content`` to ``path`` atomically, as UTF-8, line ends as given.

    Raises:
        WriteError: it can't be written.
    """
    write_bytes(path, content.encode("utf-8"))


def _drafts(path: Path) -> Iterator[Path]:
    return path.parent.glob(f".{escape(path.stem)}-{_RANDOM}{escape(path.suffix)}")


def _draft(path: Path) -> tuple[int | None, Path]:
    """A new file beside ``path``; where drafts are locked, with the handle that holds the lock."""
    handle, name = tempfile.mkstemp(path.suffix, f".{path.stem}-", path.parent)
    if not _DRAFTS_ARE_LOCKED:
        os.close(handle)
        return None, Path(name)
    _lock(handle, wait=True)
    if os.fstat(handle).st_nlink:
        return handle, Path(name)
    os.close(handle)  # another process took it for abandoned before it was locked
    return _draft(path)


def _remove_abandoned(path: Path) -> None:
    """Remove drafts that nobody has locked: their writers were killed."""
    for draft in _drafts(path) if _DRAFTS_ARE_LOCKED else ():
        with suppress(OSError), draft.open("rb") as file:
            if _lock(file.fileno(), wait=False):
                draft.unlink(missing_ok=True)


def _lock(handle: int, *, wait: bool) -> bool:
    """Lock an open file; False where another has, or on a file system without locks."""
    if sys.platform != "win32":
        import fcntl

        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            return True
    return False


def _fill_with_zeros(file: BinaryIO, length: int) -> None:
    """Write over what is there by itself, in blocks: the rest of the file is zeros."""
    for start in range(0, length, _BLOCK_BYTES):
        file.seek(start)
        block = file.read(min(_BLOCK_BYTES, length - start))
        file.seek(start)
        file.write(block)
    file.flush()


def _replace(temporary: Path, path: Path) -> None:
    for pause in _PAUSES:
        try:
            temporary.replace(path)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    temporary.replace(path)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
