"""One browser for all tests of a process."""

import pytest

from tests.browser import CHROMIUM, chromium


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; skips where there is none, or no Playwright to drive it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    pytest.importorskip("playwright")
    with chromium() as started:
        yield started
