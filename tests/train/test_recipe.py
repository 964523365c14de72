"""The default recipe trains nets as people write them."""

from pathlib import Path
from statistics import geometric_mean

import pytest

from archsearch.config import DataSettings, RunSettings, TrainSettings, load
from archsearch.data import load_pictures
from archsearch.records import RunResult
from archsearch.train import fit
from benchmarks.ordinary import ordinary_net

DATA = DataSettings(source="photos", limit=3000)
FORMER = {"initialization": "torch", "clip_norm": None}


def trained(folder: Path, seed: int, **recipe: object) -> RunResult:
    path = folder / "net.yaml"
    path.write_text(ordinary_net(seed))
    settings = RunSettings(data=DATA, train=TrainSettings(**recipe))
    return fit(load(path).plan(), settings, load_pictures(DATA, height=32, width=32)).result


@pytest.mark.full
def test_it_ends_lower_than_with_torchs_weights_and_unclipped(tmp_path: Path) -> None:
    """On the whole, and each net but one."""
    ratios = [
        trained(tmp_path, seed).val.mse / trained(tmp_path, seed, **FORMER).val.mse
        for seed in (314, 318, 321)
    ]
    assert geometric_mean(ratios) < 0.95
    assert max(ratios[:2]) < 0.95


@pytest.mark.full
@pytest.mark.parametrize("seed", [321, 327])
def test_wide_kernels_end_at_their_best_epoch(tmp_path: Path, seed: int) -> None:
    result = trained(tmp_path, seed)
    errors = [row.val_mse for row in result.history]
    assert errors[-1] <= 1.1 * min(errors)
