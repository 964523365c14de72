"""Optimizers without detours are torch's, bit for bit; on one flat parameter, nearly."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from archsearch.config import TrainSettings
from archsearch.config.optimizers import LEFT_OUT, OPTIMIZERS
from archsearch.train.loop.optimizers import (
    FlatAdam,
    flat_optimizer,
    make_optimizer,
    recordable,
    set_rate,
)
from archsearch.train.loop.schedule import Rate

CLASSES = {name: getattr(torch.optim, found) for name, found in (
    ("adam", "Adam"), ("adamw", "AdamW"), ("sgd", "SGD"), ("adamax", "Adamax"),
    ("nadam", "NAdam"), ("radam", "RAdam"), ("rmsprop", "RMSprop"), ("adagrad", "Adagrad"),
    ("adadelta", "Adadelta"), ("asgd", "ASGD"), ("adafactor", "Adafactor"),
)}  # fmt: skip
USUAL = {
    "adam": {"fused": True, "betas": (0.9, 0.95)},
    "adamw": {"fused": True, "betas": (0.9, 0.95)},
    "adamax": {"betas": (0.9, 0.95)},
    "nadam": {"betas": (0.9, 0.95)},
    "radam": {"betas": (0.9, 0.95)},
    "sgd": {"fused": True, "momentum": 0.9, "nesterov": True},
}
"""What torch's classes are given where a recipe names the optimizer alone."""

OTHERS = [
    ("adam", {"betas": (0.7, 0.9), "eps": 1e-3}, {}),
    ("adamw", {"betas": (0.7, 0.9), "eps": 1e-3}, {}),
    ("sgd", {"momentum": 0.5, "nesterov": False}, {}),
    ("sgd", {"momentum": 0.0}, {"nesterov": False}),
    ("adamax", {"betas": (0.7, 0.9), "eps": 1e-3}, {}),
    ("nadam", {"betas": (0.7, 0.9), "eps": 1e-3, "momentum_decay": 0.1}, {}),
    ("radam", {"betas": (0.7, 0.9), "eps": 1e-3}, {}),
    ("rmsprop", {"alpha": 0.8, "eps": 1e-3, "momentum": 0.7, "centered": True}, {}),
    ("adagrad", {"lr_decay": 0.1, "initial_accumulator_value": 0.2, "eps": 1e-3}, {}),
    ("adadelta", {"rho": 0.5, "eps": 1e-3}, {}),
    ("asgd", {"lambd": 0.1, "alpha": 0.5, "t0": 3.0}, {}),
    ("adafactor", {"beta2_decay": -0.5, "eps": 0.1, "d": 1.5}, {"eps": (None, 0.1)}),
]
"""With the numbers that torch's class is given where they aren't the same."""

STEPS = 20


def net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))


def backward(model: nn.Module, step: int) -> None:
    x = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(step))
    torch.autograd.backward(model(x).square().mean())


def recipe(name: str, options: dict[str, object], decay: float = 0.0) -> TrainSettings:
    return TrainSettings(optimizer={name: options}, lr=0.01, weight_decay=decay)


def rate(step: int) -> Rate:
    """It moves as a schedule has it."""
    return Rate(0.01 / (step + 1), 0.9 - 0.01 * step)


def assert_same(ours: nn.Module, theirs: nn.Module) -> None:
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(p, q)


def test_every_optimizer_is_tried() -> None:
    assert CLASSES.keys() == OPTIMIZERS.keys()
    assert {name for name, _, _ in OTHERS} == OPTIMIZERS.keys()


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize(
    ("name", "options", "torchs"),
    [*((name, {}, USUAL.get(name, {})) for name in CLASSES), *OTHERS],
)
def test_steps_are_torch_s(name, options, torchs, decay) -> None:
    """Also where the rate moves and a parameter has no gradient for a while."""
    ours, theirs = net(), net()
    given = {"lr": 0.01, "weight_decay": decay, **USUAL.get(name, {}), **options, **torchs}
    other = CLASSES[name](theirs.parameters(), **given)
    told = recipe(name, options, decay)
    one = make_optimizer(ours.parameters(), told)
    held = told.optimizer.held_momentum
    for step in range(STEPS):
        now = rate(step) if held is None else Rate(rate(step).lr, held)
        for model, optimizer in ((ours, one), (theirs, other)):
            optimizer.zero_grad()
            backward(model, step)
            if step == 3:
                model[2].bias.grad = None
            set_rate(optimizer, now)
            if optimizer is other and name == "rmsprop":  # its momentum is no schedule's
                optimizer.param_groups[0]["momentum"] = options.get("momentum", 0.0)
            optimizer.step()
    assert_same(ours, theirs)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        theirs_of_q = {key: value for key, value in other.state[q].items() if value is not None}
        assert one.state[p].keys() == theirs_of_q.keys()
        assert all(torch.equal(one.state[p][key], value) for key, value in theirs_of_q.items())


def flat(model: nn.Module) -> nn.Parameter:
    """One parameter with the model's numbers and a gradient that stays where it is."""
    whole = nn.Parameter(torch.cat([p.detach().flatten() for p in model.parameters()]))
    whole.grad = torch.zeros_like(whole)
    return whole


def flat_gradient(model: nn.Module) -> torch.Tensor:
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def shapes(model: nn.Module) -> list[tuple[int, ...]]:
    return [tuple(p.shape) for p in model.parameters()]


@pytest.mark.parametrize("name", CLASSES)
def test_a_flat_parameter_takes_the_same_steps(name) -> None:
    """As the native engine has it: the gradient is written anew into the same memory."""
    told, model = recipe(name, {}, 0.1), net()
    whole = flat(model)
    one = make_optimizer(model.parameters(), told)
    other = flat_optimizer(whole, told, shapes(model))
    for step in range(STEPS):
        one.zero_grad()
        backward(model, step)
        whole.grad.copy_(flat_gradient(model))
        for optimizer in (one, other):
            set_rate(optimizer, rate(step))
            optimizer.step()
    torch.testing.assert_close(whole, flat(model), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_recorded_steps_are_the_same(name) -> None:
    told, ours, theirs = recipe(name, {}, 0.1), net(), net()
    one = FlatAdam(ours, told)
    other = make_optimizer(theirs.parameters(), told)
    for step in range(STEPS):
        for model, optimizer in ((ours, one), (theirs, other)):
            optimizer.zero_grad()
            backward(model, step)
            set_rate(optimizer, rate(step))
            optimizer.step()
    torch.testing.assert_close(flat(ours), flat(theirs), rtol=1e-4, atol=1e-6)


def test_only_adam_s_steps_can_be_recorded() -> None:
    """The others read their rate as a plain number, which a recording would freeze."""
    found = {name for name in OPTIMIZERS if recordable(TrainSettings(optimizer=name))}
    assert found == {"adam", "adamw"}


def test_what_torch_has_and_is_not_here_has_its_reason() -> None:
    known = {name for name, kind in vars(torch.optim).items() if isinstance(kind, type)}
    for name in known - {"Optimizer"} - {kind.__name__ for kind in CLASSES.values()}:
        assert LEFT_OUT[name.lower()]


WITHOUT_COMPILER = """
import sys
import torch
from archsearch.config import TrainSettings
from archsearch.config.optimizers import OPTIMIZERS
from archsearch.train.loop.optimizers import make_optimizer

def loaded():
    print("torch._dynamo" in sys.modules)

for name in OPTIMIZERS:
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = make_optimizer([weight], TrainSettings(optimizer=name))
    weight.grad = torch.ones(3)
    optimizer.step()
    optimizer.zero_grad()
loaded()
torch.optim.Adam([weight])
loaded()
"""


def test_it_loads_no_compiler_of_torch() -> None:
    """Which takes a second and 100 MB, and is what torch's own classes do."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_COMPILER], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("name", CLASSES)
def test_without_gradients_nothing_moves(name) -> None:
    model = net()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    optimizer = make_optimizer(model.parameters(), TrainSettings(optimizer=name))
    optimizer.step()
    pairs = zip(before, model.parameters(), strict=True)
    assert all(torch.equal(old, new) for old, new in pairs)
