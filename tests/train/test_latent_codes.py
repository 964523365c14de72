"""LatentCodes that a net really uses, against numbers worked out by other means."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from archsearch.records import RunResult
from archsearch.train import fit
from archsearch.train.latent_codes import _quantized, _spread
from tests.train.made import SKIPPED

DEAD = """
name: dead
input: {channels: auto, height: 16, width: 16}
encoder:
  - conv: {channels: 4, activation: relu}
  - pool: {kernel: 4}
decoder:
  - upsample: {scale: 4}
  - conv: {channels: auto, activation: sigmoid}
"""


def trained(made, plan, **options):
    return fit(plan, made.settings(epochs=1, **options), made.made_pictures())


def test_the_codes_of_a_net_are_numpys(made, plan_from) -> None:
    pictures = made.made_pictures()
    run = trained(made, plan_from(DEAD))
    codes = run.result.codes
    with torch.no_grad():
        images = pictures.images_NCHW[pictures.val].float() / 255
        latents = run.model.encode(images).flatten(1).double().numpy()
    deviations = latents.std(axis=0)
    assert (codes.pictures, codes.units) == (10, 64)
    assert codes.active == (deviations > 0.01 * deviations.max()).sum()
    singular = np.linalg.svd(latents - latents.mean(axis=0), compute_uv=False) ** 2
    held = np.cumsum(singular) / singular.sum()
    assert codes.rank == np.searchsorted(held, 0.99) + 1
    assert codes.rank <= 9
    assert codes.mse == pytest.approx(run.result.val.mse, rel=1e-4)
    assert codes.mse_8bit == pytest.approx(codes.mse, rel=0.05)


def _rank(codes_nu: torch.Tensor) -> int:
    return _spread(codes_nu)[1]


def test_rank_of_a_known_matrix() -> None:
    generator = torch.Generator().manual_seed(0)
    flat = torch.randn(200, 3, generator=generator, dtype=torch.float64)
    mixed = flat @ torch.randn(3, 50, generator=generator, dtype=torch.float64)
    assert _rank(mixed) <= 3
    assert _rank(torch.randn(400, 5, generator=generator, dtype=torch.float64)) == 5
    assert _rank(torch.ones(10, 4, dtype=torch.float64)) == 0


@pytest.mark.parametrize("shape", [(300, 40), (60, 1300)])
def test_deviations_and_rank_are_those_of_the_whole_matrix(shape: tuple[int, int]) -> None:
    """Of more units than are taken at once, too."""
    rng = np.random.default_rng(1)
    codes = rng.normal(3, 1, shape) * rng.gamma(0.3, size=shape[1])
    singular = np.linalg.svd(codes - codes.mean(axis=0), compute_uv=False) ** 2
    wanted = int(np.searchsorted(np.cumsum(singular) / singular.sum(), 0.99)) + 1
    deviations, rank = _spread(torch.from_numpy(codes))
    assert rank == wanted
    np.testing.assert_allclose(deviations.numpy(), codes.std(axis=0), rtol=1e-12)


def test_quantizing_keeps_to_its_levels() -> None:
    latent = torch.rand(500, 3, 1, 1) * torch.tensor([1.0, 5.0, 0.0]).view(3, 1, 1)
    low, high = latent.flatten(1).amin(0), latent.flatten(1).amax(0)
    rounded = _quantized(latent, 4, low, high).flatten(1)
    assert [len(rounded[:, unit].unique()) for unit in range(3)] == [16, 16, 1]
    assert (rounded - latent.flatten(1)).abs().amax(0)[1] <= (high - low)[1] / 30 + 1e-6
    outside = _quantized(torch.full((1, 3, 1, 1), 99.0), 8, low, high).flatten(1)
    assert torch.allclose(outside[0], high)


def test_a_decoder_with_skips_is_measured_too(made, plan_from) -> None:
    run = trained(made, plan_from(SKIPPED))
    assert run.result.codes.mse == pytest.approx(run.result.val.mse, rel=1e-4)


def test_records_without_codes_still_load(made, plan_from) -> None:
    stored = trained(made, plan_from(DEAD)).result.model_dump()
    assert RunResult.model_validate(stored).codes is not None
    del stored["codes"]
    assert RunResult.model_validate(stored).codes is None
