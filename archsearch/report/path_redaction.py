"""Texts without the paths of the machine that a study ran on."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from archsearch.records import StudyRecord, TrialRecord

__all__ = ["short_command", "short_path", "short_prose", "without_paths"]

_PATH = re.compile(r"(?:/(?!/)|[A-Za-z]:[\\/]|\\\\).")
"""How an absolute path starts: of this system or of another that the study ran on."""
_LEAD = re.compile(r"(?:[\w.\[\]-]+=)?(?:folder:|sqlite(?:\+\w+)?:///)?")
"""What may stand before a path in one word: an option, a source, a storage."""
_IN_PROSE = re.compile(
    r"(?<=[\'\"])(?:/|[A-Za-z]:\\)[^\'\"/\\]+[/\\][^\'\"]*(?=[\'\"])"
    r"|(?<![\w/.:~…\'\"])(?:/|[A-Za-z]:\\)[^\s\'\"/\\:,;()<>]+[/\\][^\s\'\"<>:,;()]*"
)
"""A path of two parts or more: quoted, or between spaces."""
_PROSE = ("name", "description")


def short_path(text: str, *, here: Path | None = None, home: Path | None = None) -> str:
    """A path, alone or after ``folder:`` or ``--option=``, as a handed-in page may show it.

    Inside the working directory it is relative to it, inside the home directory it
    starts with ``~``; of others the last part is left. Any other text stays.

    Args:
        text: one word or setting.
        here: the working directory; default the current one.
        home: the home directory; default the user's.

    Example:
        >>> here, home = Path("/home/ann/nets"), Path("/home/ann")
        >>> [short_path(text, here=here, home=home) for text in (
        ...     "/home/ann/nets/specs/net.yaml", "folder:/home/ann/photos",
        ...     "sqlite:////data/runs.db", "specs/net.yaml", "3/4")]
        ['specs/net.yaml', 'folder:~/photos', 'sqlite:///…/runs.db', 'specs/net.yaml', '3/4']
    """
    match = _LEAD.match(text)
    lead = match[0] if match else ""
    path = text[len(lead) :]
    if not _PATH.match(path):
        return text
    return lead + _short(path, here or Path.cwd(), home or _home())


def _short(text: str, here: Path, home: Path | None) -> str:
    foreign = not text.startswith("/")
    path = PureWindowsPath(text) if foreign else PurePosixPath(text)
    for start, sign in ((here, ""), (home, "~/")):
        # A root or a home that is the root doesn't tell where a file belongs.
        if start is not None and len(start.parts) > 1 and path.is_relative_to(start):
            return sign + path.relative_to(start).as_posix()
    return f"…/{path.name}"


def _home() -> Path | None:
    try:
        return Path.home()
    except RuntimeError:  # a user without a home
        return None


def short_command(command: str) -> str:
    """A command line with the paths in it shortened; left alone where it can't be split."""
    try:
        words = shlex.split(command)
    except ValueError:
        return command
    if not any(short_path(word) != word for word in words):
        return command
    return " ".join(_quoted(short_path(word)) for word in words)


def _quoted(word: str) -> str:
    """Quoted where a shell needs it; … and ~ are for readers, and need none."""
    plain = word.replace("…", "").replace("~", "")
    return word if plain and shlex.quote(plain) == plain else shlex.quote(word)


def short_prose(text: str) -> str:
    """Sentences with the paths in them shortened, as an error message may have them.

    Example:
        >>> short_prose("OSError: no space for '/data/run 7/model.part', 3/4 done")
        "OSError: no space for '…/model.part', 3/4 done"
    """
    return _IN_PROSE.sub(lambda found: short_path(found[0]), text)


def without_paths(study: StudyRecord) -> StudyRecord:
    """The record with every path in its texts shortened, but the one pictures are read from."""
    settings = {key: _shortened(value) for key, value in study.settings.items()}
    settings |= {key: study.settings[key] for key in _PROSE if key in study.settings}
    changed = {
        "settings": settings,
        "command": short_command(study.command),
        "source_note": short_prose(study.source_note),
        "trials": tuple(map(_trial, study.trials)),
    }
    return study.model_copy(update=changed)


def _trial(trial: TrialRecord) -> TrialRecord:
    told = {trial.reason, *(seed.reason for seed in trial.seeds)}
    if not any(_IN_PROSE.search(reason) for reason in told):
        return trial
    seeds = (seed.model_copy(update={"reason": short_prose(seed.reason)}) for seed in trial.seeds)
    return trial.model_copy(update={"reason": short_prose(trial.reason), "seeds": tuple(seeds)})


def _shortened(value: object) -> object:
    if isinstance(value, str):
        return short_path(value)
    if isinstance(value, Mapping):
        return {key: _shortened(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_shortened(item) for item in value]
    return value
