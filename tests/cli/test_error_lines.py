"""Errors of the system are told as such; all others that nobody foresaw are bugs."""

import errno
import os

import pytest

from archsearch.cli.error_lines import error_lines


def raised(number: int, name: str | None) -> OSError:
    return OSError(number, os.strerror(number), *([] if name is None else [name]))


@pytest.mark.parametrize(
    ("number", "name", "first", "help", "code"),
    [
        (errno.ENOSPC, None, "error: No space left on device", "disk isn't full", 1),
        (errno.EROFS, "/a/b", "error: /a/b: Read-only file system", "disk isn't full", 1),
        (errno.EACCES, "a", "error: a: Permission denied", "disk isn't full", 1),
        (errno.EMFILE, "a", "error: a: Too many open files", "`ulimit -n`", 1),
        (errno.ENAMETOOLONG, "xx", "error: xx: File name too long", "a shorter name", 2),
    ],
)
def test_what_the_system_refuses_is_no_bug(
    number: int, name: str | None, first: str, help: str, code: int
) -> None:
    lines, found = error_lines(raised(number, name), [], debug=False)
    assert (lines[0], found) == (first, code)
    assert help in lines[1]
    assert error_lines(raised(number, name), [], debug=True)[1] == code


@pytest.mark.parametrize("error", [raised(errno.ENOENT, "a"), OSError("odd"), ValueError("x")])
def test_anything_else_is_one(error: Exception) -> None:
    try:
        raise error
    except Exception as caught:
        lines, code = error_lines(caught, [], debug=False)
    assert code == 1
    assert "this is a bug in archsearch" in lines[-1]
