"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

__all__ = ["remove_drafts", "replacing", "write_bytes", "write_text"]

_RANDOM = "?" * 8
"""What ``tempfile`` puts into the name of a draft."""

_PAUSES = (0.01, 0.03, 0.1, 0.3, 1.0) if sys.platform == "win32" else ()
"""Seconds between attempts: Windows replaces no file that someone is reading."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside ``path``; on success it takes its place.

    The temporary name keeps the suffix, for writers that choose a format by
    it. On an error the temporary file is removed and ``path`` is untouched.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "metrics.json"
        >>> with replacing(target) as temporary:
        ...     _ = temporary.write_text("{}")
        >>> target.read_text()
        '{}'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("r+b") as written:  # Windows flushes only what it may write
            os.fsync(written.fileno())
        temporary.chmod(0o666 & ~_umask())
        _replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_drafts(path: Path) -> None:
    """Remove what killed writers of ``path`` left beside it; only where nobody writes it now."""
    for draft in path.parent.glob(f".{escape(path.stem)}-{_RANDOM}{escape(path.suffix)}"):
        draft.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` atomically."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write ``content`` to ``path`` atomically, as UTF-8, line ends as given."""
    write_bytes(path, content.encode("utf-8"))


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
