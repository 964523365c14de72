"""What several tests of reports share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def exercise_folders(tmp_path_factory):
    """Run directories of nets that were really trained, once for all tests."""
    from tests.report.trained import exercise

    return exercise(tmp_path_factory.mktemp("exercise"))
