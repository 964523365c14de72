"""Receptive fields by gradients: which input pixels move one output element."""

import pytest
import torch
from torch import nn

from archsearch.config import Model
from archsearch.nn import build
from archsearch.spec import Source, parse_spec

SIZE = 64

# Encoders whose r is exact: windows only, none laid over another's gaps.
ENCODERS = {
    "a window": ("- conv: {channels: 2, kernel: [3, 5]}", (3, 5)),
    "two windows": ("- conv: {channels: 2}\n- conv: {channels: 2, kernel: 5}", (7, 7)),
    "a stride": ("- conv: {channels: 2, stride: 2}\n- conv: {channels: 2}", (7, 7)),
    "a pool": ("- pool: {mode: avg}\n- conv: {channels: 2}\n- pool: {mode: avg}", (8, 8)),
    "dilation, filled": ("- conv: {channels: 2}\n- conv: {channels: 2, dilation: 2}", (7, 7)),
    "axes apart": ("- pool: {kernel: [4, 1], mode: avg}\n- conv: {channels: 2}", (12, 3)),
    "a join": (
        "- residual: {layers: [conv: {channels: 4, stride: 2}]}\n- conv: {channels: 2}",
        (7, 7),
    ),
    "grown again": ("- pool: {mode: avg}\n- upsample: {}", (2, 2)),
    "everything": ("- pool: {kernel: 8, mode: avg}\n- dense: {size: 3}", (64, 64)),
}


@pytest.mark.parametrize(("layers", "expected"), ENCODERS.values(), ids=list(ENCODERS))
def test_the_receptive_field_is_what_moves_an_output(
    layers: str, expected: tuple[int, int]
) -> None:
    encoder = layers.replace("- ", "  - ")
    decoder = "\n".join(["decoder:", "  - dense: {size: 1}", "  - dense: {shape: [1, 64, 64]}"])
    source = Source(
        "r.yaml", f"input: {{channels: 1, height: 64, width: 64}}\nencoder:\n{encoder}\n{decoder}\n"
    )
    family = parse_spec(source)
    assert family is not None
    plan = Model(family).plan(values={})
    model = build(plan, seed=0)
    for parameter in model.parameters():  # positive weights can't cancel
        nn.init.uniform_(parameter, 0.1, 1.0)
    picture = torch.rand(1, 1, SIZE, SIZE, requires_grad=True)
    latent = model.encode(picture)
    latent[(0, 0, *(n // 2 for n in latent.shape[2:]))].backward()
    assert picture.grad is not None
    moved = picture.grad[0, 0] != 0
    rows, columns = moved.any(1), moved.any(0)
    assert (int(rows.sum()), int(columns.sum())) == expected
    assert plan.encoder[-1].receptive_field == expected
