"""How the program ends."""

import subprocess
import sys

PROGRAM = """
import atexit, gc, sys
atexit.register(lambda: print("frozen:", gc.get_freeze_count() > 10_000))  # the last to run
from archsearch.cli import main
sys.argv = ["archsearch", "--version"]
main()
"""


def test_the_last_collection_has_nothing_to_look_at() -> None:
    """It takes 0.8 s where torch was imported."""
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "frozen: True"


CALLER = """
import gc
from archsearch.cli import main
before = gc.get_threshold()
try:
    main(["--version"])
except SystemExit:
    print(gc.get_threshold() == before)
"""


def test_a_program_that_calls_main_keeps_its_own_collections() -> None:
    command = [sys.executable, "-c", CALLER]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"
