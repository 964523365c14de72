"""Nets by the engine and by torch, side by side."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from archsearch import nn
from archsearch.config import Model
from archsearch.engine import Engine
from archsearch.engine.library import Library, library
from archsearch.engine.machine import Machine, host
from archsearch.extensions import refer
from archsearch.spec import ModelPlan, Source, parse_spec
from archsearch.spec.kinds.dropout import Dropout
from archsearch.tasks.losses import LOSSES

LANES = (4, 8, 16)


@cache
def kernels(lanes: int, dtype: str = "float64") -> Library:
    """Of so many lanes: 8 as processors with 16 registers have them, the others with 32."""
    here = host()
    assert here is not None
    machine: Machine = replace(
        here,
        registers=16 if lanes == 8 else 32,
        vector_bytes=min(here.vector_bytes, 4 * lanes),
    )
    return library(machine, lanes, np.dtype(dtype))


def plan_of(encoder: list[str], decoder: list[str], last: str = "none") -> ModelPlan:
    """A plan for 8×8 pictures of 2 channels, closed by a dense layer, as any size fits that."""
    decoder = [*decoder, f"dense: {{shape: [2, 8, 8], activation: {last}}}"]
    lines = ["input: {channels: 2, height: 8, width: 8}", "name: made", "allow: [leak-past-latent]"]
    for name, layers in (("encoder", encoder), ("decoder", decoder)):
        lines += [f"{name}:", *(f"  - {layer}" for layer in layers)]
    family = parse_spec(Source("made.yaml", "\n".join(lines)))
    assert family is not None
    return Model(family).plan(picture_channels=2)


def without_dropout(plan: ModelPlan) -> ModelPlan:
    """The plan with every dropout at 0: torch and the engine draw other numbers."""
    layers = tuple(
        replace(layer, op=Dropout(0.0)) if isinstance(layer.op, Dropout) else layer
        for layer in plan.layers
    )
    return replace(plan, layers=layers)


@dataclass
class Both:
    """One net twice, with the same weights.

    Attributes:
        engine: ours.
        model: torch's, in float64.
        fed: pictures.
        target: what they should become.
    """

    engine: Engine
    model: nn.Autoencoder
    fed: NDArray[np.float64]
    target: NDArray[np.float64]
    loss: str

    def step(self) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float64]]]:
        """Loss, outputs and gradients of a training step, ours and torch's."""
        dtype = self.engine._library.dtype
        output = np.empty(self.target.shape, dtype)
        loss = self.engine.step(self.fed.astype(dtype), self.target.astype(dtype), output=output)
        ours = {"loss": np.array(loss), "output": output, **self.engine.gradients}
        self.model.zero_grad()
        y = self.model(torch.from_numpy(self.fed))
        told = refer(LOSSES[self.loss].function)(y, torch.from_numpy(self.target).view_as(y))
        told.backward()
        theirs = {name: p.grad.numpy() for name, p in self.model.named_parameters()}
        theirs |= {
            "loss": told.detach().numpy(),
            "output": y.detach().numpy().reshape(output.shape),
        }
        return {k: v.astype(np.float64) for k, v in ours.items()}, theirs


def both(
    plan: ModelPlan,
    *,
    lanes: int = 8,
    dtype: str = "float64",
    pictures: int = 5,
    threads: int = 1,
    loss: str = "mse",
) -> Both:
    """A net with weights that keep activations near 1, and pictures."""
    engine = Engine(plan, loss=loss, threads=threads, kernels=kernels(lanes, dtype))
    model = nn.build(plan, seed=0).double()
    draws = torch.Generator().manual_seed(5)
    for p in model.parameters():
        spread = 0.4 if p.dim() == 1 else p[0].numel() ** -0.5
        torch.nn.init.normal_(p, 0.1 if p.dim() == 1 else 0.0, spread, generator=draws)
        p.data = p.data.float().double()  # float32 holds them, too
    engine.load({name: tensor.numpy() for name, tensor in model.state_dict().items()})
    random = np.random.default_rng(0)
    fed = random.random((pictures, *plan.input.as_tuple())).astype(np.float32)
    target = random.random((pictures, *plan.output.as_tuple())).astype(np.float32)
    return Both(engine, model, fed.astype(np.float64), target.astype(np.float64), loss)


def error(ours: dict[str, NDArray[np.float64]], theirs: dict[str, NDArray[np.float64]]) -> float:
    """The largest share of a tensor's largest number that one is off."""
    return max(abs(ours[name] - theirs[name]).max() / abs(theirs[name]).max() for name in theirs)


def assert_close(
    ours: dict[str, NDArray[np.float64]],
    theirs: dict[str, NDArray[np.float64]],
    tolerance: float,
) -> None:
    """Each tensor to a share of its largest number, or of a thousandth of all gradients'.

    A bias before a norm has the gradient 0, so that only rounding is left.
    """
    gradients = [abs(theirs[name]).max() for name in theirs if name not in ("loss", "output")]
    floor = 1e-3 * max(gradients, default=0.0)
    assert ours.keys() == theirs.keys()
    for name, wanted in theirs.items():
        largest = max(abs(wanted).max(), floor)
        off = abs(ours[name] - wanted).max()
        assert off <= tolerance * largest, (name, off, largest)
