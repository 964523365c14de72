"""The files of a run directory, each told from a damaged one by its SHA-256.

``metrics.json`` is written last. It holds the checksums of the other files under
``files``, and under ``sha256`` that of everything else it says. Runs of earlier
versions have neither.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from archsearch.config.run_settings import RunSettings
from archsearch.config.train_command import train_command
from archsearch.errors import DamagedFileError, InputError
from archsearch.files import write_text
from archsearch.records.reading import check_version

__all__ = [
    "CONFIG_FILE",
    "CURVES_FILE",
    "HISTORY_FILE",
    "METRICS_FILE",
    "MODEL_FILE",
    "PICTURES_FILE",
    "RUN_FILES",
    "SAMPLE_GRID_FILE",
    "SPEC_FILE",
    "VERSION",
    "RunFiles",
    "checksum",
    "how_to_remake",
    "origin_of",
    "write_metrics",
]

VERSION = 1
"""Of a run directory's files, as ``metrics.json`` says; what is older reads on."""

SPEC_FILE = "spec.yaml"
CONFIG_FILE = "config.json"
HISTORY_FILE = "history.csv"
METRICS_FILE = "metrics.json"
MODEL_FILE = "model.safetensors"
CURVES_FILE = "curves.png"
PICTURES_FILE = "pictures.png"
SAMPLE_GRID_FILE = "strip.png"
"""Test pictures over what was made of them, without a gap: reports show it."""

RUN_FILES = (
    SPEC_FILE,
    CONFIG_FILE,
    HISTORY_FILE,
    MODEL_FILE,
    CURVES_FILE,
    PICTURES_FILE,
    SAMPLE_GRID_FILE,
)
"""What a finished run has beside ``metrics.json``."""

_FILES, _SHA256 = "files", "sha256"
_ASKED_AGAIN = "`archsearch train` with the run's spec and options and --out {} restores it"
_log = logging.getLogger(__name__)


class RunFiles:
    """The files of a finished run; each is read whole and checked against its checksum.

    Attributes:
        folder: the run directory.
        numbers: what ``metrics.json`` says.
        checksums: SHA-256 by file name; empty in runs of earlier versions, whose files
            are taken as they are.

    Raises:
        DamagedFileError: ``metrics.json`` isn't what was written there.
        NewerVersionError: a newer archsearch wrote it.
        InputError: it isn't there, so there is no finished run.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / METRICS_FILE).is_file():
            raise InputError(
                f"no finished run in {folder} ({METRICS_FILE} is missing)",
                help="name the folder that `archsearch train` wrote; the same command "
                "resumes an unfinished run",
            )
        self.folder = folder
        self.numbers = _numbers(folder / METRICS_FILE)
        check_version(str(folder / METRICS_FILE), self.numbers, newest=VERSION)
        self.checksums: Mapping[str, str] = self.numbers.get(_FILES, {})  # type: ignore[assignment]

    @property
    def extensions(self) -> dict[str, str]:
        """Who declared what the run uses and archsearch hasn't; empty in most runs."""
        told = self.numbers.get("extensions")
        return {str(k): str(v) for k, v in told.items()} if isinstance(told, dict) else {}

    def note_unchecked(self) -> None:
        """Log it if there are no checksums to compare the files with."""
        if not self.checksums:
            _log.warning(
                "%s is from a version without checksums: its files are not checked",
                self.folder,
            )

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            DamagedFileError: it is missing, or isn't what was written there.
        """
        path = self.folder / name
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise _damaged(path, "is missing") from error
        except OSError as error:
            raise _damaged(path, f"can't be read: {error.strerror}") from error
        if self.checksums and self.checksums.get(name) != checksum(content):
            raise _damaged(path, "was changed or damaged: its checksum differs")
        return content

    def lost(self) -> frozenset[str]:
        """The files that are missing, or aren't what was written there."""
        return frozenset(name for name in RUN_FILES if not self._has(name))

    def _has(self, name: str) -> bool:
        try:
            self.read(name)
        except DamagedFileError:
            return False
        return True


def checksum(content: bytes) -> str:
    """The SHA-256 of ``content``, in hexadecimal digits."""
    return sha256(content).hexdigest()


def origin_of(folder: Path) -> str | None:
    """Where the net of a run was imported from, as far as its metrics can be read."""
    try:
        found = json.loads((folder / METRICS_FILE).read_bytes().decode())["result"]["origin"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None
    return None if found is None else str(found)


def how_to_remake(folder: Path) -> str:
    """The help of every message about a file of a run that is lost or damaged."""
    if (origin := origin_of(folder)) is not None:
        return f"import it again from {origin}"
    try:
        settings = RunSettings.model_validate_json((folder / CONFIG_FILE).read_bytes())
    except (OSError, ValueError):
        return _ASKED_AGAIN.format(folder)
    command = train_command(str(folder / SPEC_FILE), settings, out=str(folder))
    return f"`{command}` restores what is lost"


def write_metrics(folder: Path, numbers: Mapping[str, object]) -> None:
    """Write ``metrics.json``, atomically: ``numbers``, and checksums of the files that are there.

    Args:
        folder: the run directory; its other files are written already.
        numbers: JSON-ready data, all finite.
    """
    paths = [folder / name for name in RUN_FILES]
    files = {path.name: checksum(path.read_bytes()) for path in paths if path.is_file()}
    said = {**numbers, _FILES: files}
    text = json.dumps({**said, _SHA256: _checksum_of(said)}, indent=2, allow_nan=False)
    write_text(folder / METRICS_FILE, text + "\n")


def _numbers(path: Path) -> dict[str, object]:
    try:
        numbers = json.loads(path.read_bytes().decode())
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, f"can't be read: {type(error).__name__}: {error}") from error
    if not isinstance(numbers, dict):
        raise _damaged(path, "isn't the metrics of a run")
    said = {key: value for key, value in numbers.items() if key != _SHA256}
    checked = _SHA256 in numbers or _FILES in numbers
    if checked and numbers.get(_SHA256) != _checksum_of(said):
        raise _damaged(path, "was changed or damaged: its checksum differs")
    return said


def _checksum_of(numbers: Mapping[str, object]) -> str:
    """Of what is said, however it is laid out: floats are written so that they read back."""
    return checksum(json.dumps(numbers, sort_keys=True).encode())


def _damaged(path: Path, why: str) -> DamagedFileError:
    asked = path.name in {SPEC_FILE, CONFIG_FILE}  # what a command would be made of
    way = _ASKED_AGAIN.format(path.parent) if asked else how_to_remake(path.parent)
    return DamagedFileError(f"{path} {why}", help=way)
