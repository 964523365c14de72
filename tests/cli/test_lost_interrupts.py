"""Ctrl-C while a callback runs, whose exceptions Python drops."""

import subprocess
import sys

import pytest

DROPPED = """
import importlib, os, signal, sys, time, weakref

module = importlib.import_module("archsearch.cli.app")

class Thing:
    pass

def callback(reference):
    os.kill(os.getpid(), signal.SIGINT)
    while True:  # until the handler has raised
        pass

def command(**words):
    thing = Thing()
    reference = weakref.ref(thing, callback)
    del thing
    print("went on", file=sys.stderr, flush=True)
    time.sleep(60)

module.app = command
module.main(["check"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="its processes get no SIGINT")
def test_an_interrupt_that_a_callback_swallowed_comes_again() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", DROPPED], capture_output=True, text=True, check=False, timeout=50
    )
    assert (ended.returncode, ended.stderr) == (130, "went on\n")


def test_other_dropped_exceptions_are_told_as_before() -> None:
    program = DROPPED.replace("time.sleep(60)", "").replace(
        "os.kill(os.getpid(), signal.SIGINT)", "raise ValueError('other')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=50
    )
    assert ended.returncode == 0
    assert "ValueError: other" in ended.stderr
    assert ended.stderr.endswith("went on\n")
