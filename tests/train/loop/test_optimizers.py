"""Adam without detours is torch's Adam, bit for bit."""

import copy

import pytest
import torch
from torch import nn
from torch.optim import Adam, AdamW

from archsearch.config import TrainSettings
from archsearch.train.loop.optimizers import BETAS, make_optimizer, set_rate
from archsearch.train.loop.schedule import Rate

THEIRS = {"adam": Adam, "adamw": AdamW}


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))


def backward(model: nn.Module, step: int) -> None:
    x = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(step))
    torch.autograd.backward(model(x).square().mean())


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_steps_are_torch_s(name, decay) -> None:
    """Also where the rate moves and a parameter has no gradient for a while."""
    ours, theirs = net(), net()
    one = make_optimizer(ours.parameters(), TrainSettings(optimizer=name, lr=0.01, weight_decay=decay))
    other = THEIRS[name](theirs.parameters(), 0.01, BETAS, weight_decay=decay, fused=True)
    for step in range(6):
        for model, optimizer in ((ours, one), (theirs, other)):
            optimizer.zero_grad()
            backward(model, step)
            if step in {0, 3}:
                model[2].bias.grad = None
            set_rate(optimizer, Rate(0.01 / (step + 1), 0.9 - 0.01 * step))
            optimizer.step()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(p, q)
    for p, q in zip(one.state.values(), other.state.values(), strict=True):
        assert all(torch.equal(p[key], q[key]) for key in ("step", "exp_avg", "exp_avg_sq"))


def test_its_state_goes_to_torch_s_and_back() -> None:
    model = net()
    optimizer = make_optimizer(model.parameters(), TrainSettings(optimizer="adamw", lr=0.01))
    backward(model, 0)
    optimizer.step()
    twin = copy.deepcopy(model)
    theirs = AdamW(twin.parameters(), 0.5, fused=True)
    theirs.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    third = copy.deepcopy(model)
    again = make_optimizer(third.parameters(), TrainSettings(optimizer="adamw", lr=0.01))
    again.load_state_dict(copy.deepcopy(theirs.state_dict()))
    for one, own in ((model, optimizer), (twin, theirs), (third, again)):
        own.zero_grad()
        backward(one, 1)
        own.step()
    for p, q, r in zip(model.parameters(), twin.parameters(), third.parameters(), strict=True):
        assert torch.equal(p, q)
        assert torch.equal(p, r)


def test_only_the_first_step_takes_torch_s_way(monkeypatch) -> None:
    model = net()
    optimizer = make_optimizer(model.parameters(), TrainSettings())
    backward(model, 0)
    optimizer.step()
    monkeypatch.delattr(Adam, "step")
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer.step()
    pairs = zip(before, model.parameters(), strict=True)
    assert all(not torch.equal(old, new) for old, new in pairs)


def test_without_gradients_nothing_moves() -> None:
    model = net()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer = make_optimizer(model.parameters(), TrainSettings())
    optimizer.step()
    pairs = zip(before, model.parameters(), strict=True)
    assert all(torch.equal(old, new) for old, new in pairs)
