"""What tests of sections share."""

from __future__ import annotations

import pytest

from archsearch.report.findings import Findings
from tests.report.reading import synthetic_findings


@pytest.fixture(scope="session")
def findings() -> Findings:
    """Of an ordinary study."""
    return synthetic_findings()
