"""Archives from their hosts into the cache, with progress and checksum."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from archsearch.data.source import OnProgress
from archsearch.errors import DataError
from archsearch.files import replacing

__all__ = ["Archive", "fetch"]

_BLOCK_BYTES = 1 << 18
_TIMEOUT_S = 30


@dataclass(frozen=True)
class Archive:
    """One file to download.

    Args:
        urls: where it is, tried in order.
        path: where it is kept.
        md5: what its host publishes; it tells torn from whole, not friend from foe.
    """

    urls: tuple[str, ...]
    path: Path
    md5: str


def fetch(name: str, archive: Archive, progress: OnProgress) -> None:
    """Download an archive unless a whole one exists.

    Args:
        name: the source, for messages.
        archive: what to get.
        progress: called with bytes done and in all (0 where the host doesn't say).

    Raises:
        DataError: no address gave the file; says which, and where to put it by hand.
    """
    if archive.path.is_file() and _md5(archive.path) == archive.md5:
        return
    failures = []
    for url in archive.urls:
        try:
            _download(url, archive, progress)
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            failures.append(f"{url} ({getattr(error, 'reason', None) or error})")
        else:
            return
    hosts = ", ".join(dict.fromkeys(urlsplit(url).netloc for url in archive.urls))
    raise DataError(
        f"`{name}` couldn't be downloaded from {hosts}: " + "; ".join(failures),
        help=f"without network use `photos` (built in) or `folder:PATH`; or get the file on "
        f"another machine and put it at {archive.path}.",
    )


def _download(url: str, archive: Archive, progress: OnProgress) -> None:
    # No address comes from a user: they are torchvision's own.
    request = urllib.request.Request(url, headers={"User-Agent": "archsearch"})  # noqa: S310 - see above
    with (
        urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response,  # noqa: S310 - see above
        replacing(archive.path) as temporary,
    ):
        total = int(response.headers.get("Content-Length") or 0)
        done = 0
        with temporary.open("wb") as file:
            while block := _block(response):
                file.write(block)
                done += len(block)
                progress(done, total)
        found = _md5(temporary)
        if found != archive.md5:
            raise ValueError(f"its MD5 is {found}, not {archive.md5}")


def _block(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read(_BLOCK_BYTES)
    except OSError as error:  # the host's, and none of the file that is written
        raise http.client.HTTPException(str(error) or type(error).__name__) from error


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
