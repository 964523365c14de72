from __future__ import annotations

import dataclasses

import pytest
import torch

from archsearch.config import TASK_NAMES, TaskSettings, TrainSettings, task_channels
from archsearch.tasks import Task, make_task

from .tiny import TinyPictures, smooth_pictures, split


def pictures() -> TinyPictures:
    return split(smooth_pictures(40), 30, 5)


def task(
    shown: TinyPictures, *, standardize: bool = False, train: TrainSettings | None = None
) -> Task:
    return make_task(TaskSettings(), train or TrainSettings(), shown, standardize=standardize)


@pytest.mark.parametrize("name", TASK_NAMES)
def test_every_task_of_the_settings_can_be_made(name: str) -> None:
    """And feeds and wants as many channels as plans are made for."""
    made = make_task(
        TaskSettings.model_validate(name), TrainSettings(), pictures(), standardize=True
    )
    fed, target = made.feed(torch.rand(2, 3, 8, 8))
    channels = task_channels(name, 3)
    assert made.name == name
    assert (fed.shape[1], target.shape[1]) == (channels.feeds, channels.wants)


def test_the_picture_is_fed_and_wanted_back() -> None:
    shown = pictures()
    images = shown.images_NCHW / 255
    fed, target = task(shown).feed(images)
    assert task(shown).name == "reconstruct"
    assert torch.equal(fed, images)
    assert torch.equal(target, images)


def test_standardize_changes_only_what_is_fed() -> None:
    shown = pictures()
    images = shown.images_NCHW[shown.train].double() / 255
    fed, target = task(shown, standardize=True).feed(images)
    assert torch.equal(target, images)
    torch.testing.assert_close(fed.mean(dim=(0, 2, 3)), torch.zeros(3).double())
    torch.testing.assert_close(fed.std(dim=(0, 2, 3), correction=0), torch.ones(3).double())


def test_a_channel_that_never_varies_is_only_centred() -> None:
    shown = dataclasses.replace(pictures(), mean=(0.5, 0.5, 0.5), std=(0.25, 0.0, 0.5))
    fed, _ = task(shown, standardize=True).feed(torch.full((1, 3, 2, 2), 0.75))
    assert fed[0, :, 0, 0].tolist() == [1.0, 0.25, 0.5]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_what_is_fed_keeps_its_dtype(dtype: torch.dtype) -> None:
    shown = pictures()
    fed, target = task(shown, standardize=True).feed(torch.zeros(1, 3, 8, 8, dtype=dtype))
    assert (fed.dtype, target.dtype) == (dtype, dtype)


def test_predictions_are_clamped_and_losses_are_not() -> None:
    shown = pictures()
    images = torch.full((1, 3, 8, 8), 0.5)
    output = torch.tensor([-0.5, 0.25, 1.5]).reshape(1, 3, 1, 1).expand(1, 3, 8, 8)
    assert task(shown).predict(output, images)[0, :, 0, 0].tolist() == [0.0, 0.25, 1.0]
    assert task(shown).loss(output, images).item() == pytest.approx((1 + 0.0625 + 1) / 3)


def test_the_loss_is_the_one_that_is_set() -> None:
    shown = pictures()
    output, target = torch.tensor([0.5]), torch.tensor([1.0])
    assert task(shown, train=TrainSettings(loss="mse")).loss(output, target).item() == 0.25
    loss = task(shown, train=TrainSettings(loss="bce")).loss(output, target).item()
    assert loss == pytest.approx(0.6931472)


def test_forgetting_standardize_is_an_error() -> None:
    with pytest.raises(TypeError, match="standardize"):
        make_task(TaskSettings(), TrainSettings(), pictures())  # type: ignore[call-arg]
