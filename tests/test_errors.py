"""The tree of errors and what the command line makes of it."""

import subprocess
import sys
from pathlib import Path

import pytest

import archsearch
from archsearch import errors

ROOT = Path(__file__).parents[1]


def every_error() -> list[type[errors.ArchsearchError]]:
    return [getattr(errors, name) for name in errors.__all__]


def test_all_are_exported_and_hang_on_one_base() -> None:
    defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert defined == set(errors.__all__)
    assert all(issubclass(error, errors.ArchsearchError) for error in every_error())


@pytest.mark.parametrize("error", every_error())
def test_the_exit_code_says_whose_fault_it_is(error: type[errors.ArchsearchError]) -> None:
    expected = 2 if issubclass(error, errors.InputError) else 1
    if issubclass(error, errors.NothingCompletedError):
        expected = 3
    assert error("x").exit_code == expected


def test_the_help_stands_below() -> None:
    assert str(errors.InputError("wrong", help="mend")) == "wrong\n  help: mend"
    assert str(errors.InputError("wrong")) == "wrong"


def test_details_stand_between() -> None:
    error = errors.RunFailedError("wrong", details=["  one", "  two"], help="mend")
    assert error.lines == ("wrong", "  one", "  two", "  help: mend")
    assert str(error) == "wrong\n  one\n  two\n  help: mend"
    assert error.what == "wrong"


def test_every_public_name_is_there() -> None:
    assert all(getattr(archsearch, name) is not None for name in archsearch.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        archsearch.nothing  # noqa: B018


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "archsearch", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def test_a_users_mistake_gives_no_traceback() -> None:
    done = run("show", "specs/zzz.yaml")
    assert done.returncode == 2
    error, help, *rest = done.stderr.splitlines()
    assert error == "error: specs/zzz.yaml: no such file"
    assert help.startswith("  help: check the path; there is specs/acml-nine-layer.yaml, specs/")
    assert rest == []
    assert done.stdout == ""


def test_a_near_name_is_suggested() -> None:
    assert (
        "did you mean specs/acml-nine-layer.yaml?" in run("show", "specs/acml-9-layer.yaml").stderr
    )


def test_debug_shows_the_traceback() -> None:
    assert "Traceback" in run("show", "specs/nothing.yaml", "--debug").stderr


def test_a_closed_pipe_is_no_story() -> None:
    command = f"{sys.executable} -m archsearch show specs/unet.yaml | head -0"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert "Traceback" not in done.stderr
