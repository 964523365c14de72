"""Weights survive a file, and a wrong file is told."""

from pathlib import Path

import pytest
import torch

from archsearch.errors import InputError
from archsearch.nn import build, load_weights, save_weights
from archsearch.spec.kinds.conv import Conv
from archsearch.spec.shape import Pads, Pair, Shape


def conv(channels: int) -> Conv:
    one = Pair(1, 1)
    return Conv(channels, one, one, Pads(), one, 1, True, "batch", "relu")


def test_weights_and_statistics_come_back(plan_of, tmp_path: Path) -> None:
    plan = plan_of(Shape(3, 4, 4), [conv(8)], [conv(3)])
    model, x = build(plan, seed=0), torch.rand(5, 3, 4, 4)
    model.to(memory_format=torch.channels_last)
    model(x)  # moves the batch statistics
    save_weights(model, tmp_path / "model.safetensors")
    again = build(plan, seed=1)
    load_weights(again, tmp_path / "model.safetensors")
    assert torch.equal(again.eval()(x), model.eval()(x))


@pytest.mark.parametrize("content", [b"", b"junk" * 30, None])
def test_a_damaged_or_missing_file_is_told(plan_of, tmp_path: Path, content) -> None:
    path = tmp_path / "model.safetensors"
    if content is not None:
        path.write_bytes(content)
    model = build(plan_of(Shape(3, 4, 4), [conv(8)], [conv(3)]))
    with pytest.raises(InputError, match=r"model\.safetensors"):
        load_weights(model, path)


def test_weights_of_another_model_are_told(plan_of, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_weights(build(plan_of(Shape(3, 4, 4), [conv(8)], [conv(3)])), path)
    with pytest.raises(InputError, match="another model than 'by-hand'"):
        load_weights(build(plan_of(Shape(3, 4, 4), [conv(9)], [conv(3)])), path)
