"""A folder of machine code that only the user can write.

Cached machine code is code: who can write it can run what they like as the user. So it is read
only where nobody else can have written it; otherwise kernels are compiled anew.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from archsearch.errors import WriteError
from archsearch.files import write_bytes

__all__ = ["CodeCache", "user_cache"]

_DIGEST_BYTES = 32


@dataclass(frozen=True)
class CodeCache:
    """Object files by the digest of what they were made from.

    Each file starts with a digest of its code, so that a damaged one is compiled anew.

    Attributes:
        folder: where they lie.
    """

    folder: Path

    def get(self, digest: str) -> bytes | None:
        """The object code, or None where there is none that can be trusted."""
        if not self._trusted():
            return None
        try:
            handle = os.open(self._path(digest), os.O_RDONLY | _NO_LINKS)
        except OSError:
            return None
        with os.fdopen(handle, "rb") as file:
            if not _only_the_users(os.fstat(handle)):
                return None
            content = file.read()
        written, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        return code if sha256(code).digest() == written else None

    def put(self, digest: str, code: bytes) -> None:
        """Keep object code; where the folder can't be trusted or written, nothing is kept."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._trusted():
                return
            write_bytes(self._path(digest), sha256(code).digest() + code)
            self._path(digest).chmod(0o600)
        except (OSError, WriteError):
            return

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.o"

    def _trusted(self) -> bool:
        try:
            status = os.lstat(self.folder)
        except OSError:
            return False
        return stat.S_ISDIR(status.st_mode) and _only_the_users(status)


_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


def _only_the_users(status: os.stat_result) -> bool:
    """Whether the user owns it and nobody else may write; where that can't be told, no."""
    if not hasattr(os, "getuid"):
        return False
    writable = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid == os.getuid() and not writable


def user_cache() -> CodeCache | None:
    """The user's own; never a folder that is shared on purpose, such as ``ARCHSEARCH_CACHE``."""
    from platformdirs import user_cache_path

    try:
        return CodeCache(user_cache_path("archsearch") / "kernels")
    except RuntimeError:  # no home folder
        return None
