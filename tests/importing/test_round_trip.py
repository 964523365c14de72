"""What an export wrote as plain PyTorch comes back as the same plan."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from torch import nn

from archsearch.config import Model, load
from archsearch.errors import InputError
from archsearch.export.contract import Contract
from archsearch.export.python_module import python_module
from archsearch.importing import from_torch
from archsearch.nn import build
from archsearch.spec import ModelPlan, Source, parse_spec
from tests.spec.strategies import specs

SPECS = Path(__file__).parents[2] / "specs"
GALLERY = sorted(SPECS.glob("*.yaml"))
PUBLIC = sorted((SPECS / "public").glob("*.yaml"))
CONTRACT = Contract("a task", "pictures", "pictures", "Trained.")
QUICK = {"convnext", "inception", "mnist", "vq-vae"}
WRITTEN_APART = {"residual", "vq-vae"}
"""Their activations are layers of their own, which PyTorch doesn't tell from those of the layer."""

NOT_TAKEN = ("has no layers", "no task feeds and wants so many")
"""An `activation: none` leaves nothing in torch; drawn specs have any number of channels."""


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def exported(plan: ModelPlan) -> nn.Module:
    """The net that the file of an export makes, with weights that aren't 0 or 1 anywhere."""
    model = build(plan, seed=0).eval()
    for parameter in model.parameters():
        if parameter.ndim == 1:
            parameter.data += 0.1 * torch.rand_like(parameter)
    written = python_module(model, CONTRACT, "weights.safetensors")
    names: dict[str, object] = {"__file__": "model.py"}
    exec(compile(written.text, "model.py", "exec"), names)  # noqa: S102 - what a user imports
    net: nn.Module = names["Autoencoder"]()  # type: ignore[operator]
    weights = {written.renamed(name): value for name, value in model.state_dict().items()}
    net.load_state_dict(weights)
    return net


def comes_back(path: Path) -> None:
    task = "colorize-chroma" if path.stem == "colorizer" else "reconstruct"
    plan = load(path).plan(task=task)
    made = from_torch(exported(plan), plan.input.as_tuple(), task=task).plan
    assert (made.params, made.macs, made.latent) == (plan.params, plan.macs, plan.latent)
    assert made.bottleneck.size == plan.bottleneck.size
    assert (made.key == plan.key) == (path.stem not in WRITTEN_APART)


@pytest.mark.parametrize(
    "path",
    [*GALLERY, *(path for path in PUBLIC if path.stem in QUICK)],
    ids=lambda path: path.stem,
)
def test_a_spec_comes_back(path: Path) -> None:
    comes_back(path)


@pytest.mark.full
@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: path.stem)
def test_a_public_spec_comes_back(path: Path) -> None:
    comes_back(path)


def drawn_comes_back(text: str) -> None:
    family = parse_spec(Source("drawn.yaml", text))
    assert family is not None
    plan = Model(family).resolve().plan
    if plan is None or plan.macs > 2e7:
        return
    try:
        made = from_torch(exported(plan), plan.input.as_tuple()).plan
    except InputError as error:
        if not error.what.endswith(NOT_TAKEN):
            raise
        return
    assert (made.params, made.latent.size) == (plan.params, plan.latent.size)
    assert (made.output, made.bottleneck.size) == (plan.output, plan.bottleneck.size)


@settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(specs)
def test_drawn_specs_come_back(text: str) -> None:
    drawn_comes_back(text)


@pytest.mark.full
@settings(max_examples=600, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(specs)
def test_many_drawn_specs_come_back(text: str) -> None:
    drawn_comes_back(text)
