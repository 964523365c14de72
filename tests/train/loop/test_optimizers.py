"""Optimizers without detours are torch's, bit for bit."""

import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW

from archsearch.config import TrainSettings
from archsearch.train.loop.optimizers import BETAS, make_optimizer, set_rate
from archsearch.train.loop.schedule import Rate

KEPT = {"adam": ("step", "exp_avg", "exp_avg_sq"), "sgd": ("momentum_buffer",)}


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))


WITHOUT_COMPILER = """
import sys
import torch
from archsearch.config import TrainSettings
from archsearch.train.loop.optimizers import make_optimizer

def loaded():
    print("torch._dynamo" in sys.modules)

for name in ("adam", "sgd"):
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = make_optimizer([weight], TrainSettings(optimizer=name))
    weight.grad = torch.ones(3)
    optimizer.step()
    optimizer.zero_grad()
    loaded()
torch.optim.Adam([weight])
loaded()
"""


def backward(model: nn.Module, step: int) -> None:
    x = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(step))
    torch.autograd.backward(model(x).square().mean())


def torchs(name: str, model: nn.Module, decay: float) -> torch.optim.Optimizer:
    given = {"lr": 0.01, "weight_decay": decay, "fused": True}
    if name == "sgd":
        return SGD(model.parameters(), momentum=0.9, nesterov=True, **given)
    return {"adam": Adam, "adamw": AdamW}[name](model.parameters(), betas=BETAS, **given)


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_steps_are_torch_s(name, decay) -> None:
    """Also where the rate moves and a parameter has no gradient for a while.

    Torch's fused SGD wants one in the first step.
    """
    ours, theirs = net(), net()
    told = TrainSettings(optimizer=name, lr=0.01, weight_decay=decay)
    one, other = make_optimizer(ours.parameters(), told), torchs(name, theirs, decay)
    for step in range(6):
        for model, optimizer in ((ours, one), (theirs, other)):
            optimizer.zero_grad()
            backward(model, step)
            if step == 3 or (step == 0 and name != "sgd"):
                model[2].bias.grad = None
            set_rate(optimizer, Rate(0.01 / (step + 1), 0.9 - 0.01 * step))
            optimizer.step()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(p, q)
        for key in KEPT["sgd" if name == "sgd" else "adam"]:
            assert torch.equal(one.state[p][key], other.state[q][key])


def test_its_state_goes_to_torch_s_and_back() -> None:
    models = [net() for _ in range(3)]
    settings = TrainSettings(optimizer="adamw", lr=0.01, weight_decay=0.01)
    optimizers = [
        make_optimizer(models[0].parameters(), settings),
        torchs("adamw", models[1], 0.01),
        make_optimizer(models[2].parameters(), settings),
    ]
    for step, (model, optimizer) in enumerate(zip(models, optimizers, strict=True)):
        if step:
            hand_over(models[step - 1], optimizers[step - 1], model, optimizer)
        optimizer.zero_grad()
        backward(model, step)
        optimizer.step()
    alone = net()
    other = torchs("adamw", alone, 0.01)
    for step in range(3):
        other.zero_grad()
        backward(alone, step)
        other.step()
    for p, q in zip(models[-1].parameters(), alone.parameters(), strict=True):
        assert torch.equal(p, q)


def hand_over(model: nn.Module, optimizer, other: nn.Module, to) -> None:
    """Weights and moments, as a checkpoint has them."""
    other.load_state_dict(model.state_dict())
    for p, q in zip(model.parameters(), other.parameters(), strict=True):
        to.state[q] = {name: value.clone() for name, value in optimizer.state[p].items()}


def test_it_loads_no_compiler_of_torch() -> None:
    """Which takes a second and 100 MB, and is what torch's own classes do."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_COMPILER], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False", "True"]


def test_without_gradients_nothing_moves() -> None:
    model = net()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer = make_optimizer(model.parameters(), TrainSettings())
    optimizer.step()
    pairs = zip(before, model.parameters(), strict=True)
    assert all(torch.equal(old, new) for old, new in pairs)
