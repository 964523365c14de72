"""What the storage costs beside the trainings."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.storage import TRIAL_SECONDS, measure


@pytest.mark.full  # it depends on the machine's speed
def test_optuna_and_the_claims_cost_less_than_two_percent(tmp_path: Path, either_url: str) -> None:
    """By the processor's time: the clock's holds what else the machine does meanwhile."""
    cost = measure(either_url, tmp_path, trials=12)
    assert cost.processor < 0.02 * TRIAL_SECONDS
