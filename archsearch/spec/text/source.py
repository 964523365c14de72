"""A source file: its text, its lines, and the problems found in it."""

from __future__ import annotations

import re
from pathlib import Path

from archsearch.errors import InputError
from archsearch.spec.text.diagnostic import Diagnostic, DiagnosticsError, Severity, Span

__all__ = ["LARGEST", "Source", "decoded", "read_source"]

LARGEST = 1_000_000
"""Bytes a spec or study may have."""

_NAMED = 3
"""Files that are named where one is missing."""

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # YAML 1.1's, which the parser counts by


class Source:
    """One file while it is read; problems are collected, not raised.

    Args:
        file: the path as the user gave it, for messages.
        text: the content.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = _BREAK.split(text)
        self.diagnostics: list[Diagnostic] = []
        self._seen: set[Diagnostic] = set()

    def problem(
        self,
        code: str,
        span: Span | None,
        message: str,
        *,
        label: str = "",
        help: str = "",
        severity: Severity = "error",
    ) -> None:
        """Note a problem; the same one at the same place counts once."""
        found = self.diagnostic(code, span, message, label, help, severity)
        if found not in self._seen:
            self._seen.add(found)
            self.diagnostics.append(found)

    def diagnostic(
        self, code: str, span: Span | None, message: str, label: str, help: str, severity: Severity
    ) -> Diagnostic:
        """A diagnostic at ``span`` of this file, with the line it is on."""
        line_text = ""
        if span is not None and span.line <= len(self.lines):
            line_text = self.lines[span.line - 1]
        return Diagnostic(code, severity, message, self.file, span, label, help, line_text)

    @property
    def has_errors(self) -> bool:
        """Whether anything found so far is an error."""
        return any(item.severity == "error" for item in self.diagnostics)

    def raise_errors(self) -> None:
        """Raise all that was found, in the file's order, if any of it is an error."""
        if self.has_errors:
            raise DiagnosticsError(in_order(self.diagnostics))


def in_order(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place; equal places keep the order they were found in."""
    return sorted(diagnostics, key=lambda item: (item.line, item.column))


def read_source(path: Path, shown: str | None = None) -> Source:
    """Read a file for parsing.

    Args:
        path: the file.
        shown: how messages name it; by default the path as given.

    Raises:
        InputError: the file is missing, a folder, or not readable.
        DiagnosticsError: it is too large or not UTF-8.
    """
    shown = shown or str(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except IsADirectoryError as error:
        raise InputError(f"{shown}: is a folder, not a file", help="name a .yaml file") from error
    except FileNotFoundError as error:
        raise InputError(f"{shown}: no such file", help=_near_files(path)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{shown}: can't be read: {reason}", help="check the path") from error
    return decoded(shown, content)


def decoded(shown: str, content: bytes) -> Source:
    """A file's bytes for parsing, e.g. those of standard input.

    Raises:
        DiagnosticsError: they are too many, or not UTF-8.
    """
    if len(content) > LARGEST:
        source = Source(shown, "")
        source.problem(
            "file-too-large",
            None,
            "the file is larger than 1 MB",
            help="a spec or study is a few kB; is this the right file?",
        )
        source.raise_errors()
    try:
        return Source(shown, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _refuse_encoding(shown, content, error)


def _refuse_encoding(shown: str, content: bytes, error: UnicodeDecodeError) -> Source:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _refuse_utf16(shown)
    before = content[: error.start].decode("utf-8", errors="replace")
    source = Source(shown, content.decode("utf-8", errors="replace"))
    lines = _BREAK.split(before)
    place = Span(len(lines), len(lines[-1]) + 1, len(lines[-1]) + 2)
    source.problem(
        "not-utf8",
        place,
        f"byte 0x{content[error.start]:02x} is not UTF-8",
        help="save the file as UTF-8 (in most editors: Save with encoding)",
    )
    source.raise_errors()
    return source


def _refuse_utf16(shown: str) -> Source:
    source = Source(shown, "")
    source.problem(
        "not-utf8",
        None,
        "the file is UTF-16, not UTF-8",
        help="save the file as UTF-8 (in most editors: Save with encoding)",
    )
    source.raise_errors()
    return source


def _near_files(path: Path) -> str:
    from difflib import get_close_matches

    try:
        here = list(path.parent.iterdir())
    except OSError:
        return f"there is no folder {path.parent} either"
    here += [file for kind in ("*.yaml", "*.yml") for file in path.parent.glob(f"*/{kind}")]
    by_name = {file.name: file for file in reversed(here)}
    if near := get_close_matches(path.name, by_name, n=1):
        return f"did you mean {by_name[near[0]]}?"
    wanted = (file for file in here if file.suffix in (".yaml", ".yml"))
    files = sorted(str(file) for file in wanted if not file.name.startswith("."))
    if not files:
        return "check the path"
    more = f", and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return f"check the path; there is {', '.join(files[:_NAMED])}{more}"
