"""The training of the rewritten model is the training of the plain one."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from archsearch.config import TrainSettings, load
from archsearch.nn import build, compiled
from archsearch.train.loop.optimizers import make_optimizer, set_rate
from archsearch.train.loop.schedule import rate_at

SPECS = Path(__file__).parents[3] / "specs"
STEPS = 20

MAPPED = {"MALLOC_MMAP_THRESHOLD_": "1000000"}
"""Large blocks are mapped anew; left to itself, glibc may come to keep them by chance."""

FAULTS = """
import resource, sys, torch
torch.set_num_threads(1)
from archsearch.train import keep_memory
if sys.argv[1] == "keep":
    assert keep_memory()
def step():
    return [torch.ones(2_000_000) for _ in range(4)]
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def trained(make, name: str) -> tuple[list[float], list[torch.Tensor]]:
    """Twenty steps in float64 with the default recipe, on random pictures."""
    settings = TrainSettings()
    model = make(load(SPECS / f"{name}.yaml").plan(), seed=3).double()
    optimizer = make_optimizer(model.parameters(), settings)
    generator = torch.Generator().manual_seed(1)
    losses = []
    for step in range(STEPS):
        images = torch.rand(8, 3, 32, 32, dtype=torch.float64, generator=generator)
        images = images.contiguous(memory_format=torch.channels_last)
        set_rate(optimizer, rate_at(settings, step, STEPS))
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(images), images)
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(loss.item())
    return losses, [parameter.detach() for parameter in model.parameters()]


@pytest.mark.parametrize(
    "name", ["acml-nine-layer", "kernel-5", "unet", "tiny-latent", "strided-transposed"]
)
def test_twenty_steps_agree_with_the_plain_model(name) -> None:
    losses, weights = trained(compiled, name)
    plain_losses, plain_weights = trained(build, name)
    assert losses == pytest.approx(plain_losses, rel=1e-8)
    for one, other in zip(weights, plain_weights, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-8 * float(other.abs().max()))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
@pytest.mark.full
def test_kept_memory_is_not_fetched_again_in_each_step() -> None:
    def faults(mode: str) -> int:
        command = [sys.executable, "-c", FAULTS, mode]
        env = os.environ | MAPPED
        return int(
            subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout
        )

    page = resource.getpagesize()
    default = faults("default")
    if default == 0:
        pytest.skip("this kernel counts no page faults")
    assert faults("keep") * page < 2_000_000 * 4  # less than one tensor in twenty steps
    assert default > 2 * faults("keep")
