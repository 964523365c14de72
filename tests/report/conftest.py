"""What several tests of reports share."""

from __future__ import annotations

import pytest

from tests.browser import CHROMIUM, chromium


@pytest.fixture(scope="session")
def exercise_folders(tmp_path_factory):
    """Run directories of nets that were really trained, once for all tests."""
    from tests.report.trained import exercise

    return exercise(tmp_path_factory.mktemp("exercise"))


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; skips where there is none, or no Playwright to drive it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    pytest.importorskip("playwright")
    with chromium() as started:
        yield started
