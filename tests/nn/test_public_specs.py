"""The gallery of public architectures against their definitions by hand in plain torch."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from archsearch.config import load
from archsearch.config.checking import check_files
from archsearch.nn import build
from archsearch.spec import ModelPlan

from .public_nets import NETS

FOLDER = Path(__file__).parents[2] / "specs/public"
TASKS = {"colorizer": "colorize-chroma"}
CHANNELS = {"mnist": 1}
SMALL: dict[str, dict[str, Any]] = {
    "celeba": {"width": 2, "latent_size": 8},
    "colorizer": {"width": 2},
    "convnext": {"width": 4},
    "inception": {"width": 4},
    "resnet": {"width": 4},
    "segnet": {"width": 4},
    "u-net": {"width": 2},
    "uva-tutorial-9": {"width": 4, "latent_size": 8},
    "vq-vae": {"width": 8, "inner": 4, "latent_channels": 4},
}
"""Params that make a net quick; the sizes of its pictures stay."""

LARGE_PICTURES = ("celeba",)
"""Nets whose training steps take long in any width."""


def plan_of(name: str, **params: Any) -> ModelPlan:
    task, channels = TASKS.get(name, "reconstruct"), CHANNELS.get(name, 3)
    spec = load(FOLDER / f"{name}.yaml")
    return spec.plan(task, picture_channels=channels, **params)


def both(name: str, params: dict[str, Any]) -> tuple[nn.Module, nn.Module, Tensor, Tensor]:
    """Ours and the one by hand with equal weights, and pictures to feed and to reach."""
    plan = plan_of(name, **params)
    ours, theirs = build(plan, seed=0).double(), NETS[name](**params).double()
    weights, others = list(ours.parameters()), list(theirs.parameters())
    assert [tuple(w.shape) for w in weights] == [tuple(w.shape) for w in others]
    assert sum(w.numel() for w in others) == plan.params
    with torch.no_grad():
        for weight, other in zip(weights, others, strict=True):
            other.copy_(weight)
    draws = torch.Generator().manual_seed(1)
    fed = torch.rand(3, *plan.input.as_tuple(), generator=draws, dtype=torch.float64)
    wanted = torch.rand(3, *plan.output.as_tuple(), generator=draws, dtype=torch.float64)
    return ours, theirs, fed, wanted


def losses(model: nn.Module, fed: Tensor, wanted: Tensor) -> list[float]:
    """Those of three training steps."""
    optimizer, found = torch.optim.Adam(model.parameters(), 1e-3), []
    for _ in range(3):
        loss = nn.functional.mse_loss(model(fed), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(float(loss.detach()))
    return found


def hold(name: str, params: dict[str, Any], *, train: bool = True) -> None:
    ours, theirs, fed, wanted = both(name, params)
    with torch.no_grad():
        assert float((ours.eval()(fed[:1]) - theirs.eval()(fed[:1])).abs().max()) <= 1e-6
    if not train:
        return
    expected = losses(theirs.train(), fed, wanted)
    assert losses(ours.train(), fed, wanted) == pytest.approx(expected, rel=1e-6)
    assert expected[2] < expected[0]


def test_each_file_has_a_net_by_hand() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*NETS}


@pytest.mark.parametrize("name", NETS)
def test_a_small_one_equals_its_definition(name: str) -> None:
    hold(name, SMALL.get(name, {}), train=name not in LARGE_PICTURES)


@pytest.mark.full
@pytest.mark.parametrize("name", LARGE_PICTURES)
def test_a_small_one_of_large_pictures_trains_alike(name: str) -> None:
    hold(name, SMALL[name])


@pytest.mark.full
@pytest.mark.parametrize("name", NETS)
def test_the_published_widths_equal_their_definition(name: str) -> None:
    hold(name, {})


@pytest.mark.parametrize("name", NETS)
def test_the_file_has_no_problems_and_says_its_source(name: str) -> None:
    path = FOLDER / f"{name}.yaml"
    assert check_files([path]).diagnostics == ()
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schemas/model.json\n")
    assert "arXiv" in text or "https://" in text
