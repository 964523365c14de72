"""The steps of an epoch are those of the usual loop."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import nn

from archsearch.config import RunSettings, load
from archsearch.data import Pictures
from archsearch.nn import compiled
from archsearch.tasks import make_task
from archsearch.train.epoch import train_epoch
from archsearch.train.optimizers import make_optimizer
from archsearch.train.step import Training

from .made import made_pictures, settings

SPECS = Path(__file__).parents[2] / "specs"


@dataclass(frozen=True)
class Exact(Training):
    """In float64, so that another order of sums hardly counts."""

    def pictures(self, indices: torch.Tensor) -> torch.Tensor:
        return super().pictures(indices).double()


def large_pictures() -> Pictures:
    made = made_pictures()
    large_NCHW = made.images_NCHW.repeat_interleave(2, 2).repeat_interleave(2, 3)
    return replace(made, images_NCHW=large_NCHW.contiguous(), fingerprint="large")


def prepared(spec: str, told: RunSettings) -> Exact:
    pictures = large_pictures()
    plan = load(SPECS / f"{spec}.yaml").plan(told.task)
    model = compiled(plan, seed=3).double()
    return Exact(
        model=model,
        optimizer=make_optimizer(model, told.train),
        task=make_task(plan, told, pictures),
        settings=told.train,
        seed=3,
        images_NCHW=pictures.images_NCHW,
        train=pictures.train,
        drop_single=False,
    )


@pytest.mark.parametrize("spec", ["acml-nine-layer", "unet-thin"])
def test_steps_are_those_of_the_usual_loop(spec) -> None:
    """zero_grad, backward, and torch's own Adam, not fused."""
    told = settings(batch_size=40, epochs=1, schedule="constant")
    trained, usual = prepared(spec, told), prepared(spec, told)
    optimizer = torch.optim.Adam(usual.model.parameters(), told.train.lr, foreach=False)
    for indices in usual.batches(1):
        optimizer.zero_grad()
        images_NCHW = usual.pictures(indices)
        nn.functional.mse_loss(usual.model(images_NCHW), images_NCHW).backward()
        optimizer.step()
    train_epoch(trained, 1)
    for one, other in zip(usual.model.parameters(), trained.model.parameters(), strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-8 * float(one.detach().abs().max()))
