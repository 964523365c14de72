"""Logs and warnings go where they are sent, in a process of its own as the program sets it up."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EVIL = "'\\x1b[31m\\nforged: line'"


def stderr_of(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    return done.stderr


def test_what_logs_and_warnings_quote_is_escaped() -> None:
    said = f"import logging, warnings\nlogging.getLogger('a').warning('at %s', {EVIL})\n"
    said += f"warnings.warn({EVIL})"
    raw = stderr_of(said)
    assert raw.count("\nforged: line") == 2
    setting_up = "from archsearch.cli.output import set_up_output\nset_up_output()\n"
    assert stderr_of(setting_up + said) == (
        "at \\x1b[31m\\nforged: line\nUserWarning: \\x1b[31m\\nforged: line\n"
    )
