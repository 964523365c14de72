"""What a hand-written net's author chose, read off its plan."""

from __future__ import annotations

import pytest

from archsearch.config import load
from archsearch.records import plan_choices

SPEC = """name: net
allow: [leak-past-latent]
input: {{channels: auto, height: 16, width: 16}}
encoder:
{encoder}
decoder:
{decoder}
- conv: {{channels: auto, activation: sigmoid}}
"""


@pytest.fixture
def choices(tmp_path):
    def made(encoder: str, decoder: str) -> dict[str, object]:
        (tmp_path / "net.yaml").write_text(SPEC.format(encoder=encoder, decoder=decoder))
        return plan_choices(load(tmp_path / "net.yaml").plan())

    return made


def test_a_plain_net(choices):
    assert choices(
        "- conv: {channels: 4, kernel: 5, activation: relu}\n- pool: {}", "- upsample: {}"
    ) == {
        "encoder depth": 1,
        "first channels": 4,
        "kernel": "5×5",
        "activation": "relu",
        "norm": "none",
        "downsampling": "pool 2×2",
        "reads past the latent": False,
    }


def test_all_values_of_layers_that_differ_are_told_and_none_only_alone(choices):
    encoder = (
        "- conv: {channels: 4, stride: 2, activation: relu, norm: batch}\n  name: wide\n"
        "- pool: {}\n- conv: {channels: 2, kernel: [1, 3], activation: none}"
    )
    decoder = "- upsample: {scale: 2}\n- concat: wide\n- upsample: {scale: 2}"
    found = choices(encoder, decoder)
    assert found["kernel"] == "3×3, 1×3"
    assert found["activation"] == "relu"
    assert found["norm"] == "batch"
    assert found["downsampling"] == "conv 2×2, pool 2×2"
    assert found["reads past the latent"] is True


def test_a_net_without_trained_layers_or_steps_has_no_channels(choices):
    assert choices("- pool: {}", "- upsample: {}") == {
        "encoder depth": 0,
        "downsampling": "pool 2×2",
        "reads past the latent": False,
    }
    dense = choices("- dense: {size: 8}", "- dense: {shape: [2, 16, 16]}")
    assert (dense["first channels"], dense["downsampling"]) == (8, "dense")
    assert choices("- conv: {channels: 2}", "- conv: {channels: 2}")["downsampling"] == "none"
