"""What all tests need of the process they run in."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

# What tests/study shares between its files shows its values too where it fails.
pytest.register_assert_rewrite("postgres", "real", "toys")

# What a developer has set up for their own work is no part of any test.
os.environ["ARCHSEARCH_CONFIG"] = str(Path(__file__).parent / "no-such-folder")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background (nohup, some CI), a shell leaves Ctrl-C ignored, and every program
    # under test would inherit that: those that test interrupts would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Hypothesis would fail an example that takes over 0.2 s, which says more of the machine than of us.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
