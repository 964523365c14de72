"""Texts for a terminal or a page: names, paths and messages from elsewhere, and counts.

A name may hold what a terminal obeys: escape codes that color, move the cursor or
retitle the window, line breaks that forge a line, overrides that turn the reading
direction round (CVE-2021-42574). Each such character is shown as Python's ``repr``
writes it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable

__all__ = [
    "count",
    "in_utf_8",
    "printable",
    "printable_json",
    "shell_command",
    "shell_word",
    "without_url_passwords",
]

_URL_PASSWORD = re.compile(r"""(\w://[^\s:/@]*):[^\s"]*@""")


def count(number: int, noun: str) -> str:
    """A number of things.

    Example:
        >>> count(1, "training"), count(1200, "training")
        ('1 training', '1,200 trainings')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def printable(text: str, *, keep: str = "") -> str:
    r"""The text with everything that isn't printable as a backslash escape.

    Printable is what ``str.isprintable`` says: no control characters (C0, DEL, C1), no
    line or paragraph separators, no directional or other format characters, no lone
    surrogates (bytes of a file name that aren't UTF-8), no space but U+0020.

    Args:
        text: any text.
        keep: characters to leave as they are, e.g. ``"\n"``.

    Example:
        >>> printable("net\x1b[31m\nfake: 8 complete\u202e")
        'net\\x1b[31m\\nfake: 8 complete\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode()
        for char in text
    )


def in_utf_8(text: str) -> str:
    r"""The text with bytes of a file name that aren't UTF-8 as escapes, so that it can be written.

    Example:
        >>> in_utf_8("größe\udcff")
        'größe\\udcff'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def printable_json(value: object, *, indent: int | None = None) -> str:
    r"""A value as JSON, in whose strings everything that isn't printable is ``\uXXXX``.

    Example:
        >>> printable_json({"größe": "\x9b31m"})
        '{"größe": "\\u009b31m"}'
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text
    )


def without_url_passwords(text: str) -> str:
    """The text with the password of every URL in it as ``***``.

    Example:
        >>> without_url_passwords("no study 'postgresql://ann:p@w@db/nets'")
        "no study 'postgresql://ann:***@db/nets'"
    """
    return _URL_PASSWORD.sub(r"\1:***@", text)


def shell_word(word: str) -> str:
    r"""A word as a shell takes it; what isn't printable is escaped, as bash and zsh read it.

    The escapes are of bytes: both shells take ``\xa0`` for a byte, not for U+00A0, and a
    byte of a file's name that isn't UTF-8 has no other.

    Example:
        >>> print(shell_word("a net"), shell_word("it's\x1b[31m\xa0"))
        'a net' $'it\'s\x1b[31m\xc2\xa0'
    """
    if word.isprintable():
        return shlex.quote(word)
    quoted = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{''.join(char if char.isprintable() else _as_bytes(char) for char in quoted)}'"


def _as_bytes(char: str) -> str:
    how = "surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass"
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", how))


def shell_command(words: Iterable[str]) -> str:
    """A command line of these words, to be pasted into a shell.

    Example:
        >>> shell_command(["archsearch", "train", "my net.yaml"])
        "archsearch train 'my net.yaml'"
    """
    return " ".join(map(shell_word, words))
