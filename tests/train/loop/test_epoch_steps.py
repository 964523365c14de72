"""The steps of an epoch are those of the usual loop."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import nn

from archsearch.config import RunSettings, kind_of, load
from archsearch.data import Pictures
from archsearch.nn import compiled
from archsearch.tasks import make_task
from archsearch.train.engine_choice import EngineChoice
from archsearch.train.engines.torch_engine import TorchEngine
from archsearch.train.fit import prepare
from archsearch.train.loop.epoch import train_epoch
from archsearch.train.loop.optimizers import make_optimizer
from archsearch.train.loop.training import Training
from tests.train.made import PLAIN, made_pictures, settings

SPECS = Path(__file__).parents[3] / "specs"


@dataclass(frozen=True)
class Exact(Training):
    """In float64, so that another order of sums hardly counts."""

    def pictures(self, indices: torch.Tensor) -> torch.Tensor:
        return super().pictures(indices).double()


def large_pictures() -> Pictures:
    made = made_pictures()
    large_NCHW = made.images_NCHW.repeat_interleave(2, 2).repeat_interleave(2, 3)
    return replace(made, images_NCHW=large_NCHW.contiguous(), fingerprint="large")


def prepared(spec: str, told: RunSettings, *, loss_is_error: bool = False) -> Exact:
    pictures = large_pictures()
    plan = load(SPECS / f"{spec}.yaml").plan(told.task)
    model = compiled(plan, seed=3).double()
    return Exact(
        model=model,
        chosen=EngineChoice("torch"),
        engine=TorchEngine(),
        optimizer=make_optimizer(model.parameters(), told.train),
        task=make_task(plan, told, pictures),
        kind=kind_of(told.task),
        settings=told.train,
        seed=3,
        images_NCHW=pictures.images_NCHW,
        train=pictures.train,
        drop_single=False,
        loss_is_error=loss_is_error,
    )


@pytest.mark.parametrize("measured", [True, False], ids=["loss is error", "error is measured"])
@pytest.mark.parametrize("spec", ["acml-nine-layer", "unet-thin"])
def test_steps_are_those_of_the_usual_loop(spec, measured) -> None:
    """zero_grad, backward, and torch's own Adam, not fused."""
    told = settings(batch_size=40, epochs=1, schedule="constant")
    trained, usual = prepared(spec, told, loss_is_error=measured), prepared(spec, told)
    optimizer = torch.optim.Adam(
        usual.model.parameters(), told.train.lr, betas=(0.9, 0.95), foreach=False
    )
    losses = []
    for indices in usual.batches(1):
        optimizer.zero_grad()
        images_NCHW = usual.pictures(indices)
        loss = nn.functional.mse_loss(usual.model(images_NCHW), images_NCHW)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    passed = train_epoch(trained, 1)
    assert passed.loss == pytest.approx(sum(losses) / len(losses), rel=1e-9)
    assert passed.mse == pytest.approx(passed.loss, rel=1e-9)
    for one, other in zip(usual.model.parameters(), trained.model.parameters(), strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-8 * float(one.detach().abs().max()))


@pytest.mark.parametrize("engine", ["torch", "native"])
@pytest.mark.parametrize("channels_last", [True, False])
def test_pictures_are_read_where_they_are(plan_from, channels_last, engine) -> None:
    made = made_pictures()
    form = torch.channels_last if channels_last else torch.contiguous_format
    images_NCHW = made.images_NCHW.contiguous(memory_format=form)
    given = replace(made, images_NCHW=images_NCHW)
    training = prepare(plan_from(PLAIN), settings(engine=engine), given, seed=0)
    same = training.images_NCHW.data_ptr() == images_NCHW.data_ptr()
    assert same == channels_last  # others are laid out anew, once
    chosen = torch.tensor([5, 0, 3])
    fed = training.pictures(chosen)
    assert fed.is_contiguous(memory_format=training.engine.layout)
    assert torch.equal(fed, made.images_NCHW[chosen].float() / 255)
